#include "simulator/node/parameters.hpp"

#include "simulator/commands/glob.hpp"
#include "simulator/node/value.hpp"
#include "simulator/node/words.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int_max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t long_max = std::numeric_limits<std::int64_t>::max();

using Problem = std::optional<std::string>;

/// "100mb", "1k", "7": Redis' way of writing amounts of memory.
std::optional<std::int64_t> parse_memory(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::int64_t factor;
    };
    constexpr Unit units[] = {{"kb", 1024},   {"mb", 1 << 20},   {"gb", 1 << 30}, {"k", 1000},
                              {"m", 1000000}, {"g", 1000000000}, {"b", 1}};
    std::int64_t factor = 1;
    std::string const lower_case = lowered(text);
    std::string_view digits = lower_case;
    for (Unit const& unit : units) {
        if (digits.ends_with(unit.name)) {
            digits.remove_suffix(unit.name.size());
            factor = unit.factor;
            break;
        }
    }
    auto const number = parse_integer(digits);
    if (!number || *number < 0 || *number > long_max / factor) {
        return std::nullopt;
    }
    return *number * factor;
}

Problem out_of_range(std::int64_t low, std::int64_t high) {
    return "argument must be between " + std::to_string(low) + " and " + std::to_string(high) +
           " inclusive";
}

bool is_host_name(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        char const letter = lower(c);
        return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

constexpr std::pair<std::string_view, EndpointType> endpoint_types[] = {
    {"ip", EndpointType::ip},
    {"hostname", EndpointType::hostname},
    {"unknown-endpoint", EndpointType::unknown_endpoint},
};

}  // namespace

struct Parameters::Parameter {
    std::string_view name;
    std::string (*get)(Parameters const&, std::string_view name) = nullptr;
    /// nullptr: immutable
    Problem (*set)(Parameters&, std::string_view name, std::string_view value) = nullptr;
    std::string_view initial = {};  ///< of what is only remembered

    // A member of NodeConfig or of Parameters itself.
    template <auto member>
    static auto& value_of(auto& parameters) {
        if constexpr (std::is_invocable_v<decltype(member), NodeConfig&>) {
            return parameters.config_.*member;
        } else {
            return parameters.*member;
        }
    }

    template <auto member, std::int64_t low, std::int64_t high>
    static Parameter integer(std::string_view name) {
        return {name,
                [](Parameters const& all, std::string_view) {
                    return std::to_string(value_of<member>(all));
                },
                [](Parameters& all, std::string_view, std::string_view text) -> Problem {
                    auto const number = parse_integer(text);
                    if (!number) {
                        return "argument couldn't be parsed into an integer";
                    }
                    if (*number < low || *number > high) {
                        return out_of_range(low, high);
                    }
                    auto& value = value_of<member>(all);
                    value = static_cast<std::remove_reference_t<decltype(value)>>(*number);
                    return std::nullopt;
                }};
    }

    template <auto member, std::int64_t low>
    static Parameter memory(std::string_view name) {
        return {name,
                [](Parameters const& all, std::string_view) {
                    return std::to_string(value_of<member>(all));
                },
                [](Parameters& all, std::string_view, std::string_view text) -> Problem {
                    auto const bytes = parse_memory(text);
                    if (!bytes) {
                        return "argument must be a memory value";
                    }
                    if (*bytes < low) {
                        return out_of_range(low, long_max);
                    }
                    value_of<member>(all) = *bytes;
                    return std::nullopt;
                }};
    }

    template <auto member>
    static Parameter boolean(std::string_view name) {
        return {name,
                [](Parameters const& all, std::string_view) -> std::string {
                    return value_of<member>(all) ? "yes" : "no";
                },
                [](Parameters& all, std::string_view, std::string_view text) -> Problem {
                    if (!same_word(text, "yes") && !same_word(text, "no")) {
                        return "argument must be 'yes' or 'no'";
                    }
                    value_of<member>(all) = same_word(text, "yes");
                    return std::nullopt;
                }};
    }

    static std::string recall(Parameters const& all, std::string_view name) {
        auto const found = std::ranges::find(
            all.remembered_, name, [](auto const& entry) { return std::string_view(entry.first); });
        return found != all.remembered_.end() ? found->second : std::string(find(name)->initial);
    }

    static Problem remember(Parameters& all, std::string_view name, std::string_view value) {
        std::erase_if(all.remembered_, [&](auto const& entry) { return entry.first == name; });
        all.remembered_.emplace_back(name, value);
        return std::nullopt;
    }

