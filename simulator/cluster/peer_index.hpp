#pragma once

#include "simulator/cluster/peer_pool.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace keyslot::sim {

/// Asks for the memory without waiting for it.
inline void prefetch(void const* address) { __builtin_prefetch(address); }

/// Finds peers by id. Open addressing over handles, with a few bits of the digest beside each:
/// every node of a cluster of 1,000 looks up some ten thousand ids a second, mostly outside the
/// cache, so that the table has to be small.
class PeerIndex {
public:
    /// The id must be new, and `peers` hold the peer.
    void insert(Peer const& peer, PeerPool const& peers);
    /// By the id that it was inserted with.
    void erase(Peer const& peer, PeerPool const& peers);
    Peer* find(NodeId const& id, PeerPool const& peers) const {
        return find(id, id.digest(), peers);
    }
    Peer* find(Contact const& contact, PeerPool const& peers) const {
        return find(contact.id, contact.id_digest, peers);
    }
    /// Finds what all these heartbeat entries tell of, in the same order; nullptr: unknown. The memory
    /// is asked for ahead of its use: what takes one look-up most of its time, many share.
    void find_all(std::span<GossipEntry const> entries, PeerPool const& peers,
                  std::vector<Peer*>& found) const;

private:
    struct Entry {
        PeerHandle handle = no_peer;
        std::uint16_t tag = 0;
    };

    static std::uint16_t tag_of(std::uint32_t digest) {
        return static_cast<std::uint16_t>(digest >> 16);
    }
    Peer* find(NodeId const& id, std::uint32_t digest, PeerPool const& peers) const;
    PeerHandle guess(std::uint32_t digest) const;
    void place(Peer const& peer);
    void rebuild(std::size_t size, PeerHandle without, PeerPool const& peers);

    std::vector<Entry> table_ = std::vector<Entry>(16);
    std::size_t count_ = 0;
};

}  // namespace keyslot::sim
