#include "simulator/node/replica_feed.hpp"

#include "client/protocol/resp_writer.hpp"
#include "simulator/node/server.hpp"
#include "simulator/node/snapshot.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace keyslot::sim {

namespace {

/// repl-backlog-ttl: a master without replicas drops its history after so long.
constexpr Duration backlog_lifetime = std::chrono::hours{1};

}  // namespace

ReplicaFeed::ReplicaFeed(Server& server) : server_(server), log_(server.random()) {}

void ReplicaFeed::append(Arguments words) {
    if (!is_wanted()) {
        return;
    }
    scratch_.clear();
    if (std::exchange(select_needed_, false)) {
        protocol::write_command(scratch_, {"SELECT", "0"});
    }
    protocol::write_command(scratch_, words);
    send(scratch_);
}

void ReplicaFeed::relay(std::string_view bytes) { send(bytes); }

void ReplicaFeed::send(std::string_view bytes) {
    log_.append(bytes);
    for (Session* replica : replicas_) {
        if (replica->replica->online) {
            replica->output += bytes;
            server_.limit_output(*replica);
            server_.sessions.queue_flush(*replica);
        }
    }
}

void ReplicaFeed::attach(Session& session, std::string_view id, std::int64_t from) {
    if (session.replica) {
        return;
    }
    protocol::RespWriter reply(session.output, session.protocol);
    if (server_.is_replica() && !server_.master_link.is_up()) {
        return reply.error("NOMASTERLINK Can't SYNC while not connected with my master");
    }
    if (session.output.size() > 0) {
        return reply.error("ERR SYNC and PSYNC are invalid with pending output");
    }
    bool const wants_part = id != "?";
    if (wants_part && log_.can_continue(id, from)) {
        return continue_from(session, id, from);
    }
    ++server_.statistics.full_syncs;
    server_.statistics.partial_syncs_refused += wants_part ? 1 : 0;
    if (!log_.recording()) {
        log_.rename(server_.random());
        log_.start_recording();
    }
    session.replica = std::make_unique<AttachedReplica>();
    session.replica->attached_at = session.replica->acknowledged_at = server_.now();
    replicas_.push_back(&session);
    bool const may_wait = server_.parameters.diskless_sync && session.takes_endless_data;
    if (!may_wait || server_.config.repl_diskless_sync_delay_s == 0) {
        transfer_to_all();
    }
}

/// The replica was away for a moment only: it gets what it missed. (PSYNC)
void ReplicaFeed::continue_from(Session& session, std::string_view, std::int64_t from) {
    KEYSLOT_SOMETIMES("replication.continued");
    ++server_.statistics.partial_syncs;
    session.replica = std::make_unique<AttachedReplica>();
    session.replica->online = true;
    session.replica->stream_from = from;
    session.replica->acknowledged_at = server_.now();
    replicas_.push_back(&session);
    protocol::RespWriter(session.output).simple("CONTINUE " + log_.id());
    session.output += log_.bytes_from(from);
    session.reply_start = session.output.size();
    server_.sessions.queue_flush(session);
}

/// One data set serves all who wait for it. (repl-diskless-sync-delay)
void ReplicaFeed::transfer_when_due() {
    Parameters const& parameters = server_.parameters;
    std::int64_t waiting = 0;
    Duration longest{};
    for (Session const* session : replicas_) {
        if (!session->replica->online) {
            ++waiting;
            longest = std::max(longest, server_.now() - session->replica->attached_at);
        }
    }
    std::int64_t const enough = parameters.diskless_sync_replicas_max;
    bool const is_due = !parameters.diskless_sync || (enough > 0 && waiting >= enough) ||
                        longest >= std::chrono::seconds{server_.config.repl_diskless_sync_delay_s};
    if (waiting > 0 && is_due) {
        transfer_to_all();
    }
}

void ReplicaFeed::transfer_to_all() {
    for (Session* session : replicas_) {
        if (!session->replica->online) {
            transfer(*session);
        }
    }
}

/// So that they do not think that their master is gone.
void ReplicaFeed::reassure_waiting() {
    for (Session* session : replicas_) {
        if (!session->replica->online) {
            session->output += '\n';
            session->reply_start = session->output.size();
            server_.sessions.queue_flush(*session);
        }
    }
}

void ReplicaFeed::transfer(Session& session) {
    std::string const data = write_snapshot(server_.keyspace);
    protocol::RespWriter reply(session.output);
    reply.simple("FULLRESYNC " + log_.id() + ' ' + std::to_string(log_.offset()));
    session.output += '$' + std::to_string(data.size()) + "\r\n";
    session.output += data;
    session.reply_start = session.output.size();
    session.replica->online = true;
    session.replica->stream_from = log_.offset();
    session.replica->acknowledged_at = server_.now();
    select_needed_ = true;
    server_.sessions.queue_flush(session);
}

