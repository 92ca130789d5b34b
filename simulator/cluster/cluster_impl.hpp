#pragma once

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/cluster/view.hpp"
#include "simulator/kernel/random.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// How many messages of each kind went out or came in, as CLUSTER INFO counts them.
struct Traffic {
    static constexpr std::size_t kinds = 11;  // BusType, and sharded PUBLISH apart
    std::array<std::uint64_t, kinds> by_kind{};

    void count(BusMessage const& message) { ++by_kind[kind_of(message)]; }
    static std::size_t kind_of(BusMessage const& message) {
        bool const is_sharded = message.type == BusType::publish && message.shard_channel;
        return is_sharded ? kinds - 1 : static_cast<std::size_t>(message.type);
    }
};

/// The state behind ClusterState. Its functions stand in one file per idea, in this order.
struct ClusterState::Impl {
    using SlotRange = std::pair<std::uint16_t, std::uint16_t>;  // first, last

    Impl(NodeConfig const& config_of_node, ClusterPort& port_of_node);

    // cluster_state.cpp: life
    void start();
    void preset(std::span<Preset const> nodes, std::uint64_t epoch);
    std::shared_ptr<Saved const> save();
    void restore(Saved const& saved);
    void justify_keys();
    /// Every event begins with begin_event() and ends with settle(), where what its parts asked for
    /// is done once.
    void begin_event();
    void settle();
    bool announces_another_place() const;
    ContactPtr contact_as_configured(NodeId const& id) const;
    void follow_configuration();
    Peer& me() { return view.myself(); }
    /// Whose slots and epoch this node speaks for: its own or its master's.
    Peer& my_master() { return me().master() != nullptr ? *me().master() : me(); }

    // route.cpp
    using Verdict = std::optional<std::string>;  // an error line, or run the command here
    std::optional<std::string> route(RouteQuery const& query);
    std::optional<std::string> redirect_blocked(std::string_view key, bool reads_here);
    std::optional<std::string> route_in_full(RouteQuery const& query, std::uint16_t slot);
    bool is_cross_slot(RouteQuery const& query, std::uint16_t slot) const;
    std::optional<std::string> refusal_while_down(RouteQuery const& query) const;
    std::optional<Verdict> route_open_slot(RouteQuery const& query, std::uint16_t slot);
    std::string redirect(std::string_view kind, std::uint16_t slot, Peer const& to) const;

    // outbox.cpp: messages that go out
    BusMessage message(BusType type);
    void send(Peer const& to, BusMessage message);
    void answer(BusMessage const& to, BusMessage message);
    void send_ping(Peer& to, bool with_gossip);
    void add_gossip(BusMessage& message);
    void add_gossip_about(BusMessage& message, Peer& peer);
    void draw_peers(std::size_t count);
    void broadcast_pong();
    void broadcast_pong_to_siblings();
    void broadcast_fail(Peer const& failed);
    void request_votes();
    void send_update(BusMessage const& to, Peer& about);
    void publish(std::string_view channel, std::string_view payload, bool shard);

    // heartbeat.cpp: what happens by the clock
    void cron();
    void visit_peers();
    void visit(PeerHandle handle);
    void keep_link(Peer& peer);
    std::int64_t ping_repeat_interval_ms() const;
    void ping_someone();
    void watch(Peer& peer);

    // inbox.cpp: messages that come in
    void on_bus(BusMessage const& message);
    void note_sender(Peer& sender, BusMessage const& message);
    void on_bus_while_pinned(Peer* sender, BusMessage const& message);
    void answer_ping(BusMessage const& ping, bool with_gossip);
    void on_heartbeat(Peer* sender, BusMessage const& message);
    void note_role(Peer& sender, BusMessage const& message);
    void on_fail(BusMessage const& message);
    void on_update(BusMessage const& message);

