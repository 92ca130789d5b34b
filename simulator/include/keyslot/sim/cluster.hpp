#pragma once

#include <keyslot/environment.hpp>
#include <keyslot/options.hpp>
#include <keyslot/sim/cluster_shape.hpp>
#include <keyslot/sim/tls_port.hpp>
#include <keyslot/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

class Node;
class NodeServer;
class World;

/// What add_cluster() builds.
struct ClusterSpec {
    std::size_t masters = 3;
    std::size_t replicas_per_master = 0;
    std::chrono::milliseconds node_timeout{15000};
    /// One-way delay of the links of its nodes, and how much more at most.
    Duration latency = std::chrono::microseconds{100};
    Duration jitter{};
    std::string password = {};  ///< requirepass; empty: none
    /// Nodes tell their ports as those of a cluster that speaks TLS only. Who speaks it to them is content with
    /// their certificate, and who speaks plain text is served as well.
    bool tls = false;
    /// Set: as with `tls`, but the ports insist on it: of clients, of an operator and of each other (tls-replication).
    std::optional<TlsPort> tls_port = std::nullopt;
    bool require_full_coverage = true;
    bool allow_reads_when_down = false;
    int replica_validity_factor = 10;
    bool announce_hostnames = false;  ///< cluster-announce-hostname: the host's name
    /// cluster-preferred-endpoint-type. With names, which announce_hostnames gives them, clients start
    /// with names too; without a host in what nodes tell, they need `ip`.
    EndpointType endpoint_type = EndpointType::ip;
    SlotLayout slot_layout = SlotLayout::even;
    std::uint16_t first_port = 7000;
    /// Of all nodes; empty: 10.0.0.1, 10.0.0.2, ... Nodes on one address differ in their ports.
    std::string ip = {};
    bool cluster_enabled = true;  ///< off: one plain Redis for each master asked for
    /// Off: every node stands alone and empty, as redis-server starts, and CLUSTER MEET and the rest
    /// (or redis-cli --cluster create) are up to you.
    bool joined = true;
};

enum class CrashStyle : std::uint8_t {
    /// The process is killed: peers get a reset, connects are refused.
    process,
    /// The host has no power: peers hear nothing, connects and bytes vanish until it is back.
    power,
};

/// How a node's clocks are wrong from some moment on: the rates stay, the jumps happen once.
struct ClockSkew {
    std::int64_t monotonic_ppm = 0;  ///< parts per million it runs faster; more than -1,000,000
    std::int64_t wall_ppm = 0;  ///< the wall clock, likewise
    Duration monotonic_jump{};  ///< forward only
    Duration wall_jump{};
    friend bool operator==(ClockSkew const&, ClockSkew const&) = default;
};

/// One node of a cluster: a host with a Redis on it.
class Member {
public:
    explicit Member(NodeServer& server) : server_(&server) {}

    std::string const& name() const;  ///< "node-1"
    std::string const& id() const;  ///< 40 hex digits; CLUSTER RESET HARD draws a new one
    Endpoint const& address() const;
    /// Where it accepts clients: at its address, unless CONFIG SET port has moved that. Port 0: nowhere.
    Endpoint const& listening() const;
    std::size_t index() const;  ///< in its cluster, from 0
    bool is_up() const;  ///< running, paused or not
    bool is_paused() const;
    /// By its own view. False when it is down.
    bool is_master() const;

    void crash(CrashStyle style = CrashStyle::process);
    /// Crashes first when it is up. `keep_data`: as it was at the crash; otherwise only nodes.conf.
    void restart(bool keep_data = true);
    void pause();
    void resume();
    /// Its clocks run faster by so many parts per million (more than -1,000,000) from now on, and its wall
    /// clock jumps by `offset`.
    void skew_clock(std::int64_t parts_per_million, Duration offset = {});
    void skew_clock(ClockSkew const& skew);
    /// The skew is gone: from now on its clocks run as time does, and its wall clock is right again.
    void correct_clock();
    /// How far its wall clock is ahead.
    Duration clock_error() const;
    /// The machine gets another address: its streams break, its name resolves to the new one, and the
    /// node tells the others by gossip (as after CONFIG SET cluster-announce-ip).
    void change_address(std::string ip);

    /// The running node itself; nullptr when it is down.
    Node* node();
    Node const* node() const;

private:
    NodeServer* server_;
};

/// The nodes made by one add_cluster().
class Cluster {
public:
    ~Cluster();
    Cluster(Cluster const&) = delete;
    Cluster& operator=(Cluster const&) = delete;

    ClusterSpec const& spec() const;
    /// Every node, as a client is configured with them.
    std::vector<ClusterNode> startup_nodes() const;
    /// The slots of each master as they were dealt at the start: ranges, first and last.
    std::vector<std::vector<std::pair<std::uint16_t, std::uint16_t>>> dealt_slots() const;
    std::vector<Member>& nodes();
    std::size_t size() const;
    /// By name ("node-2") or id; throws std::out_of_range.
    Member& node(std::string_view name);
    /// By index, from 0.
    Member& operator[](std::size_t n);
    /// The node that most running nodes take for the owner of the key's slot; throws
    /// std::out_of_range when the slot has no owner in any view.
    Member& owner_of(std::string_view key);
    Member& owner_of_slot(std::uint16_t slot);

private:
    friend class World;
    struct Impl;
    explicit Cluster(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace keyslot::sim
