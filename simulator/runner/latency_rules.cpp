#include "simulator/runner/latency_rules.hpp"

#include "client/protocol/command_table.hpp"
#include "simulator/faults/values.hpp"
#include "simulator/runner/call_index.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>
#include <type_traits>
#include <variant>

namespace keyslot::sim {
namespace {

constexpr int round_trips_max = 8;

using Hosts = std::vector<HostName>;

/// Of "node-3" 2; nullopt: no node, or one that shows only when the fault strikes.
std::optional<std::size_t> number_of(std::string_view name) {
    constexpr std::string_view prefix = "node-";
    if (!name.starts_with(prefix)) {
        return std::nullopt;
    }
    std::size_t number = 0;
    auto const [end, failure] =
        std::from_chars(name.data() + prefix.size(), name.data() + name.size(), number);
    bool const is_read = failure == std::errc{} && end == name.data() + name.size() && number > 0;
    return is_read ? std::optional(number - 1) : std::nullopt;
}

bool is_client(std::string_view name) { return name.starts_with("client"); }

/// The hosts that a fault is about; nullopt: it is of another kind.
std::optional<Hosts> hosts_of(FaultSpec const& fault) {
    return std::visit(
        [](auto const& spec) -> std::optional<Hosts> {
            using Spec = std::decay_t<decltype(spec)>;
            constexpr bool of_node = std::is_same_v<Spec, Crash> || std::is_same_v<Spec, Restart> ||
                                     std::is_same_v<Spec, Pause> || std::is_same_v<Spec, Resume> ||
                                     std::is_same_v<Spec, Slow>;
            constexpr bool between_hosts =
                std::is_same_v<Spec, Partition> || std::is_same_v<Spec, Delay> ||
                std::is_same_v<Spec, Stall> || std::is_same_v<Spec, Reset> ||
                std::is_same_v<Spec, RefuseConnects> || std::is_same_v<Spec, BlackHoleConnects>;
            if constexpr (of_node) {
                return Hosts{spec.node};
            } else if constexpr (between_hosts) {
                // Nobody named is everybody.
                if (spec.from.empty() || spec.to.empty()) {
                    return std::nullopt;
                }
                Hosts all = spec.from;
                all.insert(all.end(), spec.to.begin(), spec.to.end());
                return all;
            } else {
                return std::nullopt;
            }
        },
        fault);
}

/// Every node of a fault must be known, and there must be one: a fault among clients touches everything.
bool touch(Hosts const& hosts, Topology const& cluster, std::vector<bool>& untouched) {
    std::size_t const masters = cluster.masters;
    std::size_t const nodes = masters * (1 + cluster.replicas_per_master);
    bool names_node = false;
    for (HostName const& host : hosts) {
        auto const number = number_of(host.text);
        if (!number || *number >= nodes) {
            if (!is_client(host.text)) {
                return false;
            }
            continue;
        }
        names_node = true;
        untouched[*number % masters] = false;  // replicas are dealt to the masters in turn
    }
    return names_node;
}

/// Commands that go where their one key is, and wait for nothing.
bool is_plain(CallRecord const& call) {
    protocol::CommandInfo const* const info = protocol::lookup_command(
        std::vector<std::string_view>(call.words.begin(), call.words.end()));
    return info != nullptr && !call.unit && info->first_key == 1 && info->last_key == 1 &&
           !info->has(protocol::flag_blocking) && !info->has(protocol::flag_movablekeys) &&
           (info->has(protocol::flag_write) || info->has(protocol::flag_readonly));
}

using SessionKey = std::tuple<std::size_t, std::size_t, std::uint64_t, SessionId>;

template <class Place>
SessionKey session_key(Place const& place) {
    return {place.cluster, place.node, place.incarnation, place.session};
}

/// Which client a session is of, and since when that client has been served: it has a topology.
class Clients {
public:
    Clients(RoutingLog const& routing, std::vector<std::string> const& addresses)
        : served_(addresses.size()) {
        for (RoutingLog::Opened const& opened : routing.sessions()) {
            auto const found = std::ranges::find(addresses, opened.peer);
            if (found != addresses.end()) {
                of_session_[session_key(opened.place)] =
                    static_cast<std::size_t>(found - addresses.begin());
            }
        }
    }
    /// A call has run. To be told in the order of time.
    void note(ExecutionRecord const& record) {
        auto const client = of_session_.find(session_key(record));
        if (client != of_session_.end() && !served_[client->second]) {
            served_[client->second] = record.at;
        }
    }
    bool was_served(ExecutionRecord const& record, Instant before) const {
        auto const client = of_session_.find(session_key(record));
        return client != of_session_.end() && served_[client->second] &&
               *served_[client->second] < before;
    }

private:
    std::map<SessionKey, std::size_t> of_session_;
    std::vector<std::optional<Instant>> served_;
};

/// When each shard's nodes refused a command, whosever: calls of its slot wait behind one that was.
class Refusals {
public:
    Refusals(RoutingLog const& routing, Topology const& cluster) : times_(cluster.masters) {
        for (RoutingLog::Refused const& refused : routing.refusals()) {
            if (refused.place.cluster == 0) {
                times_[refused.place.node % times_.size()].push_back(refused.place.at);
            }
        }
    }
    bool any(std::size_t node, Instant from, Instant to) const {
        std::vector<Instant> const& times = times_[node % times_.size()];
        auto const first = std::ranges::lower_bound(times, from);
        return first != times.end() && *first <= to;
    }

private:
    std::vector<std::vector<Instant>> times_;
};

}  // namespace

std::optional<std::vector<bool>> untouched_shards(Scenario const& scenario) {
    std::vector<bool> untouched(scenario.cluster.masters, true);
    for (TimedFault const& timed : scenario.faults) {
        if (std::holds_alternative<Heal>(timed.fault)) {
            continue;
        }
        auto const hosts = hosts_of(timed.fault);
        if (!hosts || !touch(*hosts, scenario.cluster, untouched)) {
            return std::nullopt;
        }
    }
    if (!scenario.stays_down.text.empty() &&
        !touch({scenario.stays_down}, scenario.cluster, untouched)) {
        return std::nullopt;
    }
    return untouched;
}

std::size_t judge_latency(History const& history, ExecutionLog const& executions,
                          RoutingLog const& routing, Topology const& cluster,
                          LatencyContext const& context,
                          std::function<bool(std::size_t)> const& is_misled,
                          std::vector<Violation>& violations) {
    Duration const one_way = cluster.latency + cluster.jitter;
    Duration const most = 2 * round_trips_max * one_way;
    Clients clients{routing, context.clients};
    CallIndex const index{history};
    std::vector<std::vector<ExecutionRecord const*>> runs(index.size());
    for (ExecutionRecord const& record : executions) {
        auto const group = record.session != 0 && !record.from_replication
                               ? index.find(record.arguments)
                               : std::nullopt;
        if (group) {
            runs[*group].push_back(&record);
            clients.note(record);
        }
    }
    Refusals const refusals{routing, cluster};
    std::size_t judged = 0;
    for (std::size_t number = 0; number < history.calls().size(); ++number) {
        CallRecord const& call = history.calls()[number];
        std::size_t const group = index.group_of(number);
        // Reads in the same words are told apart by nothing, and only one of them by its execution.
        if (runs[group].size() != 1 || index.calls(group).size() != 1 || !call.ok ||
            *call.ended > context.until || is_misled(number) || !is_plain(call)) {
            continue;
        }
        ExecutionRecord const& run = *runs[group].front();
        if (run.cluster != 0 || !context.untouched[run.node % cluster.masters] ||
            refusals.any(run.node, call.started - context.call_timeout, *call.ended) ||
            !clients.was_served(run, call.started)) {
            continue;
        }
        ++judged;
        if (*call.ended - call.started > most) {
            violations.push_back({rules::untouched_are_fast,
                                  "no fault touches node-" + std::to_string(run.node + 1) +
                                      ", and within " + print_duration(most) +
                                      " it would answer: " + describe_call(history, number),
                                  number});
        }
    }
    return judged;
}

}  // namespace keyslot::sim
