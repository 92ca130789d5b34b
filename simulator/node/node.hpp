#pragma once

#include "simulator/node/node_host.hpp"

#include <keyslot/sim/cluster_shape.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

class ClusterState;
struct Statistics;

/// What a node is started with: the part of redis.conf that a client can notice.
struct NodeConfig {
    std::string id;                 ///< 40 hex digits
    std::string ip = "127.0.0.1";
    std::uint16_t port = 6379;
    std::string bind = "* -::*";  ///< where it listens, as redis.conf writes it: bind_outcome()
    /// It speaks TLS only: `port` is its tls-port, and its plain one is 0; the others do the same.
    bool tls = false;
    std::uint16_t cluster_port = 0;  ///< of the bus; 0: port + 10000
    // cluster-announce-ip, -port and -bus-port: where others shall look for it. Empty and 0: where it is.
    std::string announce_ip;
    std::uint16_t announce_port = 0;
    std::uint16_t announce_bus_port = 0;
    std::string hostname;  ///< cluster-announce-hostname
    std::string password;  ///< requirepass; empty: none
    std::int64_t node_timeout_ms = 15000;
    bool require_full_coverage = true;
    bool allow_reads_when_down = false;
    int replica_validity_factor = 10;
    bool cluster_enabled = true;
    bool allow_pubsubshard_when_down = true;
    bool allow_replica_migration = true;
    int migration_barrier = 1;
    bool replica_no_failover = false;
    EndpointType preferred_endpoint_type = EndpointType::ip;
    /// A replica that needs the whole data set waits for others so long before it gets it.
    int repl_diskless_sync_delay_s = 5;
    /// repl-ping-replica-period
    int repl_ping_period_s = 10;
    /// How long a node is loading a data set, that of its master or after a restart its own: so long at
    /// least, and so much longer for each byte and, with key-load-delay, each key.
    std::int64_t loading_us_min = 1000;
    std::int64_t loading_ns_per_byte = 20;
    int key_load_delay_us = 0;
    /// loading-process-events-interval-bytes: as often it answers LOADING meanwhile. Of less data nobody
    /// sees more than a late answer.
    std::int64_t loading_events_interval_bytes = 2 << 20;
    /// Further lines of redis.conf, "maxmemory" and "100mb": whatever CONFIG GET shows. They are applied
    /// when the node starts, after the above. A name or value that Redis would not take is an
    /// std::invalid_argument.
    std::vector<std::pair<std::string, std::string>> options;
};

/// One redis-server, written once and without I/O: see NodeHost for what goes out, the functions below
/// for what comes in. Its view of the cluster is its own.
class Node {
public:
    Node(NodeConfig config, NodeHost& host);
    ~Node();
    Node(Node const&) = delete;
    Node& operator=(Node const&) = delete;

    /// After construction and any preset of the cluster view: starts cron and replication.
    void start();

    /// A client connected. `peer` is "ip:port" for CLIENT LIST.
    void on_session_open(SessionId session, std::string_view peer);
    void on_session_bytes(SessionId session, std::string_view bytes);
    void on_session_closed(SessionId session);

    void on_link_open(LinkId link);
    void on_link_bytes(LinkId link, std::string_view bytes);
    /// The connection could not be made, or has ended. `reason`: "refused", "timeout", "reset", "eof".
    void on_link_closed(LinkId link, std::string_view reason);

    void on_bus(BusMessage const& message);
    void on_wake();

    /// Its machine has got another address, and it is told so (CONFIG SET cluster-announce-ip).
    void change_address(std::string ip);

    NodeConfig const& config() const;
    ClusterState& cluster();
    /// A master that starts has had replicas for a while: so many bytes went to them.
    void has_replicated(std::int64_t bytes);
    ClusterState const& cluster() const;
    bool is_master() const;
    std::int64_t replication_offset() const;
    Statistics const& statistics() const;

    /// What a restart keeps when the data survives (keys, and nodes.conf: the view, marks and epochs).
    struct Saved;
    std::shared_ptr<Saved const> save() const;
    /// Before start(): takes up what save() gave; `keep_data` false loads only nodes.conf.
    void restore(Saved const& saved, bool keep_data);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace keyslot::sim