    static Parameter remembered(std::string_view name, std::string_view initial) {
        return {name, recall, remember, initial};
    }
    static Parameter fixed(std::string_view name, std::string_view value) {
        return {name, recall, nullptr, value};
    }
    static Parameter remembered_boolean(std::string_view name, std::string_view initial) {
        return {name, recall,
                [](Parameters& all, std::string_view key, std::string_view value) -> Problem {
                    if (!same_word(value, "yes") && !same_word(value, "no")) {
                        return "argument must be 'yes' or 'no'";
                    }
                    return remember(all, key, lowered(value));
                },
                initial};
    }
    static Parameter remembered_integer(std::string_view name, std::string_view initial) {
        return {name, recall,
                [](Parameters& all, std::string_view key, std::string_view value) -> Problem {
                    auto const number = parse_memory(value);
                    if (!number) {
                        return "argument couldn't be parsed into an integer";
                    }
                    return remember(all, key, std::to_string(*number));
                },
                initial};
    }

    static Parameter password() {
        return {"requirepass",
                [](Parameters const& all, std::string_view) { return all.config_.password; },
                [](Parameters& all, std::string_view, std::string_view value) -> Problem {
                    all.config_.password = value;
                    return std::nullopt;
                }};
    }
    static Parameter master_password() {
        return {"masterauth",
                [](Parameters const& all, std::string_view) { return all.master_password(); },
                [](Parameters& all, std::string_view, std::string_view value) -> Problem {
                    all.master_password_ = std::string(value);
                    return std::nullopt;
                }};
    }
    static Parameter host_name() {
        return {
            "cluster-announce-hostname",
            [](Parameters const& all, std::string_view) { return all.config_.hostname; },
            [](Parameters& all, std::string_view, std::string_view value) -> Problem {
                if (value.size() >= 256) {
                    return "Hostnames must be less than 256 characters";
                }
                if (!is_host_name(value)) {
                    return "Hostnames may only contain alphanumeric characters, hyphens or dots";
                }
                all.config_.hostname = value;
                return std::nullopt;
            }};
    }
    static Parameter endpoint_type() {
        return {
            "cluster-preferred-endpoint-type",
            [](Parameters const& all, std::string_view) -> std::string {
                for (auto const& [word, type] : endpoint_types) {
                    if (type == all.config_.preferred_endpoint_type) {
                        return std::string(word);
                    }
                }
                return {};
            },
            [](Parameters& all, std::string_view, std::string_view value) -> Problem {
                for (auto const& [word, type] : endpoint_types) {
                    if (same_word(word, value)) {
                        all.config_.preferred_endpoint_type = type;
                        return std::nullopt;
                    }
                }
                return "argument(s) must be one of the following: ip, hostname, unknown-endpoint";
            }};
    }
    static Parameter notify_events() {
        return {"notify-keyspace-events",
                [](Parameters const& all, std::string_view) { return all.notify_events.text(); },
                [](Parameters& all, std::string_view, std::string_view value) -> Problem {
                    auto const flags = NotifyFlags::parse(value);
                    if (!flags) {
                        return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
                    }
                    all.notify_events = *flags;
                    return std::nullopt;
                }};
    }
    static Parameter port() {
        return {"port", [](Parameters const& all, std::string_view) {
                    return std::to_string(all.config_.port);
                }};
    }
    static Parameter cluster_enabled() {
        return {"cluster-enabled", [](Parameters const& all, std::string_view) -> std::string {
                    return all.config_.cluster_enabled ? "yes" : "no";
                }};
    }
};

Parameters::Parameters(NodeConfig& config) : config_(config) {}

