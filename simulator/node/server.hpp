#pragma once

#include "simulator/acl/access_log.hpp"
#include "simulator/acl/user_table.hpp"
#include "simulator/cluster/cluster_state.hpp"
#include "simulator/node/binding.hpp"
#include "simulator/node/blocked_keys.hpp"
#include "simulator/node/keyspace.hpp"
#include "simulator/node/master_link.hpp"
#include "simulator/node/migration.hpp"
#include "simulator/node/node.hpp"
#include "simulator/node/parameters.hpp"
#include "simulator/node/pause.hpp"
#include "simulator/node/pubsub.hpp"
#include "simulator/node/replica_feed.hpp"
#include "simulator/node/scripts.hpp"
#include "simulator/node/session_table.hpp"
#include "simulator/node/shutdown.hpp"
#include "simulator/node/slow_log.hpp"
#include "simulator/node/statistics.hpp"
#include "simulator/node/tracking.hpp"
#include "simulator/node/watch_table.hpp"

#include <keyslot/unique_function.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// One redis-server: the parts of a node, and the event loop that binds them. Commands reach the parts
/// through it; each part guards its own rules.
///
/// Every function of Node enters here, lets the parts work, and ends with settle(): what Redis does
/// before it sleeps. Nothing is sent but there, so that the replies of a pipeline go out as one piece.
class Server : public ClusterPort, private KeyspaceListener {
public:
    Server(NodeConfig node_config, NodeHost& node_host);
    ~Server() override;

    void start();
    void on_session_open(SessionId id, std::string_view peer);
    void on_session_bytes(SessionId id, std::string_view bytes);
    void on_session_closed(SessionId id);
    void on_link_open(LinkId link);
    void on_link_bytes(LinkId link, std::string_view bytes);
    void on_link_closed(LinkId link, std::string_view reason);
    void on_bus_message(BusMessage const& message);
    void on_wake();
    /// Reads the clocks: the first thing that every event does.
    void enter();

    // What commands and parts use.

    /// The time of the event at hand: it stands still while a command or a transaction runs.
    Instant now() override { return now_; }
    std::int64_t unix_time_ms() override { return unix_time_ms_; }
    Random& random() override { return host.random(); }
    bool is_replica() const { return master_link.has_master(); }
    /// A replica that is told so (replica-read-only no) may be written to, as far as the cluster sends
    /// writes to it: FLUSHALL, and scripts that write no key.
    bool is_read_only() const { return is_replica() && parameters.replica_read_only; }
    /// Of the data set that was there when the node started, or of its master's; nullptr: not loading.
    LoadingWindow const* loading() const {
        return own_loading_ ? &*own_loading_ : master_link.loading();
    }
    bool is_loading() const { return loading() != nullptr; }
    ExpiryRule expiry_rule() const;
    PauseKind pause_kind() const { return pause.kind(now_); }
    /// Whether the dataset may not change by itself: a manual failover counts on a still offset.
    bool is_paused() const { return pause_kind() != PauseKind::none; }
    Instant started_at() const { return started_at_; }

    // Who may do what (access.cpp).

    /// AUTH and HELLO ... AUTH. False: refused and logged; not answered.
    bool log_in(Session& session, std::string_view user, std::string_view password,
                Arguments arguments);
    /// Back to the default user, as a new connection is: RESET.
    void log_out(Session& session);
    /// Step 5 of facts 2.1: it has to log in before it may do anything else.
    bool must_log_in(Session const& session) const;
    /// Step 7 of facts 2.1: whether the session's user may run this command with these arguments.
    AccessVerdict check_access(Session const& session, Binding const& binding,
                               Arguments arguments) const;
    /// For ACL LOG.
    void log_denial(Session const& session, Binding const& binding, Arguments arguments,
                    AccessVerdict verdict, AccessContext context);
    /// ACL SETUSER. Subscribers whom it leaves without one of their channels are dropped.
    std::optional<UserTable::Problem> set_user(std::string_view name,
                                               std::span<std::string const> rules);
    /// Its sessions go with it; `bystander`, which asked for it, gets its reply first.
    void remove_user(AclUser& user, Session& bystander);

    /// Something is to be sent to the session: too much, and it is dropped (limits.cpp).
    void limit_output(Session& session);

    // maxmemory (eviction.cpp).

    /// An estimate of what a redis-server with these keys would use: see memory.hpp.
    std::size_t used_memory() const;
    /// More than maxmemory, which is obeyed.
    bool is_full() const;
    /// Evicts keys until maxmemory is kept. False: it is not, and no more may go.
    bool make_room();

    // What others are told of commands (observation.cpp).

