#pragma once

#include "conformance/harness/case_run.hpp"

#include <cstdint>

namespace keyslot::conformance {

/// Plays a case on Keyslot's own client, in a simulated world of its own and in virtual time, and
/// judges it. The same seed gives the same run.
CaseReport run_case(Case const& test, std::uint64_t seed = 1);

}  // namespace keyslot::conformance