std::vector<Parameters::Parameter> const& Parameters::all() {
    using P = Parameter;
    using N = NodeConfig;
    static std::vector<Parameter> const table = [] {
        std::vector<Parameter> t{
            P::boolean<&N::require_full_coverage>("cluster-require-full-coverage"),
            P::boolean<&N::allow_reads_when_down>("cluster-allow-reads-when-down"),
            P::boolean<&N::allow_pubsubshard_when_down>("cluster-allow-pubsubshard-when-down"),
            P::boolean<&N::allow_replica_migration>("cluster-allow-replica-migration"),
            P::boolean<&N::replica_no_failover>("cluster-replica-no-failover"),
            P::boolean<&N::replica_no_failover>("cluster-slave-no-failover"),
            P::integer<&N::node_timeout_ms, 0, long_max>("cluster-node-timeout"),
            P::integer<&N::replica_validity_factor, 0, int_max>("cluster-replica-validity-factor"),
            P::integer<&N::replica_validity_factor, 0, int_max>("cluster-slave-validity-factor"),
            P::integer<&N::migration_barrier, 0, int_max>("cluster-migration-barrier"),
            P::integer<&N::repl_diskless_sync_delay_s, 0, int_max>("repl-diskless-sync-delay"),
            P::integer<&Parameters::min_replicas_to_write, 0, int_max>("min-replicas-to-write"),
            P::integer<&Parameters::min_replicas_to_write, 0, int_max>("min-slaves-to-write"),
            P::integer<&Parameters::min_replicas_max_lag_s, 0, int_max>("min-replicas-max-lag"),
            P::integer<&Parameters::min_replicas_max_lag_s, 0, int_max>("min-slaves-max-lag"),
            P::integer<&Parameters::repl_timeout_s, 1, int_max>("repl-timeout"),
            P::integer<&Parameters::repl_ping_period_s, 1, int_max>("repl-ping-replica-period"),
            P::integer<&Parameters::repl_ping_period_s, 1, int_max>("repl-ping-slave-period"),
            P::memory<&Parameters::repl_backlog_bytes, 1>("repl-backlog-size"),
            P::integer<&Parameters::tracking_table_keys_max, 0, long_max>(
                "tracking-table-max-keys"),
            P::boolean<&Parameters::serve_stale_data>("replica-serve-stale-data"),
            P::boolean<&Parameters::serve_stale_data>("slave-serve-stale-data"),
            P::password(),
            P::master_password(),
            P::host_name(),
            P::endpoint_type(),
            P::port(),
            P::cluster_enabled(),
            P::fixed("databases", "16"),
            P::fixed("cluster-config-file", "nodes.conf"),
            P::fixed("io-threads", "1"),
            P::fixed("replica-read-only", "yes"),
            P::fixed("slave-read-only", "yes"),
            P::fixed("proto-max-bulk-len", "536870912"),
            P::remembered("bind", "* -::*"),
            P::remembered("save", ""),
            P::remembered("appendfsync", "everysec"),
            P::remembered("loglevel", "notice"),
            P::remembered("maxmemory-policy", "noeviction"),
            P::notify_events(),
            P::remembered_boolean("appendonly", "no"),
            P::remembered_boolean("repl-diskless-sync", "yes"),
            P::remembered_boolean("lazyfree-lazy-expire", "no"),
            P::remembered_boolean("protected-mode", "no"),
            P::remembered_integer("maxmemory", "0"),
            P::remembered_integer("maxclients", "10000"),
            P::remembered_integer("timeout", "0"),
            P::remembered_integer("tcp-keepalive", "300"),
            P::remembered_integer("hz", "10"),
            P::remembered_integer("busy-reply-threshold", "5000"),
            P::remembered_integer("slowlog-log-slower-than", "10000"),
            P::remembered_integer("slowlog-max-len", "128"),
        };
        std::ranges::sort(t, {}, &Parameter::name);
        return t;
    }();
    return table;
}

Parameters::Parameter const* Parameters::find(std::string_view name) {
    auto const found = std::ranges::find_if(
        all(), [&](Parameter const& parameter) { return same_word(parameter.name, name); });
    return found == all().end() ? nullptr : &*found;
}

std::vector<std::pair<std::string, std::string>> Parameters::get(std::string_view pattern) const {
    std::vector<std::pair<std::string, std::string>> found;
    for (Parameter const& parameter : all()) {
        if (glob_match(pattern, parameter.name, true)) {
            found.emplace_back(parameter.name, parameter.get(*this, parameter.name));
        }
    }
    return found;
}

bool Parameters::exists(std::string_view name) const { return find(name) != nullptr; }

bool Parameters::is_fixed(std::string_view name) const { return find(name)->set == nullptr; }

Problem Parameters::set(std::string_view name, std::string_view value) {
    Parameter const& parameter = *find(name);
    return parameter.set(*this, parameter.name, value);
}

void Parameters::restore(Parameters const& former, NodeConfig const& former_config) {
    config_ = former_config;
    serve_stale_data = former.serve_stale_data;
    min_replicas_to_write = former.min_replicas_to_write;
    min_replicas_max_lag_s = former.min_replicas_max_lag_s;
    repl_timeout_s = former.repl_timeout_s;
    repl_ping_period_s = former.repl_ping_period_s;
    repl_backlog_bytes = former.repl_backlog_bytes;
    notify_events = former.notify_events;
    tracking_table_keys_max = former.tracking_table_keys_max;
    master_password_ = former.master_password_;
    remembered_ = former.remembered_;
}

}  // namespace keyslot::sim
