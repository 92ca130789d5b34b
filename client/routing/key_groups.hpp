#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::routing {

/// Keys of one slot.
struct KeyGroup {
    std::uint16_t slot = 0;
    std::vector<std::size_t> keys;  ///< their places among all keys, ascending
    friend bool operator==(KeyGroup const&, KeyGroup const&) = default;
};

/// How a command over any keys is split: one group for each slot. The keys of a slot keep their order, so
/// that of a key named twice the last one counts, as it does in one command.
std::vector<KeyGroup> group_by_slot(std::vector<std::string> const& keys);

}  // namespace keyslot::routing
