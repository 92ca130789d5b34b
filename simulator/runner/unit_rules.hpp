#pragma once

#include "simulator/runner/oracle.hpp"

#include <functional>
#include <string>
#include <vector>

namespace keyslot::sim {

/// Checks what calls owe to those they were made together with.
///
/// all-or-nothing: of a transaction all commands ran, in their order and with nothing in between, or
/// none. keeps-order: of a pipeline no command ran before an earlier one on the same key that has been
/// answered (in a slot that is being moved, keys go over one by one). Of a pipeline of which something was
/// refused for some time (CLUSTERDOWN, LOADING) the runner forgives that. watch-holds: EXEC runs only while the watched key still is what was read, and a transaction
/// reads what it has written. Judged by the commands that no other call has in the same words.
///
/// `is_misled`: is nothing to be said about the call of that number?
void judge_units(History const& history, ExecutionLog const& executions,
                 std::function<bool(std::size_t)> const& is_misled,
                 std::vector<Violation>& violations);

}  // namespace keyslot::sim
