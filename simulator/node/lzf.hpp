#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// Undoes LZF, by which Redis compresses long texts; nullopt: not `full_size` bytes of it.
std::optional<std::string> lzf_expanded(std::string_view compressed, std::uint64_t full_size);

}  // namespace keyslot::sim
