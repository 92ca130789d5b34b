#include "simulator/cluster/peer_index.hpp"

#include <cassert>
#include <utility>

namespace keyslot::sim {

void PeerIndex::insert(Peer const& peer, Slab slab) {
    assert(find(peer.id, slab) == nullptr);
    if ((count_ + 1) * 2 > table_.size()) {
        rebuild(table_.size() * 2, no_peer, slab);
    }
    place(peer);
    ++count_;
}

// Nodes are forgotten so rarely that closing the gap may cost a new table.
void PeerIndex::erase(Peer const& peer, Slab slab) {
    rebuild(table_.size(), peer.handle, slab);
    --count_;
}

Peer* PeerIndex::find(NodeId const& id, Slab slab) const {
    std::uint64_t const digest = id.digest();
    std::size_t const mask = table_.size() - 1;
    for (std::size_t at = digest & mask;; at = (at + 1) & mask) {
        Entry const entry = table_[at];
        if (entry.handle == no_peer) {
            return nullptr;
        }
        if (entry.tag == tag_of(digest) && slab[entry.handle]->id == id) {
            return slab[entry.handle].get();
        }
    }
}

void PeerIndex::place(Peer const& peer) {
    std::uint64_t const digest = peer.id.digest();
    std::size_t const mask = table_.size() - 1;
    std::size_t at = digest & mask;
    while (table_[at].handle != no_peer) {
        at = (at + 1) & mask;
    }
    table_[at] = {.handle = peer.handle, .tag = tag_of(digest)};
}

void PeerIndex::rebuild(std::size_t size, PeerHandle without, Slab slab) {
    std::vector<Entry> const old = std::exchange(table_, std::vector<Entry>(size));
    for (Entry const& entry : old) {
        if (entry.handle != no_peer && entry.handle != without) {
            place(*slab[entry.handle]);
        }
    }
}

}  // namespace keyslot::sim
