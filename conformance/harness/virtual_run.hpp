#pragma once

#include "conformance/harness/case_run.hpp"

#include <keyslot/sim/world.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace keyslot::conformance {

/// Makes the client under test, on that host of the world.
using SubjectMaker = std::function<std::unique_ptr<Subject>(Case const& test, sim::World& world,
                                                            Stage& stage, std::string const& host)>;

/// Plays a case on a client of this process, in a simulated world of its own and in virtual time, and
/// judges it. The same seed gives the same run.
CaseReport run_in_virtual_time(Case const& test, SubjectMaker const& make_subject,
                               std::uint64_t seed = 1);

}  // namespace keyslot::conformance
