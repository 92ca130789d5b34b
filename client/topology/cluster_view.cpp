#include "client/topology/slot_map.hpp"
#include "client/topology/slot_ranges.hpp"

#include <algorithm>

namespace keyslot::topology {
namespace {

bool makes_sense(SlotRange range) { return range.first <= range.last && range.last < slot_count; }

// True if no slot stands twice in the view and the slots of each shard ascend: nearly every view.
bool settled(ClusterView const& view) {
    SlotSet claimed;
    for (Shard const& shard : view.shards) {
        int last = -1;
        for (SlotRange const& range : shard.slots) {
            if (!makes_sense(range) || range.first <= last || claimed.overlaps(range)) {
                return false;
            }
            claimed.insert(range);
            last = range.last;
        }
    }
    return true;
}

void keep_unclaimed(Shard& shard, SlotSet& claimed) {
    SlotSet mine;
    for (SlotRange const& range : shard.slots) {
        if (makes_sense(range)) {
            mine.insert(claimed.missing_of(range));
        }
    }
    claimed.insert(mine);
    shard.slots = mine.ranges();
}

}  // namespace

bool ClusterView::is_empty() const {
    return std::none_of(shards.begin(), shards.end(), [](Shard const& shard) {
        return std::any_of(shard.slots.begin(), shard.slots.end(), makes_sense);
    });
}

std::size_t ClusterView::covered_slots() const {
    SlotSet covered;
    for (Shard const& shard : shards) {
        for (SlotRange const& range : shard.slots) {
            if (makes_sense(range)) {
                covered.insert(range);
            }
        }
    }
    return covered.size();
}

void settle_claims(ClusterView& view) {
    if (settled(view)) {
        return;
    }
    SlotSet claimed;
    for (bool const online : {true, false}) {
        for (Shard& shard : view.shards) {
            if ((shard.primary.health == Health::online) == online) {
                keep_unclaimed(shard, claimed);
            }
        }
    }
}

}  // namespace keyslot::topology
