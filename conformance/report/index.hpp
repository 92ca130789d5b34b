#pragma once

#include "conformance/harness/case.hpp"
#include "conformance/report/rules.hpp"

#include <string>
#include <vector>

namespace keyslot::conformance {

/// The catalogue as one page that needs nothing else: what each case demands, and for each rule of the
/// specification the cases that stand for it.
std::string to_index(std::vector<Case> const& cases, std::vector<SpecificationRule> const& rules);

}  // namespace keyslot::conformance
