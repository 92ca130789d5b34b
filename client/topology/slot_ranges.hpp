#pragma once

#include "client/topology/slot_map.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace keyslot::topology {

/// Adds a slot that is in none of the ranges; they stay ascending and as few as possible.
void insert_slot(std::vector<SlotRange>& ranges, std::uint16_t slot);
/// Takes a slot out; nothing happens if it is in none of them.
void erase_slot(std::vector<SlotRange>& ranges, std::uint16_t slot);

/// A set of slots that takes whole ranges, 64 slots at a time.
class SlotSet {
public:
    bool contains(std::uint16_t slot) const { return (words_[slot / 64] >> (slot % 64) & 1) != 0; }
    bool overlaps(SlotRange range) const;
    void insert(SlotRange range);
    std::size_t size() const;
    /// The slots in as few ranges as there can be, ascending.
    std::vector<SlotRange> ranges() const;
    /// `range` without what is in the set.
    SlotSet missing_of(SlotRange range) const;
    void insert(SlotSet const& other);

private:
    std::array<std::uint64_t, slot_count / 64> words_{};
};

}  // namespace keyslot::topology
