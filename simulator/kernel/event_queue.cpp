#include "simulator/kernel/event_queue.hpp"

#include <algorithm>

namespace keyslot::sim {

namespace {
// Below this many stale entries a sweep costs more than it saves.
constexpr std::size_t sweep_threshold = 64;
}  // namespace

UniqueFunction<void()> EventQueue::cancel(EventId id) {
    assert(is_pending(id));
    UniqueFunction<void()> dropped = std::move(slot_at(id.slot).run);
    bool const parked = slot_at(id.slot).parked;
    release(id.slot);
    if (parked) {
        return dropped;
    }
    ++stale_;
    if (stale_ > sweep_threshold && stale_ > (heap_.size() + current_.size()) / 2) {
        sweep();
    }
    return dropped;
}

void EventQueue::clear() {
    // A handler that is destroyed may push or cancel others.
    bool again = true;
    while (again) {
        again = false;
        for (std::uint32_t index = 0; index < slot_count_; ++index) {
            Slot& slot = slot_at(index);
            if (slot.sequence != 0) {
                UniqueFunction<void()> const dropped = std::move(slot.run);
                release(index);
                again = true;
            }
        }
    }
    heap_.clear();
    current_.clear();
    stale_ = 0;
}

void EventQueue::sift_down(std::size_t place, Entry const& entry) {
    std::size_t const count = heap_.size();
    for (;;) {
        std::size_t const first = place * 4 + 1;
        if (first >= count) {
            break;
        }
        std::size_t least = first;
        std::size_t const end = std::min(first + 4, count);
        for (std::size_t child = first + 1; child < end; ++child) {
            if (before(heap_[child], heap_[least])) {
                least = child;
            }
        }
        if (!before(heap_[least], entry)) {
            break;
        }
        heap_[place] = heap_[least];
        place = least;
    }
    heap_[place] = entry;
}

void EventQueue::add_chunk() {
    chunks_.push_back(std::make_unique<Chunk>());
    // Highest first, so that they are handed out lowest first.
    for (std::uint32_t n = chunk_size; n > 0; --n) {
        free_slots_.push_back(slot_count_ + n - 1);
    }
    slot_count_ += chunk_size;
}

void EventQueue::sweep() {
    std::erase_if(heap_, [this](Entry const& entry) { return is_stale(entry); });
    for (std::size_t place = heap_.size() / 4 + 1; place-- > 0;) {
        if (place < heap_.size()) {
            Entry const entry = heap_[place];
            sift_down(place, entry);
        }
    }
    std::size_t const current = current_.size();
    for (std::size_t n = 0; n < current; ++n) {
        Entry const entry = current_.front();
        current_.pop();
        if (!is_stale(entry)) {
            current_.push(entry);
        }
    }
    stale_ = 0;
}

}  // namespace keyslot::sim
