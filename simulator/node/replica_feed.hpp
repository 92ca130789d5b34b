#pragma once

#include "simulator/node/replication_log.hpp"
#include "simulator/node/session.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

class Server;

/// The side of replication that gives: the sessions that asked for the stream of writes (PSYNC), what
/// they have acknowledged, and the clients that wait for that (WAIT).
class ReplicaFeed {
public:
    explicit ReplicaFeed(Server& server);

    ReplicationLog& log() { return log_; }
    ReplicationLog const& log() const { return log_; }
    /// Whether append() would do anything: Redis starts its history with the first replica.
    bool is_wanted() const { return log_.recording() && !follows_; }
    /// A command of this master.
    void append(Arguments words);
    /// A replica: what came from its master, byte for byte.
    void relay(std::string_view bytes);

    /// PSYNC <id> <offset>
    void attach(Session& session, std::string_view id, std::int64_t from);
    void detach(Session& session);
    void acknowledge(Session& session, std::int64_t offset);
    std::vector<Session*> const& replicas() const { return replicas_; }
    /// min-replicas-to-write: what a master demands.
    bool enough_good_replicas() const;
    /// Seconds since the replica's last acknowledgement.
    std::int64_t lag_seconds(Session const& session) const;

    std::size_t count_acknowledged(std::int64_t offset) const;
    /// WAIT: blocks the session until so many have acknowledged its writes. `timeout` 0: for ever.
    void wait(Session& session, std::size_t count, Duration timeout);
    /// However it ends; its answer is the caller's.
    void end_wait(Session& session);
    void expire_waits();
    Instant next_wait_deadline() const { return next_wait_deadline_; }
    void want_acknowledgements() { acknowledgements_wanted_ = true; }
    /// Called before the node sleeps: a WAIT makes the replicas speak up at once.
    void ask_for_acknowledgements();

    /// Every second.
    void cron();
    void become_replica();
    /// Promotion: the history branches, and the replicas come back to learn its new name.
    void become_master();
    /// The history was replaced: replicas must synchronise anew.
    void disconnect_all();

private:
    void transfer_when_due();
    void transfer_to_all();
    void transfer(Session& session);
    void reassure_waiting();
    void continue_from(Session& session, std::string_view id, std::int64_t from);
    void send(std::string_view bytes);
    void update_waits();
    void drop_timed_out();

    Server& server_;
    ReplicationLog log_;
    std::vector<Session*> replicas_;
    std::vector<Session*> waiting_;
    std::string scratch_;
    bool follows_ = false;
    bool select_needed_ = true;  ///< a stream starts by selecting the database
    bool acknowledgements_wanted_ = false;
    std::int64_t seconds_ = 0;
    Instant last_detached_{};
    Instant next_wait_deadline_ = Instant::max();
};

}  // namespace keyslot::sim
