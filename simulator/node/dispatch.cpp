#include "simulator/commands/errors.hpp"
#include "simulator/node/server.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace keyslot::sim {

namespace {

using protocol::CommandFlag;

/// One command on its way through the checks of facts 2.1.
struct Request {
    Server& server;
    Session& session;
    Arguments arguments;
    BoundCommand bound;
    std::uint32_t command_flags = 0;

    Binding const& binding() const { return *bound.binding; }
    bool is_exec() const { return binding().special == Special::exec; }
    /// The flag as most checks see it: EXEC has those of everything that was queued.
    bool has(CommandFlag flag) const {
        std::uint32_t flags = command_flags;
        if (is_exec()) {
            flags |= session.transaction.flags_of_any;
        }
        return (flags & flag) != 0;
    }
    /// For flags that permit: EXEC has them only if everything that was queued has.
    bool permits(CommandFlag flag) const {
        std::uint32_t flags = command_flags;
        if (is_exec()) {
            flags &= session.transaction.flags_of_all;
        }
        return (flags & flag) != 0;
    }
};

using Verdict = std::optional<std::string>;

std::string printable(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(line, [](char c) { return c == '\r' || c == '\n'; }, ' ');
    return line;
}

std::string unknown_command(Arguments arguments) {
    constexpr std::size_t quoted_max = 128;
    std::string quoted;
    for (std::string_view const argument : arguments.subspan(1)) {
        if (quoted.size() >= quoted_max) {
            break;
        }
        quoted += '\'';
        quoted += argument.substr(0, quoted_max - (quoted.size() - 1));
        quoted += "' ";
    }
    return printable("ERR unknown command '" + std::string(arguments[0].substr(0, quoted_max)) +
                     "', with args beginning with: " + quoted);
}

std::string unknown_subcommand(Request const& request, Binding const& container) {
    return printable("ERR unknown subcommand '" + std::string(request.arguments[1].substr(0, 128)) +
                     "'. Try " + uppered(container.info->name) + " HELP.");
}

Verdict exists(Request const& request) {
    if (request.bound.binding != nullptr) {
        return std::nullopt;
    }
    if (request.bound.container != nullptr) {
        return unknown_subcommand(request, *request.bound.container);
    }
    return unknown_command(request.arguments);
}

/// What Redis 7.0 has and this server does not.
Verdict runs_here(Request const& request) {
    Binding const& binding = request.binding();
    if (binding.runnable() || binding.special == Special::switched_off) {
        return std::nullopt;
    }
    if (request.bound.container != nullptr) {
        return unknown_subcommand(request, *request.bound.container);
    }
    return unknown_command(request.arguments);
}

Verdict arity(Request const& request) {
    protocol::CommandInfo const& info = *request.binding().info;
    if (info.accepts_arity(request.arguments.size())) {
        return std::nullopt;
    }
    return "ERR wrong number of arguments for '" + std::string(info.name) + "' command";
}

Verdict switched_on(Request const& request) {
    if (request.binding().special != Special::switched_off) {
        return std::nullopt;
    }
    std::string const word = uppered(request.arguments[0]);
    std::string const setting =
        request.server.parameters.text("enable-" + lowered(word) + "-command");
    if (setting == "yes" || (setting == "local" && request.session.is_local())) {
        return std::nullopt;
    }
    return "ERR " + word + " command not allowed. If the enable-" + lowered(word) +
           "-command option is set to \"local\", you can run it from a local connection, otherwise "
           "you need to set this option in the configuration file, and then restart the server.";
}

Verdict authenticated(Request const& request) {
    if (!request.server.must_log_in(request.session) ||
        request.binding().info->has(protocol::flag_no_auth)) {
        return std::nullopt;
    }
    return "NOAUTH Authentication required.";
}

Verdict allowed_in_transaction(Request const& request) {
    if (request.session.transaction.open && request.binding().info->has(protocol::flag_no_multi)) {
        return "ERR Command not allowed inside a transaction";
    }
    return std::nullopt;
}

Verdict permitted(Request const& request) {
    Server& server = request.server;
    Session const& session = request.session;
    AccessVerdict const verdict =
        server.check_access(session, request.binding(), request.arguments);
    if (verdict) {
        return std::nullopt;
    }
    server.log_denial(session, request.binding(), request.arguments, verdict,
                      session.transaction.open ? AccessContext::multi : AccessContext::toplevel);
    switch (verdict.denied) {
        case Denied::key:
            return "NOPERM this user has no permissions to access one of the keys used as "
                   "arguments";
        case Denied::channel:
            return "NOPERM this user has no permissions to access one of the channels used as "
                   "arguments";
        default:
            return "NOPERM this user has no permissions to run the '" +
                   std::string(request.binding().info->name) + "' command";
    }
}

Verdict served_here(Request const& request) {
    return request.server.route(request.session, request.binding(), request.arguments);
}

Verdict enough_memory(Request const& request) {
    if (request.server.make_room()) {
        return std::nullopt;
    }
    // Even reads take memory while they wait for EXEC.
    Special const special = request.binding().special;
    bool const queues = request.session.transaction.open && special != Special::exec &&
                        special != Special::discard && special != Special::quit &&
                        special != Special::reset;
    if (queues || request.has(protocol::flag_denyoom)) {
        return "OOM command not allowed when used memory > 'maxmemory'.";
    }
    return std::nullopt;
}

Verdict enough_replicas(Request const& request) {
    if (!request.has(protocol::flag_write) || request.server.feed.enough_good_replicas()) {
        return std::nullopt;
    }
    KEYSLOT_SOMETIMES_RARELY("refused.no_replicas");
    return "NOREPLICAS Not enough good replicas to write.";
}

Verdict writable(Request const& request) {
    if (request.server.is_read_only() && request.has(protocol::flag_write)) {
        return "READONLY You can't write against a read only replica.";
    }
    return std::nullopt;
}

/// A subscriber that speaks RESP2 could not tell a reply from a message.
Verdict allowed_to_subscriber(Request const& request) {
    Session const& session = request.session;
    if (session.protocol != 2 || !session.is_subscriber()) {
        return std::nullopt;
    }
    std::string_view const name = request.binding().info->name;
    constexpr std::array<std::string_view, 9> allowed{"ping",         "subscribe",    "ssubscribe",
                                                      "unsubscribe",  "sunsubscribe", "psubscribe",
                                                      "punsubscribe", "quit",         "reset"};
    if (std::ranges::find(allowed, name) != allowed.end()) {
        return std::nullopt;
    }
    return "ERR Can't execute '" + std::string(name) +
           "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this "
           "context";
}

Verdict fresh_enough(Request const& request) {
    Server const& server = request.server;
    if (server.is_replica() && !server.master_link.is_up() && !server.parameters.serve_stale_data &&
        !request.permits(protocol::flag_stale)) {
        KEYSLOT_SOMETIMES_RARELY("refused.master_down");
        return "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";
    }
    return std::nullopt;
}

Verdict loaded(Request const& request) {
    if (request.server.is_loading() && !request.permits(protocol::flag_loading)) {
        KEYSLOT_SOMETIMES_RARELY("refused.loading");
        return "LOADING Redis is loading the dataset in memory";
    }
    return std::nullopt;
}

Verdict not_busy(Request const& request) {
    if (!request.server.scripts.is_busy() || request.permits(protocol::flag_allow_busy)) {
        return std::nullopt;
    }
    return std::string(errors::busy_script);
}

Verdict not_on_replica_link(Request const& request) {
    constexpr std::uint32_t data =
        protocol::flag_write | protocol::flag_readonly | protocol::flag_may_replicate;
    if (request.session.replica && (request.binding().info->flags & data) != 0) {
        return "ERR Replica can't interact with the keyspace";
    }
    return std::nullopt;
}

enum class Refusal : std::uint8_t { plain, redirection };

struct Check {
    int step;  ///< in the table of facts 2.1
    Verdict (*run)(Request const&);
    Refusal refusal = Refusal::plain;
};

// First hit wins. What is not here needs something this server does not have: failing persistence (10).
constexpr std::array checks{
    Check{2, exists},
    Check{3, arity},
    Check{4, switched_on},
    Check{5, authenticated},
    Check{6, allowed_in_transaction},
    Check{7, permitted},
    Check{7, runs_here},
    Check{8, served_here, Refusal::redirection},
    Check{9, enough_memory},
    Check{11, enough_replicas},
    Check{12, writable},
    Check{13, allowed_to_subscriber},
    Check{14, fresh_enough},
    Check{15, loaded},
    Check{16, not_busy},
    Check{17, not_on_replica_link},
};

void refuse(Request const& request, Refusal refusal, std::string_view error) {
    Session& session = request.session;
    request.server.host.refused(
        {.session = session.id, .arguments = request.arguments, .error = error});
    protocol::RespWriter reply(session.output, session.protocol);
    bool const is_exec = request.bound.binding != nullptr && request.is_exec();
    if (request.bound.binding != nullptr) {
        ++request.server.statistics.calls_of(request.binding().number).rejected;
    }
    if (!is_exec) {
        session.transaction.rejected = session.transaction.open;
        return reply.error(error);
    }
    request.server.discard_transaction(session);
    if (refusal == Refusal::redirection) {
        return reply.error(error);
    }
    // Who listens has heard MULTI: this is the end of it.
    request.server.feed_monitors(*request.binding().info, request.arguments, session.peer);
    if (error.starts_with("ERR ")) {
        error.remove_prefix(4);
    }
    KEYSLOT_SOMETIMES_RARELY("transaction.exec_refused");
    reply.error("EXECABORT Transaction discarded because of: " + std::string(error));
}

bool must_park(Request const& request) {
    if (request.session.replica) {
        return false;
    }
    switch (request.server.pause_kind()) {
        case PauseKind::none: return false;
        case PauseKind::all: return true;
        case PauseKind::writes:
            return request.has(protocol::flag_write) || request.has(protocol::flag_may_replicate);
    }
    return false;
}

bool runs_inside_multi(Special special) {
    switch (special) {
        case Special::exec:
        case Special::discard:
        case Special::multi:
        case Special::watch:
        case Special::quit:
        case Special::reset: return true;
        default: return false;
    }
}

/// A browser tricked into talking to us (facts 2.1, step 1).
bool is_web_request(std::string_view word) {
    return (word.size() == 4 || word.size() == 5) &&
           (same_word(word, "post") || same_word(word, "host:"));
}

}  // namespace

