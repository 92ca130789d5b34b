#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace keyslot::sim {

/// The one canonical spelling of an int64 ("0", "-7", no sign '+', no leading zero or space), the
/// only one that Redis takes for an integer.
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace keyslot::sim
