#pragma once

#include "simulator/cluster/peer.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace keyslot::sim {

/// Finds peers by id. Open addressing over handles, with a few bits of the digest beside each:
/// every node of a cluster of 1,000 looks up some ten thousand ids a second, mostly outside the
/// cache, so that the table has to be small.
class PeerIndex {
public:
    using Slab = std::span<std::unique_ptr<Peer> const>;

    /// The id must be new, and `slab` hold the peer.
    void insert(Peer const& peer, Slab slab);
    /// By the id that it was inserted with.
    void erase(Peer const& peer, Slab slab);
    Peer* find(NodeId const& id, Slab slab) const;

private:
    struct Entry {
        PeerHandle handle = no_peer;
        std::uint16_t tag = 0;
    };

    static std::uint16_t tag_of(std::uint64_t digest) {
        return static_cast<std::uint16_t>(digest >> 48);
    }
    void place(Peer const& peer);
    void rebuild(std::size_t size, PeerHandle without, Slab slab);

    std::vector<Entry> table_ = std::vector<Entry>(16);
    std::size_t count_ = 0;
};

}  // namespace keyslot::sim