    std::int64_t unix_time_us() const;
    /// The session is told of every command from now on.
    void monitor(Session& session);
    bool is_monitor(Session const& session) const;
    void stop_monitoring(Session& session);
    /// `source`: the client's address, or "lua".
    void feed_monitors(protocol::CommandInfo const& info, Arguments arguments,
                       std::string_view source);
    /// DEBUG SET-ACTIVE-EXPIRE
    void set_active_expire(bool on) { active_expire_ = on; }

    /// DEBUG SLEEP: the node does nothing for so long, and then answers.
    void fall_asleep(Session& session, Arguments arguments, Duration duration);

    /// CONFIG SET has changed some: what they are handed on to.
    void apply_parameters();
    /// Links of the cluster bus, which count against maxclients.
    std::size_t cluster_connections() const;

    LinkId new_link() { return ++last_link_; }

    /// Goes to the replicas once the command or transaction at hand is over, in order; several such
    /// commands are wrapped in MULTI and EXEC, as Redis does.
    void propagate(std::vector<std::string> words);
    /// A command during which the node does nothing else has answered: MIGRATE, or a long script.
    /// `has_left`: the client has not waited for it.
    void finish_set_aside(Session& session, Arguments arguments, bool wrote, bool has_left = false);
    /// Runs one command and reports it, unless it belongs to a transaction or a script: those are
    /// reported when the replication offset is known. True: it changed the data set.
    bool call(Session& session, Binding const& binding, Arguments arguments);
    void count_error_reply(Session& session, std::size_t output_before);

    /// A message that answers no command: subscriptions, invalidations. It goes out with the rest of
    /// the session's output; while the session's own command runs that is in the middle of the reply,
    /// as in Redis 7.0.
    void push(Session& session, std::string_view frame);
    void discard_transaction(Session& session);
    /// Runs what EXEC found queued, from the command where it stopped before.
    void run_transaction(Session& session);
    void close_after_reply(Session& session);
    void close_now(Session& session);
    /// Its input runs on once the current event has been dealt with.
    void unblock(Session& session);
    /// For the answer of a command that its session is blocked in; resume() follows.
    protocol::RespWriter late_reply(Session& session);
    void resume(Session& session);
    /// CLIENT UNBLOCK. False: the session does not wait for anything.
    bool end_blocking(Session& session, bool with_error);
    /// To be called after everything that may have made keys and was not a client's command.
    void serve_ready_keys();
    /// Parked commands run again from the start, in the order in which they came; those that a pause
    /// still covers are parked again.
    void release_paused();
    void flush_dataset() override { keyspace.flush(); }
    /// A command of the master's stream.
    void apply_from_master(Binding const& binding, Arguments arguments, bool in_transaction);
    /// Where the cluster wants the command run: nullopt here, else the redirection or error.
    std::optional<std::string> route(Session const& session, Binding const& binding,
                                     Arguments arguments);

    NodeConfig config;
    NodeHost& host;
    Keyspace keyspace;
    UserTable users;
    AccessLog access_log;
    SlowLog slow_log;
    SessionTable sessions;
    WatchTable watches;
    BlockedKeys blocked_keys;
    PauseState pause;
    Statistics statistics;
    Parameters parameters;
    ReplicaFeed feed;  ///< the master's side of replication
    MasterLink master_link;  ///< the replica's side
    Migration migration;
    PubSub pubsub;
    Tracking tracking;
    Scripts scripts;
    Shutdown shutdown;
    ClusterState cluster;

private:
    // ClusterPort
    void send_bus(std::string_view ip, std::uint16_t bus_port, BusMessage message) override;
    bool key_exists(std::string_view key) override;
    std::size_t count_keys_in_slot(std::uint16_t slot) override;
    std::vector<std::string> keys_in_slot(std::uint16_t slot, std::size_t count) override;
    bool dataset_empty() override { return keyspace.empty(); }
    void drop_keys_in_slot(std::uint16_t slot) override { keyspace.drop_slot(slot); }
    void start_replicating(std::string_view ip, std::uint16_t port) override;
    void stop_replicating() override;
    std::int64_t replication_offset() override;
    std::int64_t master_link_idle_ms() override;
    bool master_link_up() override { return master_link.is_up(); }
    void pause_writes_until(Instant until) override;
    void ownership_changed() override {}  // blocked clients are told by redirect_blocked()
    void slot_left_shard(std::uint16_t slot) override { pubsub.drop_shard_channels(slot); }
    void deliver_publish(std::string_view channel, std::string_view payload, bool shard) override;

    // KeyspaceListener
    void on_key_changed(std::string_view key) override;
    void on_key_added(Entry const& entry) override;
    void on_key_expired(std::string_view key) override;
    void on_flush() override;
    void on_event(NotifyClass type, std::string_view event, std::string_view key) override;

