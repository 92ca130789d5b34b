#pragma once

#include <keyslot/client_side_cache.hpp>
#include <keyslot/environment.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace keyslot {

class ClusterObserver;

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

/// Who the client is to the servers.
struct Credentials {
    std::string username = {};  ///< empty: the default user
    std::string password = {};  ///< empty: no authentication
};

enum class StartMode : std::uint8_t {
    lazy,  ///< nothing connects before the first call
    /// The topology is fetched at once. The blocking client's constructor waits for it and throws when
    /// nobody gives one within call_timeout; the asynchronous one goes on: await initialize().
    eager,
};

/// How the client connects and how patient it is. Every queue, retry and redirection has its limit here.
struct ClusterOptions {
    /// One more start-up node, when it is not empty.
    std::string host = {};
    std::uint16_t port = 6379;
    /// Asked for the topology first, and again whenever no other node answers: they are never forgotten,
    /// and their names are resolved anew each time.
    std::vector<ClusterNode> startup_nodes = {};
    /// false: only the start-up nodes are ever asked for the topology; true: the nodes it names as well, and
    /// rather.
    bool dynamic_startup_nodes = true;
    StartMode start = StartMode::lazy;

    std::string username = {};
    std::string password = {};
    /// Set: asked for each new connection, instead of username and password. Called on the client's
    /// executor and must not block; what it throws ends the attempt to connect.
    std::function<Credentials()> credential_provider = nullptr;
    std::string client_name = {};
    int protocol = 3;  ///< RESP version; a server without HELLO is spoken to in RESP2
    std::optional<TlsOptions> tls = std::nullopt;
    /// Set: the name to verify and to send as SNI when that node is dialled, instead of tls->server_name
    /// and the node's host; empty: as without it. Must not throw.
    std::function<std::string(ClusterNode const&)> tls_server_name = nullptr;
    /// Set: turns every address that the cluster tells (topology, MOVED, ASK) into the one to dial: NAT,
    /// tunnels. Start-up nodes are dialled as they are given. Must not throw.
    std::function<Endpoint(Endpoint const&)> address_remap = nullptr;

    /// One connection from the start: resolving the name, TCP, TLS and the handshake together. The name's
    /// addresses share it. A name that resolves more slowly than this is never reached.
    std::chrono::milliseconds connect_timeout{2000};
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
    /// No read goes to a replica that is known to be more bytes of the replication stream behind than so, or
    /// of which it is not known. How far each node is, it is asked every lag_check_interval (INFO replication):
    /// once this is set, or a session has been made.
    std::optional<std::uint64_t> max_replica_lag_bytes = std::nullopt;
    std::chrono::milliseconds lag_check_interval{1000};

    int redirects_max = 16;
    /// How often a call is sent again after a lost connection, an uncovered slot, CLUSTERDOWN, TRYAGAIN,
    /// LOADING, MASTERDOWN or READONLY; redirections do not count. Absent: until its deadline.
    std::optional<int> cluster_error_retry_attempts = std::nullopt;
    /// A read that got no answer within attempt_timeout is sent again. false: it fails with
    /// ErrorCode::timeout, as a write does.
    bool retry_on_timeout = true;
    /// Nothing is sent while any slot is without an owner: calls wait, until their deadline at most, and
    /// fail with ErrorCode::slot_not_covered. false: the slots that have owners are served.
    bool require_full_coverage = false;
    /// When slots are without an owner and require_full_coverage is off, a node is asked whether the cluster
    /// itself requires it (CONFIG GET cluster-require-full-coverage), and calls are then held back just the
    /// same. true: nobody is asked, for servers without CONFIG.
    bool skip_full_coverage_check = false;
    /// A MOVED corrects its slot at once. The whole topology is fetched after so many of them: 1 at each
    /// (refresh_interval_min apart), more than 1 at the latest one second after the first, 0 not because of
    /// MOVED.
    int reinitialize_steps = 1;
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
    /// Set: replies of reads are kept in memory for as long as they are true. Needs protocol 3.
    std::optional<ClientSideCacheOptions> client_side_cache = std::nullopt;

    /// Hears of redirections, retries, refreshes, connections and calls (keyslot/events.hpp).
    std::shared_ptr<ClusterObserver> observer = nullptr;
};

/// Reads a URL:
///
///     redis://user:password@host-1:7000,host-2:7001,[::1]:7002/0?protocol=2&call_timeout=500ms
///
/// `rediss` means TLS. Several hosts are several start-up nodes; a port may be missing (6379). User,
/// password and values of parameters may be percent-encoded. Parameters are the options above by their
/// names, as far as they can be written: whole numbers, true or false (yes, no, 1, 0), durations with
/// their unit (`250ms`, `2s`, `1m`), enumerators by name; of TLS: tls_verify, tls_ca_file,
/// tls_certificate_file, tls_key_file, tls_server_name. A cluster has database 0 only, and no unix socket.
///
/// Throws DataError (ErrorCode::invalid_argument) that names what it does not understand, and for an unknown
/// parameter all that there are. No password is in any message.
ClusterOptions options_from_url(std::string_view url);
/// The URL that options_from_url() reads as these options, the password and all: not for logs. Functions
/// cannot be written and are left out.
std::string to_url(ClusterOptions const& options);

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
