#pragma once

#include "client/protocol/hash_slot.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace keyslot::sim {

class Entry;

/// The keys of each hash slot as a list from oldest to newest, threaded through the entries
/// themselves. It is also the order in which a keyspace is walked: by slot, then by age, which
/// depends on nothing but the history of commands.
class SlotIndex {
public:
    void add(Entry& entry);  ///< as the newest of its slot
    void remove(Entry& entry);
    void clear();

    std::size_t count(std::uint16_t slot) const;
    Entry* oldest(std::uint16_t slot) const;
    Entry* newest(std::uint16_t slot) const;
    /// The first slot from `slot` on that has keys; slot_count if there is none.
    std::uint32_t next_used(std::uint32_t slot) const;
    /// The key at this place of the walk; `rank` < number of keys.
    Entry* at(std::size_t rank) const;

private:
    struct List {
        Entry* oldest = nullptr;
        Entry* newest = nullptr;
        std::size_t count = 0;
    };
    // A node of three masters uses a third of the slots, a node in most tests a handful: lists come
    // in pages that exist once they are needed.
    static constexpr std::uint32_t page_slots = 64;
    static constexpr std::uint32_t page_count = protocol::slot_count / page_slots;
    struct Page {
        std::array<List, page_slots> lists{};
        std::uint64_t used = 0;  // bit n: list n is not empty
        std::size_t count = 0;
    };

    List const* list(std::uint16_t slot) const;

    std::array<std::unique_ptr<Page>, page_count> pages_;
};

}  // namespace keyslot::sim
