#include "simulator/node/server.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace keyslot::sim {

namespace {

/// Further off than that is never.
constexpr std::int64_t timeout_ms_max = std::numeric_limits<std::int64_t>::max() / 2'000'000;

/// The client cron looks at so many clients each time, or at all within a second.
constexpr std::size_t clients_per_cron_min = 5;
constexpr std::size_t crons_per_second = 10;

/// By a command that waits for something to happen; not by a pause, nor with the whole node.
bool is_blocked_by_choice(Session const& session) {
    return session.blocked == Blocked::keys || session.blocked == Blocked::replicas;
}

}  // namespace

void Server::block(Session& session, Binding const& binding, Arguments arguments,
                   BlockRequest const& request) {
    AwaitedKeys awaited;
    awaited.binding = &binding;
    awaited.words.assign(arguments.begin(), arguments.end());
    awaited.type = request.type;
    for (std::string_view const key : request.keys) {
        if (std::ranges::find(awaited.keys, key) == awaited.keys.end()) {
            awaited.keys.emplace_back(key);
        }
    }
    if (request.timeout_ms > 0) {
        awaited.deadline =
            now_ + std::chrono::milliseconds{std::min(request.timeout_ms, timeout_ms_max)};
    }
    session.blocked = Blocked::keys;
    session.awaited_keys = std::move(awaited);
    blocked_keys.add(session);
}

protocol::RespWriter Server::late_reply(Session& session) {
    session.reply_start = session.output.size();
    return protocol::RespWriter(session.output, session.protocol);
}

/// It is not in anybody's queue any more.
void Server::stop_waiting(Session& session) {
    if (!is_blocked_by_choice(session)) {
        return;
    }
    if (session.blocked == Blocked::keys) {
        blocked_keys.remove(session);
        session.awaited_keys = {};
    } else {
        feed.end_wait(session);
    }
    session.blocked = Blocked::no;
}

/// The command that it was blocked in has been answered.
void Server::resume(Session& session) {
    stop_waiting(session);
    reset_for_next_command(session);
    unblock(session);
}

/// After each command, transaction or script: what it brought into being goes to those who wait for it,
/// and what they make of that to others again.
void Server::serve_ready_keys() {
    if (unit_is_open()) {
        return;
    }
    while (auto const key = blocked_keys.take_ready()) {
        Entry const* const entry = keyspace.find(*key, expiry_rule());
        finish_unit();  // the DEL of an expired key
        if (entry == nullptr) {
            continue;
        }
        ValueType const type = type_of(entry->value);
        for (Session* const session : blocked_keys.waiting_for(*key)) {
            if (keyspace.find_raw(*key) == nullptr) {
                break;  // the others came too late
            }
            if (session->awaited_keys.type == type) {
                serve(*session, *key);
            }
        }
    }
}

/// Runs the command of a blocked session once more, as if `key` were the only one that it names.
void Server::serve(Session& session, std::string_view key) {
    std::vector<std::string_view> const words(session.awaited_keys.words.begin(),
                                              session.awaited_keys.words.end());
    protocol::RespWriter reply = late_reply(session);
    CommandContext context = make_context(*session.awaited_keys.binding, words, reply);
    context.ready_key = key;
    current_ = &session;
    run_data_command(context, *session.awaited_keys.binding);
    end_command(session);
    if (context.block) {
        return;  // nothing for this one: it waits on
    }
    finish_unit();
    report(&session, words, context.dirty > 0, false);
    resume(session);
}

/// What a blocked client gets when nothing comes.
void Server::answer_in_vain(Session& session) {
    protocol::RespWriter reply = late_reply(session);
    if (session.blocked == Blocked::replicas) {
        reply.integer(static_cast<std::int64_t>(feed.count_acknowledged(session.awaited.offset)));
    } else {
        reply.null_array();
        std::vector<std::string_view> const words(session.awaited_keys.words.begin(),
                                                  session.awaited_keys.words.end());
        report(&session, words, false, false);
    }
    resume(session);
}

void Server::answer_blocked(Session& session, std::string_view error) {
    late_reply(session).error(error);
    resume(session);
}

void Server::expire_blocked() {
    while (Session* const session = blocked_keys.overdue(now_)) {
        answer_in_vain(*session);
    }
}

bool Server::end_blocking(Session& session, bool with_error) {
    if (!is_blocked_by_choice(session)) {
        return false;
    }
    if (with_error) {
        answer_blocked(session, "UNBLOCKED client unblocked via CLIENT UNBLOCK");
    } else {
        answer_in_vain(session);
    }
    return true;
}

/// Facts 9.2: who waits for a key that is no longer served here learns of it within a second.
void Server::redirect_blocked() {
    if (blocked_keys.empty() || !config.cluster_enabled) {
        return;
    }
    std::size_t const count = sessions.size();
    std::size_t const looks =
        std::max(count / crons_per_second, std::min(count, clients_per_cron_min));
    for (std::size_t n = 0; n < looks; ++n) {
        Session& session = sessions.before(client_looked_at_);
        client_looked_at_ = session.client_id;
        if (session.blocked != Blocked::keys) {
            continue;
        }
        AwaitedKeys const& awaited = session.awaited_keys;
        bool const reads_here =
            session.readonly && !awaited.binding->info->has(protocol::flag_write);
        if (auto const error = cluster.redirect_blocked(awaited.keys.front(), reads_here)) {
            std::vector<std::string_view> const words(awaited.words.begin(), awaited.words.end());
            host.refused({.session = session.id, .arguments = words, .error = *error});
            answer_blocked(session, *error);
        }
    }
}

/// This node follows another master than before: nobody can tell whether what they wait for will come.
void Server::dismiss_blocked() {
    sessions.each([this](Session& session) {
        if (is_blocked_by_choice(session)) {
            KEYSLOT_SOMETIMES("blocked.demoted");
            answer_blocked(session,
                           "UNBLOCKED force unblock from blocking operation, instance state "
                           "changed (master -> replica?)");
            close_after_reply(session);
        }
    });
}

}  // namespace keyslot::sim
