#pragma once

#include "client/protocol/resp_writer.hpp"
#include "simulator/cluster/bus_message.hpp"
#include "simulator/node/node.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// What the cluster part of a node asks of the rest of it.
class ClusterPort {
public:
    virtual ~ClusterPort() = default;
    virtual Instant now() = 0;
    virtual std::int64_t unix_time_ms() = 0;
    virtual Random& random() = 0;
    virtual void send_bus(std::string_view ip, std::uint16_t bus_port, BusMessage message) = 0;

    virtual bool key_exists(std::string_view key) = 0;  ///< logically: an expired key does not
    virtual std::size_t count_keys_in_slot(std::uint16_t slot) = 0;
    /// Most recently added first, at most `count`.
    virtual std::vector<std::string> keys_in_slot(std::uint16_t slot, std::size_t count) = 0;
    virtual bool dataset_empty() = 0;
    /// The slot went to another shard while keys of it were here: delete them, unreplicated.
    virtual void drop_keys_in_slot(std::uint16_t slot) = 0;
    virtual void flush_dataset() = 0;

    /// This node now replicates that master (or another one than before), or has no master any
    /// more.
    virtual void start_replicating(std::string_view ip, std::uint16_t port) = 0;
    virtual void stop_replicating() = 0;
    virtual std::int64_t replication_offset() = 0;
    /// Replica: milliseconds since the master was last heard of on the replication link; -1: never.
    virtual std::int64_t master_link_idle_ms() = 0;
    virtual bool master_link_up() = 0;
    /// Manual failover: hold writes of clients until this time; `until` in the past lifts it.
    virtual void pause_writes_until(Instant until) = 0;
    /// The state of the cluster or the ownership of slots changed: blocked clients may have to go.
    virtual void ownership_changed() = 0;
    /// The slot was this shard's (this node's, or its master's) and is no more, or was given to it
    /// anew. Not called for the slots of the master in whose place this node was promoted.
    virtual void slot_left_shard(std::uint16_t slot) = 0;
    /// A PUBLISH came over the bus.
    virtual void deliver_publish(std::string_view channel, std::string_view payload,
                                 bool shard) = 0;
};

/// Flags of a node in a view, in the order of CLUSTER NODES.
enum NodeFlag : std::uint16_t {
    node_myself = 1,
    node_master = 2,
    node_slave = 4,
    node_pfail = 8,
    node_fail = 16,
    node_handshake = 32,
    node_noaddr = 64,
    node_nofailover = 128,
};

/// What the command at hand is to the routing decision (facts 2.3).
struct RouteQuery {
    std::span<std::string_view const> keys{};  ///< every key occurrence, in order
    bool is_write = false;  ///< of EXEC: any queued command is
    bool is_exec = false;
    bool is_migrate = false;
    bool is_restore_asking = false;
    bool is_shard_pubsub = false;
    bool session_readonly = false;
    bool session_asking = false;
};

/// One node's own view of the cluster and everything it decides by it: gossip, failure detection,
/// elections, epochs, slot ownership and migration marks, redirections, the CLUSTER command.
/// Pure: messages, commands and time in; messages and ClusterPort calls out.
class ClusterState {
public:
    ClusterState(NodeConfig const& config, ClusterPort& port);
    ~ClusterState();

    void start();
    /// Every 100 ms.
    void cron();
    void on_bus(BusMessage const& message);
    /// A replica has applied more of its master's stream: a manual failover may wait for just that.
    /// Costs nothing otherwise. Without this call the next cron() sees it.
    void on_replication_progress();

    /// Facts 2.3. nullopt: run here. Otherwise the error line without '-': "MOVED 1 127.0.0.1:1".
    std::optional<std::string> route(RouteQuery const& query);

    /// Facts 9.2: the error line that ends the wait of a client for this key; nullopt: it may wait on.
    /// `reads_here`: a READONLY session in a command that only reads.
    std::optional<std::string> redirect_blocked(std::string_view key, bool reads_here);

    /// CLUSTER <subcommand> ...; the arity has been checked against the command table.
    void cluster_command(std::span<std::string_view const> arguments, protocol::RespWriter& reply);

    /// PUBLISH goes to every node, SPUBLISH (`shard`) to those of this node's shard.
    void publish(std::string_view channel, std::string_view payload, bool shard);

    /// A fault: this node hears the others, and answers that it is alive, but learns nothing of what
    /// they tell (slots, epochs, roles, failures) and suspects nobody.
    void pin_view(bool pinned);
    /// CONFIG SET cluster-announce-ip: the address changed in NodeConfig.
    void change_address();

    std::string const& my_id() const;
    bool is_master() const;
    bool state_ok() const;
    /// Myself, handshakes and failed nodes included.
    std::size_t known_nodes() const;
    /// id of the owner in this view; empty: unassigned. Valid until the node is forgotten.
    std::string_view owner_of(std::uint16_t slot) const;
    /// Slots with their owner in this view, and the config epoch that it claims them by; a replica and its
    /// master likewise.
    struct Claim {
        std::uint16_t first = 0, last = 0;
        NodeId owner;
        std::uint64_t epoch = 0;
    };
    struct Following {
        NodeId replica, master;
    };
    /// Ascending, slots without an owner left out.
    std::vector<Claim> claims() const;
    std::optional<Claim> claim_on(std::uint16_t slot) const;
    std::vector<Following> followings() const;
    /// id of the node that the slot is being moved to; empty: it is not.
    NodeId migrating_to(std::uint16_t slot) const;
    /// That by which the slots of this shard are claimed: the master's.
    std::uint64_t config_epoch() const;
    /// How many slots this node owns in its own view.
    std::size_t owned_slots() const;
    /// Replica: address of its master in this view.
    std::optional<std::pair<std::string, std::uint16_t>> master_address() const;

    /// "redis-cli --cluster create" without the waiting: how a world starts out. Every node of the
    /// cluster is given the same list, and knows all, slots assigned, epochs 1..masters.
    struct Preset {
        ContactPtr contact;
        std::string hostname;
        NodeId master;  ///< empty: a master
        std::vector<std::pair<std::uint16_t, std::uint16_t>> slots;
        std::uint64_t config_epoch = 0;
    };
    void preset(std::span<Preset const> nodes, std::uint64_t current_epoch);

    /// nodes.conf
    struct Saved;
    std::shared_ptr<Saved const> save() const;
    void restore(Saved const& saved);

    struct Impl;

private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace keyslot::sim
