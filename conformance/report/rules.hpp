#pragma once

#include <string>
#include <vector>

namespace keyslot::conformance {

/// One thing that the cluster specification says to clients, and the cases that stand for it.
struct SpecificationRule {
    std::string section, text;
    std::vector<std::string> cases;
};

/// cases/rules.json of that directory, in its order. Throws std::runtime_error with the file.
std::vector<SpecificationRule> load_rules(std::string const& directory);

}  // namespace keyslot::conformance
