#pragma once

#include "conformance/harness/evidence.hpp"

#include <string>
#include <vector>

namespace keyslot::conformance {

enum class Verdict : std::uint8_t {
    ok,
    non_strict,      ///< an accepted outcome that is not strict
    informational,   ///< the case has no right and wrong
    unimplemented,   ///< the client, or its driver, lacks what the case takes
    not_applicable,  ///< the arm cannot play the case
    failed,
    error,  ///< the case did not come about, or the driver broke down: nothing is said of the client
};
inline constexpr std::size_t verdict_count = 7;
/// "OK", "NON_STRICT" ...
std::string_view to_string(Verdict verdict);

struct Judgement {
    Verdict verdict = Verdict::failed;
    std::string outcome;  ///< the accepted outcome that fits
    /// Failed: per accepted outcome what speaks against it. Otherwise what is missing or went wrong.
    std::vector<std::string> reasons;
};

/// Messages that fit, no gaps among them, from that one on.
std::size_t count_messages(std::vector<MessageSeen> const& messages, MessagePattern const& pattern,
                           std::size_t from);
/// Why the check does not hold; empty: it does.
std::string find_fault(Check const& check, Evidence const& evidence);

/// The first accepted outcome all of whose checks hold.
Judgement judge(std::vector<AcceptedOutcome> const& accept, Evidence const& evidence);
/// The same, by the level of the case.
Judgement judge_case(Case const& test, Evidence const& evidence);

}  // namespace keyslot::conformance
