#include "client/topology/slot_ranges.hpp"

#include <algorithm>
#include <bit>
#include <iterator>

namespace keyslot::topology {
namespace {

using Ranges = std::vector<SlotRange>;

// The first range that ends at the slot or after it.
Ranges::iterator at_or_after(Ranges& ranges, std::uint16_t slot) {
    return std::lower_bound(ranges.begin(), ranges.end(), slot,
                            [](SlotRange const& range, std::uint16_t s) { return range.last < s; });
}

// The bits of one word that belong to a range which touches it.
std::uint64_t bits_in_word(SlotRange range, std::size_t word) {
    std::uint64_t bits = ~std::uint64_t{0};
    if (range.first / 64u == word) {
        bits &= ~std::uint64_t{0} << (range.first % 64u);
    }
    if (range.last / 64u == word) {
        bits &= ~std::uint64_t{0} >> (63u - range.last % 64u);
    }
    return bits;
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

bool SlotSet::overlaps(SlotRange range) const {
    std::size_t const first = range.first / 64u, last = range.last / 64u;
    if ((words_[first] & bits_in_word(range, first)) != 0 ||
        (words_[last] & bits_in_word(range, last)) != 0) {
        return true;
    }
    for (std::size_t word = first + 1; word < last; ++word) {
        if (words_[word] != 0) {
            return true;
        }
    }
    return false;
}

void SlotSet::insert(SlotRange range) {
    std::size_t const first = range.first / 64u, last = range.last / 64u;
    words_[first] |= bits_in_word(range, first);
    words_[last] |= bits_in_word(range, last);
    for (std::size_t word = first + 1; word < last; ++word) {
        words_[word] = ~std::uint64_t{0};
    }
}

void SlotSet::insert(SlotSet const& other) {
    for (std::size_t word = 0; word < words_.size(); ++word) {
        words_[word] |= other.words_[word];
    }
}

SlotSet SlotSet::missing_of(SlotRange range) const {
    SlotSet missing;
    for (std::size_t word = range.first / 64u; word <= range.last / 64u; ++word) {
        missing.words_[word] = bits_in_word(range, word) & ~words_[word];
    }
    return missing;
}

std::size_t SlotSet::size() const {
    int count = 0;
    for (std::uint64_t const word : words_) {
        count += std::popcount(word);
    }
    return static_cast<std::size_t>(count);
}

std::vector<SlotRange> SlotSet::ranges() const {
    std::vector<SlotRange> found;
    for (std::uint16_t slot = 0; slot < slot_count; ++slot) {
        if (!contains(slot)) {
            continue;
        }
        if (!found.empty() && found.back().last + 1 == slot) {
            found.back().last = slot;
        } else {
            found.push_back({slot, slot});
        }
    }
    return found;
}

}  // namespace keyslot::topology
