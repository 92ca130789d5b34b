#pragma once

#include "simulator/cluster/peer.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// A sequence whose elements stay where they are when it grows: each block is twice as large as the one
/// before it, so that a short one weighs little and a long one lies close together. Pages that hold
/// something of other views as well cost a cluster of 1,000 nodes more time than anything else.
template <class T>
class StableArray {
public:
    T& operator[](std::size_t n) const {
        std::size_t const number = n + first_block_size;
        auto const block = static_cast<std::size_t>(std::bit_width(number)) - first_block_width;
        return blocks_[block][number - (first_block_size << block)];
    }
    std::size_t capacity() const {
        return first_block_size * ((std::size_t{1} << blocks_.size()) - 1);
    }
    void grow() { blocks_.push_back(std::make_unique<T[]>(first_block_size << blocks_.size())); }
    template <class Visit>
    void for_each(Visit const& visit) const {
        for (std::size_t block = 0; block < blocks_.size(); ++block) {
            std::for_each_n(blocks_[block].get(), first_block_size << block, visit);
        }
    }

private:
    static constexpr std::size_t first_block_size = 16;
    static constexpr std::size_t first_block_width = std::bit_width(first_block_size);

    std::vector<std::unique_ptr<T[]>> blocks_;
};

/// The peers of one view by handle, at addresses that stay.
class PeerPool {
public:
    PeerPool() { grow(); }

    /// nullptr: no_peer, or a handle that nobody has.
    Peer* find(PeerHandle handle) const {
        Peer& place = at(handle);
        return place.handle != no_peer ? &place : nullptr;
    }
    /// Where it is or would be; `handle` < limit().
    Peer& at(PeerHandle handle) const { return peers_[handle]; }
    /// All places, nobody's too, as they lie in memory.
    template <class Visit>
    void for_each_place(Visit const& visit) const {
        peers_.for_each(visit);
    }
    /// Every handle that was ever given out is smaller.
    std::size_t limit() const { return limit_; }

    Peer& add() {
        PeerHandle handle;
        if (free_.empty()) {
            handle = static_cast<PeerHandle>(limit_++);
            if (handle == peers_.capacity()) {
                grow();
            }
        } else {
            handle = free_.back();
            free_.pop_back();
        }
        Peer& peer = at(handle);
        peer.handle = handle;
        peer.details = &details_[handle];
        return peer;
    }
    void remove(Peer& peer) {
        free_.push_back(peer.handle);
        *peer.details = PeerDetails{};
        peer = Peer{};
    }

private:
    void grow() {
        peers_.grow();
        details_.grow();
    }

    StableArray<Peer> peers_;
    StableArray<PeerDetails> details_;
    std::size_t limit_ = 1;  // handle 0 is no_peer
    std::vector<PeerHandle> free_;
};

}  // namespace keyslot::sim
