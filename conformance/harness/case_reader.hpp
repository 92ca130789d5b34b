#pragma once

#include "conformance/harness/case.hpp"

#include <keyslot/sim/scenario.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace keyslot::conformance {

/// Reads one case. All mistakes are told, each with its place and what would have been right.
sim::Parsed<Case> parse_case(std::string_view yaml, std::string_view file);
sim::Parsed<Case> load_case(std::string const& path);

struct Catalogue {
    std::vector<Case> cases;  ///< by id
    std::vector<sim::Problem> problems;
};
/// All *.yaml of a directory, and of those in it.
Catalogue load_catalogue(std::string const& directory);

}  // namespace keyslot::conformance