    // The event loop (server.cpp)
    void finish_start();
    void settle();
    void cron();
    void expire_keys();
    void run_unblocked();
    void flush(Session& session);
    void forget(Session& session);
    void arm_wake();
    /// While MIGRATE waits for its target, a script runs or a data set is loaded, events wait too.
    bool suspended() const {
        return migration.active() || scripts.holds_the_node() || sleep_.sleeper != nullptr ||
               (is_loading() && !is_looking_);
    }
    void wake_up();
    /// A busy script lets clients and the bus be heard, but not what comes from its own master.
    bool is_deaf_to_links() const { return suspended() || scripts.is_busy(); }
    /// Something is in the middle of what goes to the replicas as one piece.
    bool unit_is_open() const {
        return in_transaction_ || migration.active() || scripts.is_active();
    }
    void run_deferred();

    // What clients may not exceed (limits.cpp)
    protocol::RequestLimits request_limits() const;
    bool admit(Session& session);
    void drop_idle_sessions();
    void limit_input(Session& session);
    std::size_t counted_output(Session const& session);
    OutputLimit output_limit(Session const& session) const;

    // One session's commands (dispatch.cpp)
    void consume(Session& session, std::string_view bytes);
    bool process(Session& session, Arguments arguments);
    void queue(Session& session, Binding const& binding, std::uint32_t flags, Arguments arguments);
    void end_command(Session& session);
    void end_reply(Session& session);
    void reset_for_next_command(Session& session);

    // Running them (execute.cpp)
    CommandContext make_context(Binding const& binding, Arguments arguments,
                                protocol::RespWriter& reply);
    void run_data_command(CommandContext& context, Binding const& binding);
    void add_keys(Binding const& binding, Arguments arguments);
    void refuse_queued(Session& session, Binding const& binding, Arguments arguments,
                       AccessVerdict verdict);
    void track_reads(Session const& session, Binding const& binding, Arguments arguments);
    void count_lookups(Binding const& binding, Arguments arguments);
    void tell_misses(CommandContext const& context, Binding const& binding);
    void finish_unit();
    /// What changes now goes to the replicas, if there are any.
    bool is_replicated() const {
        return feed.is_wanted() && (!scripts.is_running() || scripts.is_replicated());
    }
    /// The writes of scripts, once their unit is over.
    void report_effects(Session const& session);
    void evict(std::string const& key);
    void announce(Session const& session, Binding const& binding, Arguments arguments);
    void observe(Session const& session, Binding const& binding, Arguments arguments, bool failed);
    void report(Session const* session, Arguments arguments, bool is_write, bool in_transaction);

    // Commands that wait for something (blocking.cpp)
    void block(Session& session, Binding const& binding, Arguments arguments,
               BlockRequest const& request);
    void serve(Session& session, std::string_view key);
    void stop_waiting(Session& session);
    void answer_in_vain(Session& session);
    void answer_blocked(Session& session, std::string_view error);
    void expire_blocked();
    void redirect_blocked();
    void dismiss_blocked();

    Instant now_{};
    std::int64_t unix_time_ms_ = 0;
    Instant started_at_{};
    std::optional<LoadingWindow> own_loading_;  ///< after a restart
    Instant look_at_{};  ///< while a data set is loaded: when whoever waits is heard
    bool is_looking_ = false;
    Instant cron_at_ = Instant::max();
    std::uint64_t cron_runs_ = 0;
    std::int64_t client_looked_at_ = 0;  // by redirect_blocked()
    struct Wake {
        Instant at = Instant::max();
        bool background = true;
        friend bool operator==(Wake const&, Wake const&) = default;
    };
    Wake armed_;
    struct Sleep {
        Session* sleeper = nullptr;  ///< nullptr: the node is awake
        Instant until = Instant::max();
        std::vector<std::string> words;
    };
    Sleep sleep_;
    LinkId last_link_ = 0;

    Session* current_ = nullptr;  ///< whose command runs, be it a MIGRATE that waits
    bool in_transaction_ = false;
    std::vector<std::vector<std::string>> to_propagate_;
    std::vector<std::string_view> keys_;  // scratch of route()
    std::vector<std::uint32_t> key_positions_;
    std::vector<std::string_view> words_;  // scratch of run_transaction()
    std::vector<Session*> parked_;  // by a pause
    std::vector<Session*> monitors_;
    bool active_expire_ = true;
    std::vector<Session*> runnable_;  // not blocked any more
    std::deque<UniqueFunction<void()>> deferred_;
};

}  // namespace keyslot::sim
