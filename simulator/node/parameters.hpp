#pragma once

#include "simulator/node/encoding_limits.hpp"
#include "simulator/node/keyspace_event.hpp"
#include "simulator/node/node.hpp"
#include "simulator/node/output_limits.hpp"
#include "simulator/node/parameter_table.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// maxmemory-policy: which keys go when memory runs out, and by what they are chosen.
enum class EvictionPolicy : std::uint8_t {
    volatile_lru,
    volatile_lfu,
    volatile_random,
    volatile_ttl,
    allkeys_lru,
    allkeys_lfu,
    allkeys_random,
    noeviction,
};

/// Parameters that something here depends on, beyond those that live in NodeConfig.
struct ParameterValues {
    EncodingLimits encoding_limits;
    bool serve_stale_data = true;
    std::int64_t min_replicas_to_write = 0;
    std::int64_t min_replicas_max_lag_s = 10;
    std::int64_t repl_timeout_s = 60;
    bool diskless_sync = true;
    std::int64_t diskless_sync_replicas_max = 0;  ///< so many wait no longer; 0: any number
    std::int64_t shutdown_timeout_s = 10;
    std::int64_t repl_backlog_bytes = 1024 * 1024;
    std::int64_t replica_priority = 100;
    bool replica_announced = true;
    bool replica_read_only = true;
    NotifyFlags notify_events;
    std::int64_t acl_log_max = 128;
    bool all_channels_by_default = false;  ///< acl-pubsub-default
    std::string master_user;
    std::int64_t clients_max = 10000;
    std::int64_t idle_timeout_s = 0;
    std::int64_t query_buffer_max = 1024 * 1024 * 1024;
    std::int64_t bulk_bytes_max = 512 * 1024 * 1024;
    OutputLimits output_limits;
    bool protected_mode = false;
    std::uint64_t memory_max = 0;
    EvictionPolicy eviction_policy = EvictionPolicy::noeviction;
    bool replica_ignores_memory_max = true;
    std::int64_t busy_threshold_ms = 5000;
    std::size_t tracking_table_keys_max = 1'000'000;  ///< 0: any number
    std::int64_t slowlog_slower_than_us = 10'000;
    std::int64_t slowlog_entries_max = 128;
    std::int64_t latency_threshold_ms = 0;
    bool latency_tracking = true;
    std::int64_t lfu_log_factor = 10;
    std::int64_t lfu_decay_minutes = 1;

    bool tracks_frequency() const {
        return eviction_policy == EvictionPolicy::volatile_lfu ||
               eviction_policy == EvictionPolicy::allkeys_lfu;
    }
};

/// What CONFIG GET and CONFIG SET know: all parameters of Redis 7.0. Most of what a node obeys lives in
/// its NodeConfig or in ParameterValues; what clients ask for, but nothing here depends on (persistence,
/// logging, TLS), is checked, remembered and no more.
class Parameters : public ParameterValues {
public:
    /// Takes NodeConfig::options, which may set what CONFIG SET may not.
    explicit Parameters(NodeConfig& config);

    /// masterauth: by default the nodes of a cluster share one password.
    std::string const& master_password() const {
        return master_password_ ? *master_password_ : config_.password;
    }

    /// Names and values of those whose name matches, in alphabetical order.
    std::vector<std::pair<std::string, std::string>> get(std::string_view pattern) const;
    /// One that exists, as CONFIG GET shows it.
    std::string text(std::string_view name) const;
    /// One that is a number.
    std::int64_t number(std::string_view name) const;
    /// What is wrong with the value, as CONFIG SET says it after " - "; nullopt: it is taken.
    std::optional<std::string> set(ParameterSpec const& spec, std::string_view value);
    /// Back to a former state: CONFIG SET changes all that it names, or nothing.
    void restore(Parameters const& former, NodeConfig const& former_config);

private:
    struct Binding;
    static Binding const* find_binding(std::string_view name);
    std::string text(ParameterSpec const& spec) const;

    NodeConfig& config_;
    std::optional<std::string> master_password_;
    std::map<std::string, std::string, std::less<>> remembered_;
};

}  // namespace keyslot::sim