    // handshake.cpp: how nodes come to know each other, and where they are
    void meet(std::string_view ip, std::uint16_t port_number, std::uint16_t bus_port);
    NodeId random_id();
    Peer& add_handshake(std::string_view ip, std::uint16_t port_number, std::uint16_t bus_port);
    Peer* handshake_at(std::string_view ip, std::uint16_t port_number);
    void welcome(BusMessage const& message);
    bool finish_handshake(Peer* sender, BusMessage const& message);
    void note_stranger_at_known_address(Peer const* sender, BusMessage const& message);
    void move_address(Peer& peer, ContactPtr const& contact);
    void ban(NodeId const& id);
    bool is_banned(NodeId const& id);
    void forget(Peer& peer);

    // gossip.cpp
    void on_gossip(Peer& sender, BusMessage const& message);
    void on_gossip_about(Peer& peer, GossipEntry const& entry, Peer& sender);

    // failure_detection.cpp
    std::size_t count_failure_reports(Peer& about);
    void fail_if_majority_agrees(Peer& peer);
    void mark_failed(Peer& peer);
    void clear_failure_if_due(Peer& peer);
    void evaluate_state();

    // slot_claims.cpp: who owns what, and by which epoch
    void on_claim(Peer& claimer, std::uint64_t epoch, std::shared_ptr<SlotSet const> const& claim);
    void contradict_stale_claim(Peer const& speaker, Peer& claimer, BusMessage const& message);
    void resolve_epoch_collision(Peer const& other);
    std::uint64_t greatest_epoch() const;
    bool bump_epoch_without_consensus();
    void replicate(Peer& master);
    void keep_replicating();
    void take_over_from_master();
    void step_up_without_master();

    // election.cpp
    void advance_election();
    bool may_stand_for_election(bool is_manual);
    void schedule_election();
    int rank_among_siblings();
    void on_vote_request(Peer& candidate, BusMessage const& request);
    bool deserves_vote(Peer const& candidate, BusMessage const& request);
    void on_vote(Peer const& voter, BusMessage const& vote);

    // manual_failover.cpp
    enum class FailoverKind : std::uint8_t { ask_master, force, takeover };
    void begin_manual_failover(FailoverKind kind);
    void on_manual_failover_start(Peer& replica, BusMessage const& message);
    void advance_manual_failover();
    void expire_manual_failover();
    void reset_manual_failover();

    // replica_migration.cpp
    std::size_t replicas_of_the_richest() const;
    void consider_migration();

    // The CLUSTER command. command.cpp: dispatch, and questions about slots and keys
    using Arguments = std::span<std::string_view const>;
    using Reply = protocol::RespWriter;
    void command(Arguments arguments, Reply& reply);
    void help(Arguments arguments, Reply& reply);
    void reply_my_id(Arguments arguments, Reply& reply);
    void reply_key_slot(Arguments arguments, Reply& reply);
    void count_keys_in_slot(Arguments arguments, Reply& reply);
    void get_keys_in_slot(Arguments arguments, Reply& reply);

    // reply_nodes.cpp
    void reply_info(Arguments arguments, Reply& reply);
    void reply_nodes(Arguments arguments, Reply& reply);
    void reply_replicas(Arguments arguments, Reply& reply);
    void reply_links(Arguments arguments, Reply& reply);
    std::string describe(Peer const& peer, std::string_view slots);
    std::vector<std::string> describe_slots();

    // reply_slots.cpp
    void reply_slots(Arguments arguments, Reply& reply);
    void reply_shards(Arguments arguments, Reply& reply);
    void reply_slots_node(Peer const& peer, Reply& reply);
    void reply_shards_node(Peer const& peer, Reply& reply);
    std::int64_t offset_of(Peer const& peer);

    // command_slots.cpp
    void add_slots(Arguments arguments, Reply& reply);
    void delete_slots(Arguments arguments, Reply& reply);
    void add_slot_ranges(Arguments arguments, Reply& reply);
    void delete_slot_ranges(Arguments arguments, Reply& reply);
    void change_single_slots(Arguments arguments, bool is_delete, Reply& reply);
    void change_slot_ranges(Arguments arguments, bool is_delete, Reply& reply);
    bool choose_slots(SlotSet& chosen, SlotRange const& range, bool is_delete, Reply& reply);
    void change_slots(SlotSet const& slots, bool is_delete);
    void flush_slots(Arguments arguments, Reply& reply);
    void set_slot(Arguments arguments, Reply& reply);
    void set_slot_migrating(std::uint16_t slot, std::string_view id, Reply& reply);
    void set_slot_importing(std::uint16_t slot, std::string_view id, Reply& reply);
    void set_slot_owner(std::uint16_t slot, std::string_view id, Reply& reply);

