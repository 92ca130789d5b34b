#pragma once

#include "conformance/harness/virtual_run.hpp"

#include <cstdint>

namespace keyslot::conformance {

/// Plays a case on Keyslot's own client, in virtual time, and judges it.
CaseReport run_case(Case const& test, std::uint64_t seed = 1);

}  // namespace keyslot::conformance
