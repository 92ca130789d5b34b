#include "simulator/cluster/slot_set.hpp"

#include <cstring>

namespace keyslot::sim {

bool SlotSet::is_same_block(std::size_t n, SlotSet const& a, SlotSet const& b) {
    return std::memcmp(&a.words_[n], &b.words_[n], block * sizeof(std::uint64_t)) == 0;
}

bool SlotSet::is_empty_block(std::size_t n) const {
    static constexpr SlotSet none;
    return is_same_block(n, *this, none);
}

void SlotSet::set_range(std::size_t first, std::size_t last) {
    for (std::size_t slot = first; slot <= last;) {
        if (slot % 64 == 0 && slot + 63 <= last) {
            words_[slot / 64] = ~std::uint64_t{0};
            slot += 64;
        } else {
            set(slot++);
        }
    }
}

void SlotSet::complement_within(SlotSet const& scope, SlotSet const& other) {
    for (std::size_t n = 0; n < words; n += block) {
        if (is_same_block(n, scope, other) && is_empty_block(n)) {
            continue;
        }
        for (std::size_t i = n; i < n + block; ++i) {
            words_[i] = (words_[i] & ~scope.words_[i]) | (scope.words_[i] & ~other.words_[i]);
        }
    }
}

std::size_t SlotSet::next_difference(SlotSet const& a, SlotSet const& b, std::size_t n) {
    while (n < words) {
        if (n % block == 0 && is_same_block(n, a, b)) {
            n += block;
        } else if (a.words_[n] == b.words_[n]) {
            ++n;
        } else {
            break;
        }
    }
    return n;
}

}  // namespace keyslot::sim
