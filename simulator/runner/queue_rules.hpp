#pragma once

#include "simulator/runner/oracle.hpp"

#include <functional>
#include <vector>

namespace keyslot::sim {

/// Checks what becomes of the elements that BLPOP takes.
///
/// popped-once: no element goes to two callers, unless the key has lived on several nodes, or on one that
/// has followed another or was restarted: then Redis itself may have brought it back. reaches-caller: every
/// element that a node gave to a BLPOP reached its caller, or that caller was told that the outcome is
/// unknown. A key of a misled call is not judged,
/// nor one of calls that may run twice.
void judge_queues(History const& history, ExecutionLog const& executions,
                  std::function<bool(std::size_t)> const& is_misled,
                  std::vector<Violation>& violations);

}  // namespace keyslot::sim
