#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace keyslot::sim {

/// As Redis reads integers: no sign but '-', no leading zeros, no spaces.
std::optional<std::int64_t> read_integer(std::string_view text);
/// 0..16383
std::optional<std::uint16_t> read_slot(std::string_view text);

inline constexpr std::string_view not_an_integer = "ERR value is not an integer or out of range";
inline constexpr std::string_view not_a_slot = "ERR Invalid or out of range slot";

}  // namespace keyslot::sim
