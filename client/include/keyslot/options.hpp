#pragma once

#include <keyslot/environment.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace keyslot {

enum class NodeRole : std::uint8_t { unknown, primary, replica };

/// A node of the cluster as the client knows it. In `startup_nodes` host and port are enough.
struct ClusterNode {
    std::string host;  ///< a name, an IP literal, or the path of a unix socket
    std::uint16_t port = 6379;
    std::string id = {};  ///< 40 hex digits; empty: not known
    NodeRole role = NodeRole::unknown;

    std::string name() const;  ///< "host:port"
    friend bool operator==(ClusterNode const&, ClusterNode const&) = default;
};

/// Who answers reads. A replica may be behind its primary.
enum class LoadBalancingStrategy : std::uint8_t {
    round_robin,           ///< the shard's primary and its replicas in turn
    round_robin_replicas,  ///< its replicas in turn
    random_replica,
    lowest_latency,  ///< whoever of them all has answered fastest so far
};

/// How the client connects and how patient it is. Every queue, retry and redirection has its limit here.
struct ClusterOptions {
    /// Asked for the topology first, and again whenever no other node answers: they are never forgotten,
    /// and their names are resolved anew each time.
    std::vector<ClusterNode> startup_nodes = {};

    std::string username = {};
    std::string password = {};
    std::string client_name = {};
    int protocol = 3;  ///< RESP version; a server without HELLO is spoken to in RESP2
    std::optional<TlsOptions> tls = std::nullopt;

    std::chrono::milliseconds connect_timeout{2000};  ///< TCP, TLS and handshake of one connection
    /// A connection on which replies are due and nothing at all has arrived for so long is given up: the
    /// process is stopped, or the host is gone without a trace.
    std::chrono::milliseconds attempt_timeout{1000};
    std::chrono::milliseconds call_timeout{5000};  ///< a call, everything included

    /// Reads go to replicas as well, by load_balancing_strategy or, without one, round_robin. A replica that
    /// cannot be reached, is loading or has lost its primary is passed over; when none is left the primary
    /// answers.
    bool read_from_replicas = false;
    /// Set: read_from_replicas is on, and this is how a node is chosen.
    std::optional<LoadBalancingStrategy> load_balancing_strategy = std::nullopt;
    /// No read falls back on the primary: while no replica can answer it waits, until its deadline.
    bool replicas_only = false;
    /// Which replicas are read from, by zone, say. Must not throw; called on the client's executor.
    std::function<bool(ClusterNode const&)> replica_filter = nullptr;
    /// When a replica knows nothing (null, an empty collection, an array with a null in it, 0), the primary
    /// is asked as well: while a slot moves, a replica of its old owner misses the keys that have gone and
    /// does not say so.
    bool confirm_missing = true;

    int redirects_max = 16;
    std::chrono::milliseconds backoff_min{10};
    std::chrono::milliseconds backoff_max{1000};
    std::chrono::milliseconds refresh_interval_min{200};
    std::chrono::milliseconds refresh_period{30000};  ///< zero: only when something asks for it
    /// Second attempts, all calls together: as many at once, and as many a second; more of them come
    /// later. Zero: no limit.
    int retries_per_second_max = 10000;
    /// A connection that has been silent for so long is asked with PING; no answer within attempt_timeout
    /// ends it, and with it every connection of a blocked call or subscriber to that node, which cannot be
    /// asked. Zero: never.
    std::chrono::milliseconds health_check_interval{5000};
    std::size_t queue_calls_max = 100000;  ///< calls waiting for or in flight to one node
    /// Connections to one node that are used by one call or transaction at a time (blocking commands,
    /// WATCH); one more than these fails with ErrorCode::queue_full. Everything else shares one.
    std::size_t max_connections = 100;
};

/// What one call may differ in. Trivially destructible, and stays so: g++ 12 destroys any other aggregate
/// twice that is made within a co_await expression.
struct CallOptions {
    std::optional<std::chrono::milliseconds> timeout = std::nullopt;  ///< instead of call_timeout
    /// The command may be sent again although it may already have run. Reads always may.
    bool repeatable = false;
    /// false: this read goes to the primary, whatever the client's options say.
    bool read_from_replicas = true;
};
static_assert(std::is_trivially_destructible_v<CallOptions>);

/// What the client has done so far.
struct ClusterStats {
    std::uint64_t calls = 0;  ///< submitted
    std::uint64_t completed = 0;  ///< with a value or an error reply of the caller's concern
    std::uint64_t failed = 0;
    std::uint64_t moved = 0;  ///< MOVED replies
    std::uint64_t asked = 0;  ///< ASK replies
    std::uint64_t replica_reads = 0;  ///< attempts that went to a replica
    std::uint64_t retries = 0;  ///< attempts after the first that were no redirections
    std::uint64_t refreshes = 0;  ///< topology fetches begun
    std::uint64_t connects = 0;  ///< connections begun
    std::uint64_t disconnects = 0;  ///< connections that ended or could not be made
    std::uint64_t map_version = 0;
};

}  // namespace keyslot
