#pragma once

#include "client/topology/slot_map.hpp"

#include <cstdint>
#include <vector>

namespace keyslot::topology {

/// Adds a slot that is in none of the ranges; they stay ascending and as few as possible.
void insert_slot(std::vector<SlotRange>& ranges, std::uint16_t slot);
/// Takes a slot out; nothing happens if it is in none of them.
void erase_slot(std::vector<SlotRange>& ranges, std::uint16_t slot);

}  // namespace keyslot::topology
