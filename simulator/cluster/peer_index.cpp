#include "simulator/cluster/peer_index.hpp"

#include <cassert>
#include <utility>

namespace keyslot::sim {

void PeerIndex::insert(Peer const& peer, PeerPool const& peers) {
    assert(find(peer.id(), peers) == nullptr);
    if ((count_ + 1) * 2 > table_.size()) {
        rebuild(table_.size() * 2, no_peer, peers);
    }
    place(peer);
    ++count_;
}

// Nodes are forgotten so rarely that closing the gap may cost a new table.
void PeerIndex::erase(Peer const& peer, PeerPool const& peers) {
    rebuild(table_.size(), peer.handle, peers);
    --count_;
}

Peer* PeerIndex::find(NodeId const& id, std::uint32_t digest, PeerPool const& peers) const {
    std::size_t const mask = table_.size() - 1;
    for (std::size_t at = digest & mask;; at = (at + 1) & mask) {
        Entry const entry = table_[at];
        if (entry.handle == no_peer) {
            return nullptr;
        }
        if (Peer& peer = peers.at(entry.handle); entry.tag == tag_of(digest) && peer.id() == id) {
            return &peer;
        }
    }
}

void PeerIndex::find_all(std::span<GossipEntry const> entries, PeerPool const& peers,
                         std::vector<Peer*>& found) const {
    found.resize(entries.size());
    for (GossipEntry const& entry : entries) {
        prefetch(&table_[entry.id_digest & (table_.size() - 1)]);
    }
    for (std::size_t n = 0; n < entries.size(); ++n) {
        found[n] = &peers.at(guess(entries[n].id_digest));
        prefetch(found[n]);
    }
    for (std::size_t n = 0; n < entries.size(); ++n) {
        if (GossipEntry const& entry = entries[n]; found[n]->contact != entry.contact) {
            found[n] = find(entry.contact->id, entry.id_digest, peers);
        }
    }
}

/// Who it is, unless two ids share their tag.
PeerHandle PeerIndex::guess(std::uint32_t digest) const {
    std::size_t const mask = table_.size() - 1;
    std::size_t at = digest & mask;
    while (table_[at].handle != no_peer && table_[at].tag != tag_of(digest)) {
        at = (at + 1) & mask;
    }
    return table_[at].handle;
}

void PeerIndex::place(Peer const& peer) {
    std::uint32_t const digest = peer.contact->id_digest;
    std::size_t const mask = table_.size() - 1;
    std::size_t at = digest & mask;
    while (table_[at].handle != no_peer) {
        at = (at + 1) & mask;
    }
    table_[at] = {.handle = peer.handle, .tag = tag_of(digest)};
}

void PeerIndex::rebuild(std::size_t size, PeerHandle without, PeerPool const& peers) {
    std::vector<Entry> const old = std::exchange(table_, std::vector<Entry>(size));
    for (Entry const& entry : old) {
        if (entry.handle != no_peer && entry.handle != without) {
            place(peers.at(entry.handle));
        }
    }
}

}  // namespace keyslot::sim
