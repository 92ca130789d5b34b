#include "simulator/node/parameters.hpp"

#include "simulator/commands/glob.hpp"
#include "simulator/node/value.hpp"
#include "simulator/node/words.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <stdexcept>
#include <type_traits>

namespace keyslot::sim {

namespace {

using Problem = std::optional<std::string>;

constexpr std::array<std::string_view, 8> policies{
    "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
    "allkeys-lru",  "allkeys-lfu",  "allkeys-random",  "noeviction"};
constexpr std::array<std::string_view, 3> endpoint_types{"ip", "hostname", "unknown-endpoint"};
constexpr std::array<std::string_view, 2> channels_by_default{"resetchannels", "allchannels"};

/// The word that stands for a value, and back: its place in a list.
template <class Words, class Value>
void read_word(Words const& words, std::string_view text, Value& value) {
    auto const place = std::ranges::find(words, text);
    assert(place != words.end());
    value = static_cast<Value>(place - words.begin());
}

template <class Words, class Value>
std::string write_word(Words const& words, Value value) {
    return std::string(words[static_cast<std::size_t>(value)]);
}

// How a value looks in CONFIG GET, and how it is read from that. What comes to be read has been
// normalised before.

std::string write(bool value) { return value ? "yes" : "no"; }
template <std::integral Number>
std::string write(Number value) {
    return std::to_string(value);
}
std::string write(std::string const& value) { return value; }
std::string write(EvictionPolicy value) { return write_word(policies, value); }
std::string write(EndpointType value) { return write_word(endpoint_types, value); }
std::string write(NotifyFlags const& value) { return value.text(); }
std::string write(OutputLimits const& value) { return value.text(); }

void read(std::string_view text, bool& value) { value = text == "yes"; }
template <std::integral Number>
void read(std::string_view text, Number& value) {
    if constexpr (std::is_unsigned_v<Number>) {
        value = static_cast<Number>(*parse_memory(text));
    } else {
        value = static_cast<Number>(*parse_integer(text));
    }
}
void read(std::string_view text, std::string& value) { value = text; }
void read(std::string_view text, EvictionPolicy& value) { read_word(policies, text, value); }
void read(std::string_view text, EndpointType& value) { read_word(endpoint_types, text, value); }
void read(std::string_view text, NotifyFlags& value) { value = *NotifyFlags::parse(text); }
void read(std::string_view text, OutputLimits& value) { value.parse(text); }

}  // namespace

/// A parameter that is kept elsewhere than in `remembered_`.
struct Parameters::Binding {
    std::string_view name;
    std::string (*get)(Parameters const&);
    void (*set)(Parameters&, std::string_view value);

    // A member of NodeConfig, of ParameterValues or of its encoding limits.
    template <auto member>
    static auto& value_of(auto& parameters) {
        if constexpr (std::is_invocable_v<decltype(member), NodeConfig&>) {
            return parameters.config_.*member;
        } else if constexpr (std::is_invocable_v<decltype(member), EncodingLimits&>) {
            return parameters.encoding_limits.*member;
        } else {
            return parameters.*member;
        }
    }

    template <auto member>
    static constexpr Binding to(std::string_view name) {
        return {name, [](Parameters const& all) { return write(value_of<member>(all)); },
                [](Parameters& all, std::string_view text) { read(text, value_of<member>(all)); }};
    }

