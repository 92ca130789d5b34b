#pragma once

#include "simulator/runner/oracle.hpp"
#include "simulator/world/routing_log.hpp"

#include <keyslot/sim/execution_log.hpp>
#include <keyslot/sim/scenario.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace keyslot::sim {

/// The shards (0: that of node-1) that no fault touches. nullopt: the faults are not of the kind that can be told
/// apart by shard, or do not name their nodes.
std::optional<std::vector<bool>> untouched_shards(Scenario const& scenario);

struct LatencyContext {
    std::vector<bool> untouched;  ///< by shard
    std::vector<std::string> clients;  ///< their addresses
    Duration call_timeout{};
    Instant until{};  ///< the end of the workload: what is healed later touches all
};

/// untouched-are-fast: while one shard is dead, slow or cut off, a call to another takes as long as ever. Judged are
/// calls of one command with one key that ran once, at a node of an untouched shard which had refused none for as
/// long as a call may take (it refuses all while the cluster is down), and that began when their client had been
/// served before: at the start it may take one of the dead for a source of the topology. Such a call has the time of eight round trips, which a
/// connection that is made for it needs as well.
/// Returns how many were judged.
std::size_t judge_latency(History const& history, ExecutionLog const& executions,
                          RoutingLog const& routing, Topology const& cluster,
                          LatencyContext const& context,
                          std::function<bool(std::size_t)> const& is_misled,
                          std::vector<Violation>& violations);

}  // namespace keyslot::sim
