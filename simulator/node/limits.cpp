#include "simulator/node/server.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

// What a server does to clients that are too many, too idle or ask too much (facts 2.2 and 7.8).
namespace keyslot::sim {

namespace {

constexpr std::size_t own_buffer = 16 * 1024;
constexpr std::string_view protected_mode_text =
    "DENIED Redis is running in protected mode because protected mode is enabled and no password "
    "is "
    "set for the default user. In this mode connections are only accepted from the loopback "
    "interface. If you want to connect from external computers to Redis you may adopt one of the "
    "following solutions: 1) Just disable protected mode sending the command 'CONFIG SET "
    "protected-mode no' from the loopback interface by connecting to Redis from the same host the "
    "server is running, however MAKE SURE Redis is not publicly accessible from internet if you do "
    "so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable "
    "the "
    "protected mode by editing the Redis configuration file, and setting the protected mode option "
    "to 'no', and then restarting the server. 3) If you started the server manually just for "
    "testing, restart it with the '--protected-mode no' option. 4) Setup a an authentication "
    "password for the default user. NOTE: You only need to do one of the above things in order for "
    "the server to start accepting connections from the outside.";

}  // namespace

void Server::apply_parameters() {
    feed.log().set_capacity(static_cast<std::size_t>(parameters.repl_backlog_bytes));
    users.all_channels_by_default = parameters.all_channels_by_default;
    sessions.each([&](Session& session) { session.parser.set_limits(request_limits()); });
}

protocol::RequestLimits Server::request_limits() const {
    protocol::RequestLimits limits;
    limits.bulk_bytes_max = static_cast<std::size_t>(parameters.bulk_bytes_max);
    return limits;
}

std::size_t Server::cluster_connections() const {
    return config.cluster_enabled ? 2 * (cluster.known_nodes() - 1) : 0;
}

/// A new connection that may not stay is told why, and closed.
bool Server::admit(Session& session) {
    std::string_view refusal;
    auto const connections = static_cast<std::int64_t>(sessions.size() + cluster_connections());
    if (connections > parameters.clients_max) {
        refusal = config.cluster_enabled ? "ERR max number of clients + cluster connections reached"
                                         : "ERR max number of clients reached";
        ++statistics.rejected_connections;
    } else if (parameters.protected_mode && users.default_user().has_no_password() &&
               !session.is_local()) {
        refusal = protected_mode_text;
        ++statistics.rejected_connections;
    } else {
        return true;
    }
    protocol::RespWriter(session.output).error(refusal);
    close_after_reply(session);
    return false;
}

/// The parameter "timeout": once a second, in whole seconds, and not those who wait for something.
void Server::drop_idle_sessions() {
    if (parameters.idle_timeout_s == 0) {
        return;
    }
    std::vector<Session*> idle;
    sessions.each([&](Session& session) {
        auto const seconds =
            std::chrono::duration_cast<std::chrono::seconds>(now_ - session.active_at).count();
        if (seconds > parameters.idle_timeout_s && !session.replica &&
            session.blocked == Blocked::no) {
            idle.push_back(&session);
        }
    });
    for (Session* session : idle) {
        close_now(*session);
    }
}

/// client-query-buffer-limit: a command that is larger than it will ever take.
void Server::limit_input(Session& session) {
    if (static_cast<std::int64_t>(session.input.size()) > parameters.query_buffer_max) {
        close_now(session);
    }
}

/// What waits to be sent to a client, as client-output-buffer-limit counts it: for clients without the
/// first 16 KiB, which lie in a buffer of their own; for replicas without the data set, which Redis hands
/// over beside the buffer.
std::size_t Server::counted_output(Session const& session) {
    std::size_t const waiting = session.output.size() + host.unsent_bytes(session.id);
    if (!session.replica) {
        return waiting - std::min(waiting, own_buffer);
    }
    auto const streamed =
        std::max<std::int64_t>(feed.log().offset() - session.replica->stream_from, 0);
    return std::min(waiting, static_cast<std::size_t>(streamed));
}

/// The limits that hold for a session. A replica may always be as far behind as the backlog reaches.
OutputLimit Server::output_limit(Session const& session) const {
    if (!session.replica) {
        return parameters.output_limits.of(session.is_subscriber() ? ClientClass::pubsub
                                                                   : ClientClass::normal);
    }
    OutputLimit limit = parameters.output_limits.of(ClientClass::replica);
    if (limit.hard_bytes != 0) {
        limit.hard_bytes =
            std::max(limit.hard_bytes, static_cast<std::uint64_t>(parameters.repl_backlog_bytes));
    }
    return limit;
}

/// client-output-buffer-limit: replies that are themselves too large, or messages that are not read.
/// Asked whenever something is sent, and once a second.
void Server::limit_output(Session& session) {
    OutputLimit const limit = output_limit(session);
    if (session.closing()) {
        return;
    }
    if (limit.hard_bytes == 0 && limit.soft_bytes == 0) {
        session.too_much_since = Instant::max();
        return;
    }
    std::size_t const waiting = counted_output(session);
    auto const is_beyond = [&](std::uint64_t bytes) { return bytes != 0 && waiting >= bytes; };
    if (!is_beyond(limit.soft_bytes)) {
        session.too_much_since = Instant::max();
    } else if (session.too_much_since == Instant::max()) {
        session.too_much_since = now_;
    }
    bool const is_over_time =
        session.too_much_since != Instant::max() &&
        now_ - session.too_much_since > std::chrono::seconds{limit.soft_seconds};
    if (is_beyond(limit.hard_bytes) || is_over_time) {
        close_now(session);
    }
}

}  // namespace keyslot::sim