    /// Of port and tls-port one is what this node listens on, and the other 0.
    template <bool Tls>
    static constexpr Binding listening_port(std::string_view name) {
        return {name,
                [](Parameters const& all) {
                    return all.config_.tls == Tls ? write(all.config_.port) : std::string("0");
                },
                [](Parameters& all, std::string_view value) {
                    if (all.config_.tls == Tls) {
                        read(value, all.config_.port);
                    }
                }};
    }
    static constexpr Binding with_tls(std::string_view name) {
        return {name, [](Parameters const& all) { return write(all.config_.tls); },
                [](Parameters&, std::string_view) {}};
    }
    static constexpr Binding master_password() {
        return {"masterauth", [](Parameters const& all) { return all.master_password(); },
                [](Parameters& all, std::string_view value) { all.master_password_ = value; }};
    }
    static constexpr Binding default_channels() {
        return {"acl-pubsub-default",
                [](Parameters const& all) {
                    return write_word(channels_by_default, all.all_channels_by_default);
                },
                [](Parameters& all, std::string_view value) {
                    read_word(channels_by_default, value, all.all_channels_by_default);
                }};
    }
};

Parameters::Binding const* Parameters::find_binding(std::string_view name) {
    using B = Binding;
    using N = NodeConfig;
    using V = ParameterValues;
    using E = EncodingLimits;
    static constexpr Binding bindings[] = {
        B::to<&N::require_full_coverage>("cluster-require-full-coverage"),
        B::to<&N::allow_reads_when_down>("cluster-allow-reads-when-down"),
        B::to<&N::allow_pubsubshard_when_down>("cluster-allow-pubsubshard-when-down"),
        B::to<&N::allow_replica_migration>("cluster-allow-replica-migration"),
        B::to<&N::replica_no_failover>("cluster-replica-no-failover"),
        B::to<&N::node_timeout_ms>("cluster-node-timeout"),
        B::to<&N::replica_validity_factor>("cluster-replica-validity-factor"),
        B::to<&N::migration_barrier>("cluster-migration-barrier"),
        B::to<&N::repl_diskless_sync_delay_s>("repl-diskless-sync-delay"),
        B::to<&N::repl_ping_period_s>("repl-ping-replica-period"),
        B::to<&N::key_load_delay_us>("key-load-delay"),
        B::to<&N::loading_events_interval_bytes>("loading-process-events-interval-bytes"),
        B::to<&N::cluster_enabled>("cluster-enabled"),
        B::to<&N::password>("requirepass"),
        B::to<&N::hostname>("cluster-announce-hostname"),
        B::to<&N::preferred_endpoint_type>("cluster-preferred-endpoint-type"),
        B::listening_port<false>("port"),
        B::to<&N::bind>("bind"),
        B::listening_port<true>("tls-port"),
        B::with_tls("tls-cluster"),
        B::with_tls("tls-replication"),
        B::to<&N::cluster_port>("cluster-port"),
        B::to<&N::announce_ip>("cluster-announce-ip"),
        B::to<&N::announce_port>("cluster-announce-port"),
        B::to<&N::announce_bus_port>("cluster-announce-bus-port"),
        B::to<&V::min_replicas_to_write>("min-replicas-to-write"),
        B::to<&V::min_replicas_max_lag_s>("min-replicas-max-lag"),
        B::to<&V::repl_timeout_s>("repl-timeout"),
        B::to<&V::diskless_sync>("repl-diskless-sync"),
        B::to<&V::diskless_sync_replicas_max>("repl-diskless-sync-max-replicas"),
        B::to<&V::shutdown_timeout_s>("shutdown-timeout"),
        B::to<&V::repl_backlog_bytes>("repl-backlog-size"),
        B::to<&V::replica_priority>("replica-priority"),
        B::to<&V::replica_announced>("replica-announced"),
        B::to<&V::replica_read_only>("replica-read-only"),
        B::to<&V::serve_stale_data>("replica-serve-stale-data"),
        B::to<&V::notify_events>("notify-keyspace-events"),
        B::to<&V::acl_log_max>("acllog-max-len"),
        B::to<&V::master_user>("masteruser"),
        B::to<&V::clients_max>("maxclients"),
        B::to<&V::idle_timeout_s>("timeout"),
        B::to<&V::query_buffer_max>("client-query-buffer-limit"),
        B::to<&V::bulk_bytes_max>("proto-max-bulk-len"),
        B::to<&V::output_limits>("client-output-buffer-limit"),
        B::to<&V::protected_mode>("protected-mode"),
        B::to<&V::memory_max>("maxmemory"),
        B::to<&V::eviction_policy>("maxmemory-policy"),
        B::to<&V::replica_ignores_memory_max>("replica-ignore-maxmemory"),
        B::to<&V::busy_threshold_ms>("busy-reply-threshold"),
        B::to<&V::tracking_table_keys_max>("tracking-table-max-keys"),
        B::to<&V::slowlog_slower_than_us>("slowlog-log-slower-than"),
        B::to<&V::slowlog_entries_max>("slowlog-max-len"),
        B::to<&V::latency_threshold_ms>("latency-monitor-threshold"),
        B::to<&V::latency_tracking>("latency-tracking"),
        B::to<&V::lfu_log_factor>("lfu-log-factor"),
        B::to<&V::lfu_decay_minutes>("lfu-decay-time"),
        B::to<&E::hash_max_listpack_entries>("hash-max-listpack-entries"),
        B::to<&E::hash_max_listpack_value>("hash-max-listpack-value"),
        B::to<&E::set_max_intset_entries>("set-max-intset-entries"),
        B::to<&E::zset_max_listpack_entries>("zset-max-listpack-entries"),
        B::to<&E::zset_max_listpack_value>("zset-max-listpack-value"),
        B::master_password(),
        B::default_channels(),
    };
    auto const found = std::ranges::find(bindings, name, &Binding::name);
    return found == std::end(bindings) ? nullptr : found;
}

Parameters::Parameters(NodeConfig& config) : config_(config) {
    for (auto const& [name, value] : config.options) {
        ParameterSpec const* const spec = find_parameter(name);
        auto const problem = spec == nullptr ? "no such parameter" : set(*spec, value);
        if (problem) {
            throw std::invalid_argument(name + " '" + value + "': " + *problem);
        }
    }
}

std::string Parameters::text(ParameterSpec const& spec) const {
    if (!spec.alias_of.empty()) {
        return text(*find_parameter(spec.alias_of));
    }
    if (Binding const* const binding = find_binding(spec.name)) {
        return binding->get(*this);
    }
    auto const found = remembered_.find(spec.name);
    return found != remembered_.end() ? found->second : std::string(spec.initial);
}

std::string Parameters::text(std::string_view name) const {
    ParameterSpec const* const spec = find_parameter(name);
    assert(spec != nullptr);
    return text(*spec);
}

std::int64_t Parameters::number(std::string_view name) const {
    auto const value = parse_integer(text(name));
    assert(value);
    return *value;
}

std::vector<std::pair<std::string, std::string>> Parameters::get(std::string_view pattern) const {
    std::vector<std::pair<std::string, std::string>> found;
    for (ParameterSpec const& spec : parameter_table()) {
        if (spec.hidden ? same_word(pattern, spec.name) : glob_match(pattern, spec.name, true)) {
            found.emplace_back(spec.name, text(spec));
        }
    }
    return found;
}

Problem Parameters::set(ParameterSpec const& spec, std::string_view value) {
    if (!spec.alias_of.empty()) {
        return set(*find_parameter(spec.alias_of), value);
    }
    std::string normalised(value);
    if (auto const problem = normalise(spec, normalised)) {
        return problem;
    }
    if (Binding const* const binding = find_binding(spec.name)) {
        binding->set(*this, normalised);
    } else {
        remembered_.insert_or_assign(std::string(spec.name), normalised);
    }
    return std::nullopt;
}

void Parameters::restore(Parameters const& former, NodeConfig const& former_config) {
    config_ = former_config;
    static_cast<ParameterValues&>(*this) = former;
    master_password_ = former.master_password_;
    remembered_ = former.remembered_;
}

}  // namespace keyslot::sim
