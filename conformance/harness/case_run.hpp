#pragma once

#include "conformance/harness/case.hpp"
#include "conformance/harness/judge.hpp"

#include <cstdint>
#include <string>

namespace keyslot::conformance {

struct CaseReport {
    Judgement judgement;
    Evidence evidence;
};

/// Plays a case on Keyslot's own client, in a simulated world of its own and in virtual time, and
/// judges it. The same seed gives the same run.
CaseReport run_case(Case const& test, std::uint64_t seed = 1);

/// What a person wants to know: one line when it passed, else the rule, what speaks against the
/// client, and the whole dialogue.
std::string to_string(Case const& test, CaseReport const& report, bool with_dialogue);

}  // namespace keyslot::conformance
