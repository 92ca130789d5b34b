#pragma once

#include <keyslot/sim/scenario.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace keyslot::testing {

/// Scenarios that are simpler than this one by one step each, the boldest steps first: fewer faults, fewer
/// calls, fewer kinds of call, fewer clients and nodes, defaults instead of options; then each fault
/// earlier, shorter, and on fewer hosts. The seed stays.
std::vector<sim::Scenario> simpler(sim::Scenario const& scenario);

/// Whether a file can say it: a step may have left the limits of some value.
bool can_be_said(sim::Scenario const& scenario);

/// Goes from the scenario to the first simpler one that still fails, and on from there, until none does or
/// so many have been tried.
sim::Scenario shrink(sim::Scenario scenario, std::function<bool(sim::Scenario const&)> const& fails,
                     std::uint64_t tries_max);

}  // namespace keyslot::testing