void Server::consume(Session& session, std::string_view bytes) {
    bool const buffered = !session.input.empty() || !session.can_run();
    if (buffered) {
        session.input += bytes;
        bytes = session.input;
    }
    std::size_t used = 0;
    while (used < bytes.size() && session.can_run()) {
        auto const status = session.parser.parse(bytes.substr(used), !must_log_in(session));
        if (status == protocol::ParseStatus::need_more) {
            break;
        }
        if (status == protocol::ParseStatus::error) {
            protocol::RespWriter(session.output).error(session.parser.error_line());
            close_after_reply(session);
            used = bytes.size();
            break;
        }
        std::size_t const consumed = session.parser.consumed();
        Arguments const arguments = session.parser.arguments();
        if (!arguments.empty() && !process(session, arguments)) {
            session.parser.reset();  // parked: it will be read again from its first byte
            break;
        }
        used += consumed;
    }
    if (buffered) {
        session.input.erase(0, used);
    } else if (used < bytes.size()) {
        session.input = bytes.substr(used);
    }
    limit_input(session);
    if (!session.output.empty() || session.closing()) {
        sessions.queue_flush(session);
    }
}

/// False: the command is parked and must be offered again.
bool Server::process(Session& session, Arguments arguments) {
    if (is_web_request(arguments[0])) {
        close_now(session);
        return true;
    }
    tracking.limit(parameters.tracking_table_keys_max);
    session.reply_start = session.output.size();
    BoundCommand const bound = find_binding(arguments);
    Request const request{
        *this, session, arguments, bound,
        bound.binding != nullptr ? scripts.command_flags(*bound.binding, arguments) : 0};
    session.last_command = request.bound.binding;
    for (Check const& check : checks) {
        if (auto const error = check.run(request)) {
            refuse(request, check.refusal, *error);
            reset_for_next_command(session);
            return true;
        }
    }
    if (must_park(request)) {
        session.blocked = Blocked::paused;
        KEYSLOT_SOMETIMES("pause.command_waited");
        parked_.push_back(&session);
        return false;
    }
    if (session.transaction.open && !runs_inside_multi(request.binding().special)) {
        queue(session, request.binding(), request.command_flags, arguments);
        reset_for_next_command(session);
        return true;
    }
    current_ = &session;
    call(session, request.binding(), arguments);
    if (session.is_set_aside()) {
        return true;  // finish_set_aside() does the rest
    }
    end_command(session);
    if (session.blocked == Blocked::no) {  // else resume() will do it
        reset_for_next_command(session);
    }
    serve_ready_keys();
    return true;
}

