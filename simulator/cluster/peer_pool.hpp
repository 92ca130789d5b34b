#pragma once

#include "simulator/cluster/peer.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace keyslot::sim {

/// The peers of one view by handle, at addresses that stay, and close together: in a cluster of 1,000
/// nodes a million of them are visited at random, and pages that hold peers of other views as well
/// cost more time than anything else.
class PeerPool {
public:
    PeerPool() { add_block(); }

    /// nullptr: no_peer, or a handle that nobody has.
    Peer* find(PeerHandle handle) const {
        Peer& place = at(handle);
        return place.handle != no_peer ? &place : nullptr;
    }
    /// Where it is or would be; `handle` < limit().
    Peer& at(PeerHandle handle) const {
        return (*blocks_[handle / block_size])[handle % block_size];
    }
    /// Every handle that was ever given out is smaller.
    std::size_t limit() const { return limit_; }

    Peer& add() {
        PeerHandle handle;
        if (free_.empty()) {
            handle = static_cast<PeerHandle>(limit_++);
            if (handle / block_size == blocks_.size()) {
                add_block();
            }
        } else {
            handle = free_.back();
            free_.pop_back();
        }
        Peer& peer = at(handle);
        peer.handle = handle;
        return peer;
    }
    void remove(Peer& peer) {
        free_.push_back(peer.handle);
        peer = Peer{};
    }

private:
    static constexpr std::size_t block_size = 16;
    using Block = std::array<Peer, block_size>;

    void add_block() { blocks_.push_back(std::make_unique<Block>()); }

    std::vector<std::unique_ptr<Block>> blocks_;
    std::size_t limit_ = 1;  // handle 0 is no_peer
    std::vector<PeerHandle> free_;
};

}  // namespace keyslot::sim
