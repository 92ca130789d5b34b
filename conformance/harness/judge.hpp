#pragma once

#include "conformance/harness/evidence.hpp"

#include <string>
#include <vector>

namespace keyslot::conformance {

enum class Verdict : std::uint8_t {
    passed,
    tolerated,  ///< an accepted outcome that is not strict
    failed,
    spoiled,    ///< the case itself did not come about: nothing is said about the client
};
std::string_view to_string(Verdict verdict);

struct Judgement {
    Verdict verdict = Verdict::failed;
    std::string outcome;               ///< the accepted outcome that fits
    std::vector<std::string> reasons;  ///< failed: per accepted outcome what speaks against it
};

/// Why the check does not hold; empty: it does.
std::string find_fault(Check const& check, Evidence const& evidence);

/// The first accepted outcome all of whose checks hold.
Judgement judge(std::vector<AcceptedOutcome> const& accept, Evidence const& evidence);

}  // namespace keyslot::conformance
