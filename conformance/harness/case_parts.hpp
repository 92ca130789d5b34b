#pragma once

#include "conformance/harness/case.hpp"
#include "conformance/harness/document_map.hpp"

#include <keyslot/sim/scenario.hpp>

#include <optional>
#include <string_view>
#include <vector>

/// The parts of a case, one reader each: what case_reader.cpp puts together.
namespace keyslot::conformance {

using sim::Document;
using Problems = std::vector<sim::Problem>;

/// nullopt: it is no step, and `problems` says why.
std::optional<Step> read_step(Document const& document, Problems& problems);
/// The check of that name. nullopt likewise.
std::optional<Check> read_check(std::string_view kind, Document const& value, Problems& problems);

// What steps and checks share.

/// A step or check is a map of one key, which says what it is. nullptr: it is none.
sim::DocumentEntry const* only_entry(Document const& document, std::string_view what,
                                     Problems& problems);
void read_request(DocumentMap& map, Pattern& pattern);
void read_message(DocumentMap& map, MessagePattern& message);

}  // namespace keyslot::conformance
