#pragma once

#include "simulator/kernel/event.hpp"
#include "simulator/kernel/ring_queue.hpp"

#include <keyslot/time.hpp>
#include <keyslot/unique_function.hpp>

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// The events to come, in the order (time, sequence). Those of the current instant go into a FIFO, which
/// is the same order at a lower price: whatever the heap holds for this instant was pushed before time
/// got here, and so has the lower sequence.
///
/// Events live in pooled slots that never move. Cancelling frees the slot at once; the entry that it
/// leaves in the heap no longer matches the slot's sequence and is passed over, or swept when such
/// entries are the majority.
class EventQueue {
public:
    struct Slot {
        UniqueFunction<void()> run;
        std::uint64_t sequence = 0;  // 0: free, or running
        Instant at{};
        EventTag tag;
        bool parked = false;  // popped and kept: no entry points here
    };

    template <class F>
    EventId push(Instant now, Instant at, EventTag tag, F&& run) {
        std::uint32_t const index = take_slot();
        Slot& slot = slot_at(index);
        // Constructing in place saves the indirect call that moving a function costs.
        std::destroy_at(&slot.run);
        std::construct_at(&slot.run, std::forward<F>(run));
        slot.sequence = ++last_sequence_;
        slot.at = at;
        slot.tag = tag;
        slot.parked = false;
        if (at <= now) {
            slot.at = now;
            current_.push(Entry{now, slot.sequence, index});
        } else {
            push_heap(Entry{at, slot.sequence, index});
        }
        return {index, slot.sequence};
    }

    bool is_pending(EventId id) const {
        return id.sequence != 0 && slot_at(id.slot).sequence == id.sequence;
    }
    /// The slot of a pending event.
    Slot const& operator[](EventId id) const { return slot_at(id.slot); }

    /// Takes a pending event out and returns its handler, which the caller destroys when nothing is half
    /// done: a handler's destructor may come back here.
    UniqueFunction<void()> cancel(EventId id);

    /// The next event, left in its slot; release() gives the slot back. False: there is none.
    bool pop(Instant now, EventId& next) {
        for (;;) {
            if (heap_.empty() || heap_.front().at > now) {
                if (!current_.empty()) {
                    Entry const entry = current_.front();
                    current_.pop();
                    if (slot_at(entry.slot).sequence == entry.sequence) {
                        next = {entry.slot, entry.sequence};
                        return true;
                    }
                    --stale_;
                    continue;
                }
                if (heap_.empty()) {
                    return false;
                }
            }
            Entry const entry = heap_.front();
            pop_heap();
            if (slot_at(entry.slot).sequence == entry.sequence) {
                next = {entry.slot, entry.sequence};
                return true;
            }
            --stale_;
        }
    }
    Slot& slot(EventId id) { return slot_at(id.slot); }
    void release(std::uint32_t index) {
        slot_at(index).sequence = 0;
        free_slots_.push_back(index);
    }

    /// When the next event is due. False: there is none.
    bool peek(Instant now, Instant& at) {
        while (!current_.empty() && is_stale(current_.front())) {
            current_.pop();
            --stale_;
        }
        if (!current_.empty()) {
            at = now;
            return true;
        }
        while (!heap_.empty() && is_stale(heap_.front())) {
            pop_heap();
            --stale_;
        }
        if (heap_.empty()) {
            return false;
        }
        at = heap_.front().at;
        return true;
    }

    /// Keeps an event that was popped until unpark() puts it at the end of the current instant. It can
    /// still be cancelled.
    void park(EventId id) { slot_at(id.slot).parked = true; }
    void unpark(Instant now, EventId id) {
        if (is_pending(id)) {
            slot_at(id.slot).parked = false;
            slot_at(id.slot).at = now;
            current_.push(Entry{now, id.sequence, id.slot});
        }
    }

    /// Events that pop() will give.
    std::size_t size() const { return heap_.size() + current_.size() - stale_; }
    std::uint64_t last_sequence() const { return last_sequence_; }

    /// Calls `visit(slot)` for each pending event, in no order that means anything.
    template <class Visitor>
    void for_each(Visitor visit) const {
        for (std::uint32_t index = 0; index < slot_count_; ++index) {
            Slot const& slot = slot_at(index);
            if (slot.sequence != 0) {
                visit(slot);
            }
        }
    }

    /// Destroys the handlers of all pending events, and those that this in turn brings about.
    void clear();

private:
    struct Entry {
        Instant at{};
        std::uint64_t sequence = 0;
        std::uint32_t slot = 0;
    };
    static constexpr std::uint32_t chunk_bits = 8;
    static constexpr std::uint32_t chunk_size = 1u << chunk_bits;
    using Chunk = std::array<Slot, chunk_size>;

    static bool before(Entry const& a, Entry const& b) {
        return a.at != b.at ? a.at < b.at : a.sequence < b.sequence;
    }

    bool is_stale(Entry const& entry) const {
        return slot_at(entry.slot).sequence != entry.sequence;
    }

    Slot& slot_at(std::uint32_t index) {
        return (*chunks_[index >> chunk_bits])[index & (chunk_size - 1)];
    }
    Slot const& slot_at(std::uint32_t index) const {
        return (*chunks_[index >> chunk_bits])[index & (chunk_size - 1)];
    }

    std::uint32_t take_slot() {
        if (free_slots_.empty()) {
            add_chunk();
        }
        std::uint32_t const index = free_slots_.back();
        free_slots_.pop_back();
        return index;
    }

    void push_heap(Entry const& entry) {
        heap_.push_back(entry);
        std::size_t place = heap_.size() - 1;
        while (place > 0) {
            std::size_t const parent = (place - 1) / 4;
            if (!before(entry, heap_[parent])) {
                break;
            }
            heap_[place] = heap_[parent];
            place = parent;
        }
        heap_[place] = entry;
    }

    void pop_heap() {
        Entry const last = heap_.back();
        heap_.pop_back();
        if (!heap_.empty()) {
            sift_down(0, last);
        }
    }
    void sift_down(std::size_t place, Entry const& entry);
    void add_chunk();
    void sweep();

    std::vector<Entry> heap_;  // four children each: half the levels of a binary heap
    RingQueue<Entry> current_;
    std::size_t stale_ = 0;  // entries of cancelled events
    std::uint64_t last_sequence_ = 0;
    std::vector<std::unique_ptr<Chunk>> chunks_;
    std::vector<std::uint32_t> free_slots_;
    std::uint32_t slot_count_ = 0;
};

}  // namespace keyslot::sim
