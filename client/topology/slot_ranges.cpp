#include "client/topology/slot_ranges.hpp"

#include <algorithm>
#include <iterator>

namespace keyslot::topology {
namespace {

using Ranges = std::vector<SlotRange>;

// The first range that ends at the slot or after it.
Ranges::iterator at_or_after(Ranges& ranges, std::uint16_t slot) {
    return std::lower_bound(ranges.begin(), ranges.end(), slot,
                            [](SlotRange const& range, std::uint16_t s) { return range.last < s; });
}

}  // namespace

void insert_slot(Ranges& ranges, std::uint16_t slot) {
    auto const next = at_or_after(ranges, slot);
    bool const joins_next = next != ranges.end() && next->first == slot + 1;
    bool const joins_previous = next != ranges.begin() && std::prev(next)->last + 1 == slot;
    if (joins_next && joins_previous) {
        std::prev(next)->last = next->last;
        ranges.erase(next);
    } else if (joins_next) {
        next->first = slot;
    } else if (joins_previous) {
        std::prev(next)->last = slot;
    } else {
        ranges.insert(next, {slot, slot});
    }
}

void erase_slot(Ranges& ranges, std::uint16_t slot) {
    auto const at = at_or_after(ranges, slot);
    if (at == ranges.end() || at->first > slot) {
        return;
    }
    SlotRange const whole = *at;
    if (whole.first == whole.last) {
        ranges.erase(at);
    } else if (whole.first == slot) {
        ++at->first;
    } else if (whole.last == slot) {
        --at->last;
    } else {
        at->last = static_cast<std::uint16_t>(slot - 1);
        ranges.insert(std::next(at), {static_cast<std::uint16_t>(slot + 1), whole.last});
    }
}

}  // namespace keyslot::topology
