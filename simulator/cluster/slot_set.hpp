#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace keyslot::sim {

/// A set of slots, 64 to a word: nodes tell each other their slots all the time, and compare what they
/// hear with what they know.
class SlotSet {
public:
    static constexpr std::size_t words = 16384 / 64;

    bool operator[](std::size_t slot) const { return (words_[slot / 64] >> (slot % 64) & 1) != 0; }
    void set(std::size_t slot, bool is_in = true) {
        std::uint64_t const bit = std::uint64_t{1} << (slot % 64);
        words_[slot / 64] = is_in ? words_[slot / 64] | bit : words_[slot / 64] & ~bit;
    }
    void set_range(std::size_t first, std::size_t last);

    std::uint64_t word(std::size_t n) const { return words_[n]; }
    std::size_t count() const {
        std::size_t sum = 0;
        for (std::uint64_t const word : words_) {
            sum += static_cast<std::size_t>(std::popcount(word));
        }
        return sum;
    }
    bool overlaps(SlotSet const& other) const {
        for (std::size_t n = 0; n < words; ++n) {
            if ((words_[n] & other.words_[n]) != 0) {
                return true;
            }
        }
        return false;
    }

    SlotSet& operator-=(SlotSet const& other) {
        for (std::size_t n = 0; n < words; ++n) {
            words_[n] &= ~other.words_[n];
        }
        return *this;
    }
    /// Of the slots in `scope`, those are in that `other` has not; the rest stays.
    void complement_within(SlotSet const& scope, SlotSet const& other);
    friend SlotSet operator-(SlotSet const& a, SlotSet const& b) { return SlotSet{a} -= b; }
    friend bool operator==(SlotSet const&, SlotSet const&) = default;

    /// The first word from that one on, of those that differ; `words`: none.
    static std::size_t next_difference(SlotSet const& a, SlotSet const& b, std::size_t n);

private:
    // Successive claims of a node differ in a few slots: sets are compared so many words at a time.
    static constexpr std::size_t block = 32;

    static bool is_same_block(std::size_t n, SlotSet const& a, SlotSet const& b);
    bool is_empty_block(std::size_t n) const;

    std::array<std::uint64_t, words> words_{};
};

/// Calls `visit(slot)` for each slot that is in the one set and not in the other, ascending, until it
/// returns false. Returns false if it did.
template <class Visit>
bool all_slots_without(SlotSet const& slots, SlotSet const& others, Visit&& visit) {
    for (std::size_t n = 0; (n = SlotSet::next_difference(slots, others, n)) < SlotSet::words;
         ++n) {
        for (std::uint64_t word = slots.word(n) & ~others.word(n); word != 0; word &= word - 1) {
            std::size_t const slot = n * 64 + static_cast<std::size_t>(std::countr_zero(word));
            if (!visit(static_cast<std::uint16_t>(slot))) {
                return false;
            }
        }
    }
    return true;
}

template <class Visit>
bool all_slots(SlotSet const& slots, Visit&& visit) {
    static constexpr SlotSet none;
    return all_slots_without(slots, none, visit);
}

}  // namespace keyslot::sim
