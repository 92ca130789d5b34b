#pragma once

#include <keyslot/sim/scenario.hpp>

#include <vector>

namespace keyslot::testing {

/// Scenarios that are simpler than this one by one step each, the boldest steps first: fewer faults, fewer
/// calls, fewer kinds of call, fewer clients and nodes, defaults instead of options; then each fault
/// earlier, shorter, and on fewer hosts. The seed stays. Each of them is one that a file can say.
std::vector<sim::Scenario> simpler(sim::Scenario const& scenario);

}  // namespace keyslot::testing
