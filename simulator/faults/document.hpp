#pragma once

#include <keyslot/sim/scenario.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

struct DocumentEntry;

/// What YAML and JSON have in common, with the place of every piece: one reader for both.
struct Document {
    enum class Kind : std::uint8_t { null, scalar, list, map };

    Kind kind = Kind::null;
    std::string where;  ///< "file:line:column", or the path in a JSON text
    int line = 0, column = 0;
    std::string text;   ///< scalar
    std::vector<Document> items;
    std::vector<DocumentEntry> entries;  ///< map: in the order of the text
};

struct DocumentEntry {
    Document key;  ///< a scalar
    Document value;
};

/// Adds what is wrong with the text itself (syntax, doubled keys, too deep, too large) to
/// `problems`.
Document read_yaml(std::string_view text, std::string_view file, std::vector<Problem>& problems);
Document read_json(std::string_view text, std::string_view name, std::vector<Problem>& problems);

}  // namespace keyslot::sim
