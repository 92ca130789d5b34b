#pragma once

#include "simulator/cluster/bus_message.hpp"

#include <cstddef>
#include <cstdint>

namespace keyslot::sim {

/// Calls `visit(slot)` for each slot of the set, ascending, until it returns false.
/// Returns false if it did.
template <class Visit>
bool all_slots(SlotSet const& slots, Visit&& visit) {
#ifdef __GLIBCXX__
    // Most nodes of a large cluster claim a few slots of 16384: skip the empty words.
    for (std::size_t slot = slots._Find_first(); slot < slots.size();
         slot = slots._Find_next(slot)) {
        if (!visit(static_cast<std::uint16_t>(slot))) {
            return false;
        }
    }
#else
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
        if (slots[slot] && !visit(static_cast<std::uint16_t>(slot))) {
            return false;
        }
    }
#endif
    return true;
}

}  // namespace keyslot::sim
