#include "simulator/node/slot_index.hpp"

#include "simulator/node/keyspace.hpp"

#include <bit>
#include <cassert>

namespace keyslot::sim {

void SlotIndex::add(Entry& entry) {
    auto& page = pages_[entry.slot_ / page_slots];
    if (!page) {
        page = std::make_unique<Page>();
    }
    std::uint32_t const place = entry.slot_ % page_slots;
    List& list = page->lists[place];
    entry.older_ = list.newest;
    entry.newer_ = nullptr;
    (list.newest != nullptr ? list.newest->newer_ : list.oldest) = &entry;
    list.newest = &entry;
    ++list.count;
    ++page->count;
    page->used |= std::uint64_t{1} << place;
}

void SlotIndex::remove(Entry& entry) {
    Page& page = *pages_[entry.slot_ / page_slots];
    std::uint32_t const place = entry.slot_ % page_slots;
    List& list = page.lists[place];
    (entry.older_ != nullptr ? entry.older_->newer_ : list.oldest) = entry.newer_;
    (entry.newer_ != nullptr ? entry.newer_->older_ : list.newest) = entry.older_;
    entry.older_ = entry.newer_ = nullptr;
    --page.count;
    if (--list.count == 0) {
        page.used &= ~(std::uint64_t{1} << place);
    }
}

void SlotIndex::clear() { pages_ = {}; }

SlotIndex::List const* SlotIndex::list(std::uint16_t slot) const {
    auto const& page = pages_[slot / page_slots];
    return page ? &page->lists[slot % page_slots] : nullptr;
}

std::size_t SlotIndex::count(std::uint16_t slot) const {
    List const* const found = list(slot);
    return found != nullptr ? found->count : 0;
}

Entry* SlotIndex::oldest(std::uint16_t slot) const {
    List const* const found = list(slot);
    return found != nullptr ? found->oldest : nullptr;
}

Entry* SlotIndex::newest(std::uint16_t slot) const {
    List const* const found = list(slot);
    return found != nullptr ? found->newest : nullptr;
}

std::uint32_t SlotIndex::next_used(std::uint32_t slot) const {
    std::uint32_t place = slot % page_slots;
    for (std::uint32_t page = slot / page_slots; page < page_count; ++page, place = 0) {
        if (!pages_[page]) {
            continue;
        }
        std::uint64_t const used = pages_[page]->used >> place;
        if (used != 0) {
            return page * page_slots + place + static_cast<std::uint32_t>(std::countr_zero(used));
        }
    }
    return protocol::slot_count;
}

Entry* SlotIndex::at(std::size_t rank) const {
    for (auto const& page : pages_) {
        std::size_t const in_page = page ? page->count : 0;
        if (rank >= in_page) {
            rank -= in_page;
            continue;
        }
        auto list = page->lists.begin();
        for (; rank >= list->count; ++list) {
            rank -= list->count;
        }
        Entry* entry = list->oldest;
        for (; rank > 0; --rank) {
            entry = entry->newer_;
        }
        return entry;
    }
    assert(false);
    return nullptr;
}

}  // namespace keyslot::sim
