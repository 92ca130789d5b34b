#pragma once

#include <string>
#include <string_view>

namespace keyslot::sim {

/// Text as it may stand in HTML, in an attribute too.
std::string escaped(std::string_view text);
/// "12.34", for coordinates.
std::string decimal(double number);
/// <tag attributes>content</tag>; `content` is HTML already.
std::string element(std::string_view tag, std::string_view attributes, std::string_view content);

}  // namespace keyslot::sim