void Server::queue(Session& session, Binding const& binding, std::uint32_t flags,
                   Arguments arguments) {
    Transaction& transaction = session.transaction;
    if (!transaction.rejected && !session.watch_touched) {  // else EXEC will not run it anyway
        transaction.commands.push_back({&binding, {arguments.begin(), arguments.end()}});
    }
    transaction.flags_of_any |= flags;
    transaction.flags_of_all &= flags;
    session.output += "+QUEUED\r\n";
}

/// Its reply is complete.
void Server::end_command(Session& session) {
    tracking.tell_author(session);
    current_ = nullptr;
}

/// CLIENT REPLY OFF and SKIP: what was written since the last call is dropped. Within EXEC this goes
/// command by command, as one of them may switch replies off.
void Server::end_reply(Session& session) {
    if (session.reply_off || session.reply_skip) {
        session.output.resize(session.reply_start);
    }
    session.reply_start = session.output.size();
}

void Server::reset_for_next_command(Session& session) {
    count_error_reply(session, session.reply_start);
    // A replica link gets the stream and nothing else: one that makes us answer is not a replica.
    if (session.replica && session.replica->online && session.output.size() > session.reply_start) {
        session.output.resize(session.reply_start);
        close_now(session);
    }
    end_reply(session);
    limit_output(session);
    session.reply_skip = std::exchange(session.reply_skip_next, false);
    // ASKING covers one command, or the whole transaction that this command opens (facts 2.3).
    bool const was_asking =
        session.last_command != nullptr && session.last_command->special == Special::asking;
    if (!session.transaction.open && !was_asking) {
        session.asking = false;
    }
    // Likewise CLIENT CACHING; all CLIENT commands leave it in force.
    bool const was_client =
        session.last_command != nullptr && session.last_command->info->name.starts_with("client");
    if (!session.transaction.open && !was_client) {
        session.tracking.caching_named = false;
    }
}

}  // namespace keyslot::sim