    // command_nodes.cpp
    void meet_node(Arguments arguments, Reply& reply);
    void forget_node(Arguments arguments, Reply& reply);
    void replicate_node(Arguments arguments, Reply& reply);
    void reply_failure_reports(Arguments arguments, Reply& reply);
    void reset_node(Arguments arguments, Reply& reply);
    void reset(bool is_hard);
    void fail_over(Arguments arguments, Reply& reply);
    void bump_epoch(Arguments arguments, Reply& reply);
    void set_config_epoch(Arguments arguments, Reply& reply);
    void save_config(Arguments arguments, Reply& reply);

    NodeConfig const& config;  // a CONFIG SET is seen at once
    ClusterPort& port;
    ContactPtr my_contact;  // as this node gives it to others
    ContactPtr my_place;  // where it is, if it announces another place
    std::string announced_ip;  // when my_contact was made
    std::pair<std::uint16_t, std::uint16_t> announced_ports;  // and of the bus
    View view;
    std::string my_id;  // for those who want a std::string
    std::int64_t now_ms = 0;

    std::uint64_t current_epoch = 0;
    std::uint64_t last_vote_epoch = 0;
    bool is_ok = false;
    bool is_pinned = false;  // by pin_view()
    std::size_t size = 1;  // masters with slots, when last counted
    std::optional<std::int64_t> first_evaluated_ms;
    std::optional<std::int64_t> in_minority_ms;
    std::uint64_t cron_runs = 0;
    std::vector<Peer*> gossip_peers;  // scratch of add_gossip() and on_gossip()
    std::vector<bool> told_of;  // by handle: scratch of add_gossip()
    std::size_t suspected = 0;  // PFAIL, when cron last counted
    std::size_t handshakes = 0;  // likewise
    /// By which peers are visited; all are when they change.
    struct VisitTimes {
        std::int64_t node_timeout_ms = 0;
        std::int64_t ping_repeat_ms = 0;
        friend bool operator==(VisitTimes const&, VisitTimes const&) = default;
    } visit_times;
    std::map<NodeId, std::int64_t> banned_until_ms;
    Traffic sent, received;
    /// Where replication was last told to connect to.
    std::optional<std::pair<std::string, std::uint16_t>> replicating_from;

    struct Election {
        std::int64_t at_ms = 0;
        std::uint64_t epoch = 0;
        std::size_t votes = 0;
        int rank = 0;
        bool is_requested = false;
    } election;

    /// Of both sides: end_ms != 0 while one is under way.
    struct ManualFailover {
        std::int64_t end_ms = 0;
        bool can_start = false;  // replica: has all that its master has
        Peer const* replica = nullptr;  // master: who asked
        std::optional<std::int64_t> master_offset;  // replica: where the paused master stands
    } manual;

    struct ToDo {
        bool evaluate_state = false;
        bool election = false;
        bool manual_failover = false;
    } to_do;
    std::uint64_t told_ownership_version = 0;
    bool told_ok = false;
};

/// nodes.conf: all that a node knows after a restart.
struct ClusterState::Saved {
    struct Node {
        ContactPtr contact;
        std::string hostname;
        std::uint16_t flags = 0;
        NodeId master;
        std::uint64_t config_epoch = 0;
        bool is_ping_pending = false;
        bool has_ponged = false;
    };
    struct Slots {
        std::uint16_t first = 0, last = 0;
        NodeId owner;
    };
    std::vector<Node> nodes;
    NodeId my_id;
    std::uint64_t current_epoch = 0;
    std::uint64_t last_vote_epoch = 0;
    std::vector<Slots> slots;  ///< those with an owner
    std::vector<std::pair<std::uint16_t, NodeId>> migrating, importing;
};

}  // namespace keyslot::sim
