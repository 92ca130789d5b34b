#include "client/topology/slot_map.hpp"

#include <algorithm>
#include <bitset>

namespace keyslot::topology {
namespace {

using Claimed = std::bitset<slot_count>;

// True if no slot stands twice in the view and the slots of each shard ascend: nearly every view.
bool settled(ClusterView const& view) {
    Claimed claimed;
    for (Shard const& shard : view.shards) {
        int last = -1;
        for (SlotRange const& range : shard.slots) {
            if (range.first <= last || range.last < range.first || range.last >= slot_count) {
                return false;
            }
            for (std::size_t slot = range.first; slot <= range.last; ++slot) {
                if (claimed[slot]) {
                    return false;
                }
                claimed.set(slot);
            }
            last = range.last;
        }
    }
    return true;
}

void keep_unclaimed(Shard& shard, Claimed& claimed) {
    Claimed mine;
    for (SlotRange const& range : shard.slots) {
        for (std::size_t slot = range.first; slot <= range.last && slot < slot_count; ++slot) {
            if (!claimed[slot]) {
                mine.set(slot);
            }
        }
    }
    claimed |= mine;
    shard.slots.clear();
    for (std::uint16_t slot = 0; slot < slot_count; ++slot) {
        if (!mine[slot]) {
            continue;
        }
        if (!shard.slots.empty() && shard.slots.back().last + 1 == slot) {
            shard.slots.back().last = slot;
        } else {
            shard.slots.push_back({slot, slot});
        }
    }
}

}  // namespace

std::size_t ClusterView::covered_slots() const {
    std::bitset<slot_count> covered;
    for (Shard const& shard : shards) {
        for (SlotRange const& range : shard.slots) {
            for (std::size_t slot = range.first; slot <= range.last && slot < slot_count; ++slot) {
                covered.set(slot);
            }
        }
    }
    return covered.count();
}

void settle_claims(ClusterView& view) {
    if (settled(view)) {
        return;
    }
    Claimed claimed;
    for (bool const online : {true, false}) {
        for (Shard& shard : view.shards) {
            if ((shard.primary.health == Health::online) == online) {
                keep_unclaimed(shard, claimed);
            }
        }
    }
}

}  // namespace keyslot::topology
