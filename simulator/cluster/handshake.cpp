#include "simulator/cluster/cluster_impl.hpp"

#include <array>
#include <utility>

namespace keyslot::sim {
namespace {

constexpr std::int64_t ban_ms = 60'000;

}  // namespace

/// A handshake that runs already is left to run.
void ClusterState::Impl::meet(std::string_view ip, std::uint16_t port_number,
                              std::uint16_t bus_port) {
    if (handshake_at(ip, port_number) != nullptr) {
        return;
    }
    add_handshake(ip, port_number, bus_port).details->must_meet = true;
}

NodeId ClusterState::Impl::random_id() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<char, NodeId::length> text;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i % 16 == 0) {
            bits = port.random().next();
        }
        text[i] = digits[bits & 15];
        bits >>= 4;
    }
    return std::string_view{text.data(), text.size()};
}

Peer* ClusterState::Impl::handshake_at(std::string_view ip, std::uint16_t port_number) {
    if (handshakes == 0) {
        return nullptr;
    }
    for (Peer* const peer : view.peers()) {
        if (peer->in_handshake() && peer->contact->is_at(ip, port_number)) {
            return peer;
        }
    }
    return nullptr;
}

/// MEET of a node that we do not know: it is added under a name of our own until it answers our
/// ping.
void ClusterState::Impl::welcome(BusMessage const& message) {
    if (handshake_at(message.sender->ip, message.sender->port) != nullptr) {
        return;
    }
    add_handshake(message.sender->ip, message.sender->port, message.sender->bus_port);
}

Peer& ClusterState::Impl::add_handshake(std::string_view ip, std::uint16_t port_number,
                                        std::uint16_t bus_port) {
    Peer& peer =
        view.add(make_contact(random_id(), ip, port_number, bus_port), node_handshake, now_ms);
    ++handshakes;
    return peer;
}

/// True: this was the answer to a handshake, and there is nothing more in it for us.
bool ClusterState::Impl::finish_handshake(Peer* sender, BusMessage const& message) {
    Peer* const peer = handshake_at(message.origin().ip, message.origin().port);
    if (peer == nullptr) {
        return false;
    }
    if (sender != nullptr) {
        bool const has_moved = !sender->contact->is_at_same_place_as(*message.sender);
        if (has_moved && sender != &me()) {
            move_address(*sender, message.sender);
        }
        view.remove(*peer);
        return true;
    }
    view.rename(*peer, message.sender);
    peer->clear(node_handshake);
    peer->set(message.flags & (node_master | node_slave));
    peer->details->must_meet = false;
    view.wants_attention(*peer);
    peer->is_linked = true;
    peer->details->linked_ms = peer->details->data_received_ms = peer->pong_received_ms = now_ms;
    peer->await_no_more();
    to_do.evaluate_state = true;
    return true;
}

/// Somebody else answers where we thought a node to be: we do not know where that one is now.
void ClusterState::Impl::note_stranger_at_known_address(Peer const* sender,
                                                        BusMessage const& message) {
    if (sender != nullptr && sender->contact->is_at_same_place_as(*message.sender)) {
        return;
    }
    for (Peer* const peer : view.peers()) {
        bool const was_asked = peer->is_awaited() && !peer->has(node_myself | node_noaddr);
        if (peer != sender && was_asked && peer->contact->is_at_same_place_as(*message.sender)) {
            peer->set(node_noaddr);
            peer->contact = make_contact(peer->id(), {}, 0, 0);
            peer->is_linked = false;
        }
    }
}

void ClusterState::Impl::move_address(Peer& peer, ContactPtr const& contact) {
    peer.contact = contact;
    peer.clear(node_noaddr);
    peer.is_linked = false;
    peer.details->last_sent_ms = 0;
    view.wants_attention(peer);
    if (me().master() == &peer) {
        keep_replicating();
    }
}

/// Gossip must not bring back a node before all have been told to forget it.
void ClusterState::Impl::ban(NodeId const& id) { banned_until_ms[id] = now_ms + ban_ms; }

bool ClusterState::Impl::is_banned(NodeId const& id) {
    std::erase_if(banned_until_ms, [&](auto const& entry) { return entry.second <= now_ms; });
    return banned_until_ms.contains(id);
}

void ClusterState::Impl::forget(Peer& peer) {
    if (manual.replica == &peer) {
        reset_manual_failover();
    }
    view.remove(peer);
    to_do.evaluate_state = true;
}

}  // namespace keyslot::sim
