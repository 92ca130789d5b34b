#pragma once

#include "simulator/runner/runner.hpp"

#include <string>

namespace keyslot::sim {

/// A run over simulated time, as inline SVG: its faults, a lane for each node (with a chronicle),
/// what was out of reach, calls. Everything has a tooltip; widths are in percent, so that it fits
/// any page.
std::string html_timeline(RunResult const& result);
/// What its colours and patterns mean.
std::string html_legend();

}  // namespace keyslot::sim