void ReplicaFeed::detach(Session& session) {
    if (session.replica) {
        std::erase(replicas_, &session);
        last_detached_ = server_.now();
    }
}

void ReplicaFeed::acknowledge(Session& session, std::int64_t offset) {
    AttachedReplica& replica = *session.replica;
    replica.acknowledged = std::max(replica.acknowledged, offset);
    replica.acknowledged_at = server_.now();
    update_waits();
}

std::int64_t ReplicaFeed::lag_seconds(Session const& session) const {
    return std::chrono::duration_cast<std::chrono::seconds>(server_.now() -
                                                            session.replica->acknowledged_at)
        .count();
}

bool ReplicaFeed::enough_good_replicas() const {
    Parameters const& parameters = server_.parameters;
    if (server_.is_replica() || parameters.min_replicas_to_write == 0 ||
        parameters.min_replicas_max_lag_s == 0) {
        return true;
    }
    auto const good = std::ranges::count_if(replicas_, [&](Session const* session) {
        return session->replica->online &&
               lag_seconds(*session) <= parameters.min_replicas_max_lag_s;
    });
    return good >= parameters.min_replicas_to_write;
}

std::size_t ReplicaFeed::count_acknowledged(std::int64_t offset) const {
    return static_cast<std::size_t>(std::ranges::count_if(replicas_, [&](Session const* session) {
        return session->replica->online && session->replica->acknowledged >= offset;
    }));
}

void ReplicaFeed::wait(Session& session, std::size_t count, Duration timeout) {
    Instant const deadline = timeout == Duration{} ? Instant::max() : server_.now() + timeout;
    session.blocked = Blocked::replicas;
    session.awaited = {session.write_offset, count, deadline};
    waiting_.push_back(&session);
    next_wait_deadline_ = std::min(next_wait_deadline_, deadline);
    want_acknowledgements();
}

void ReplicaFeed::end_wait(Session& session) {
    std::erase(waiting_, &session);
    next_wait_deadline_ = Instant::max();
    for (Session const* other : waiting_) {
        next_wait_deadline_ = std::min(next_wait_deadline_, other->awaited.deadline);
    }
}

void ReplicaFeed::expire_waits() {
    if (next_wait_deadline_ <= server_.now()) {
        update_waits();
    }
}

/// Answers every WAIT that has its count, or no time left.
void ReplicaFeed::update_waits() {
    for (Session* session : std::vector(waiting_)) {
        std::size_t const count = count_acknowledged(session->awaited.offset);
        if (count < session->awaited.count && server_.now() < session->awaited.deadline) {
            continue;
        }
        server_.late_reply(*session).integer(static_cast<std::int64_t>(count));
        server_.resume(*session);
    }
}

void ReplicaFeed::ask_for_acknowledgements() {
    if (!std::exchange(acknowledgements_wanted_, false) || server_.is_replica()) {
        return;
    }
    static constexpr std::string_view getack[] = {"REPLCONF", "GETACK", "*"};
    if (!replicas_.empty()) {
        append(getack);
    }
}

void ReplicaFeed::cron() {
    ++seconds_;
    reassure_waiting();
    transfer_when_due();
    // A manual failover waits for the replica to reach our offset: nothing may move it (facts 5.4).
    bool const still = server_.pause.by_failover(server_.now());
    if (seconds_ % server_.config.repl_ping_period_s == 0 && !replicas_.empty() && !still &&
        is_wanted()) {
        scratch_.clear();
        protocol::write_command(scratch_, {"ping"});  // in small letters, as Redis sends it
        send(scratch_);
    }
    drop_timed_out();
    if (is_wanted() && replicas_.empty() && server_.now() - last_detached_ > backlog_lifetime) {
        log_.rename(server_.random());
        log_.stop_recording();
    }
}

void ReplicaFeed::drop_timed_out() {
    for (Session* session : replicas_) {
        if (session->replica->online && lag_seconds(*session) > server_.parameters.repl_timeout_s) {
            server_.close_now(*session);
        }
    }
}

void ReplicaFeed::become_replica() { follows_ = true; }

void ReplicaFeed::become_master() {
    follows_ = false;
    log_.branch(server_.random());
    disconnect_all();
    select_needed_ = true;
    last_detached_ = server_.now();
}

void ReplicaFeed::disconnect_all() {
    for (Session* session : replicas_) {
        server_.close_now(*session);
    }
}

}  // namespace keyslot::sim
