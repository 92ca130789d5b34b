#pragma once

#include "simulator/runner/oracle.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace keyslot::sim {

/// What was judged, and what was not for want of steps.
struct DataVerdicts {
    std::size_t keys = 0;
    std::size_t unknown = 0;
};

/// Checks that each string key behaved as one thing that everybody used one after the other.
///
/// linearizable: for every key there is an order of its GET, SET with and without GET, GETSET, APPEND, DEL,
/// INCR, and its parts of MGET and MSET in which each took effect between its start and its end (at
/// the moment of its execution, where only one call has these words) and every answer is right. What ended
/// unknown may have taken effect later, once, or never. What had been written may be gone, or old values
/// may be back, only where the nodes' data parted: where the key came to another node otherwise than by
/// MIGRATE before all its writes had been replicated there, or from or to one that was restarted, has claimed a newer epoch or has followed
/// another since. After that the key may hold anything, until somebody reads it.
///
/// Not judged: keys that other commands write, or calls that may run twice, or misled ones; reads where
/// `reads_from_replicas`, which may be stale.
DataVerdicts judge_data(History const& history, ExecutionLog const& executions,
                        bool reads_from_replicas, std::function<bool(std::size_t)> const& is_misled,
                        std::vector<Violation>& violations);

}  // namespace keyslot::sim
