#pragma once

#include "simulator/cluster/view.hpp"

#include <cstdint>
#include <vector>

namespace keyslot::sim {

/// A longest run of consecutive slots of one owner.
struct SlotRun {
    std::uint16_t first = 0, last = 0;
    Peer const* owner = nullptr;
};

/// Ascending; slots without an owner are left out.
std::vector<SlotRun> slot_runs(View const& view);

}  // namespace keyslot::sim
