#include "simulator/cluster/cluster_impl.hpp"

#include <algorithm>

namespace keyslot::sim {
namespace {

bool hears_broadcasts(Peer const& peer) {
    return peer.is_linked && !peer.has(node_myself | node_handshake | node_noaddr);
}

}  // namespace

BusMessage ClusterState::Impl::message(BusType type) {
    Peer& speaks_for = my_master();
    BusMessage message;
    message.type = type;
    message.sender = my_contact;
    message.sent_from = my_place;
    message.hostname = config.hostname;
    message.flags = me().flags;
    message.master = me().master() != nullptr ? me().master()->id() : NodeId{};
    message.current_epoch = current_epoch;
    message.config_epoch = speaks_for.config_epoch();
    message.replication_offset = port.replication_offset();
    message.state_ok = is_ok;
    message.paused = me().is_master() && manual.end_ms != 0;
    message.slots = view.slots_of(speaks_for);
    return message;
}

void ClusterState::Impl::send(Peer const& to, BusMessage message) {
    sent.count(message);
    port.send_bus(to.ip(), to.bus_port(), std::move(message));
}

/// Back the way it came, whether or not we know the sender.
void ClusterState::Impl::answer(BusMessage const& to, BusMessage message) {
    sent.count(message);
    port.send_bus(to.origin().ip, to.origin().bus_port, std::move(message));
}

void ClusterState::Impl::send_ping(Peer& to, bool with_gossip) {
    if (!to.is_awaited()) {
        to.await_since(now_ms);
    }
    to.details->last_sent_ms = now_ms;
    view.wants_attention(to);
    BusMessage ping = message(to.details->must_meet ? BusType::meet : BusType::ping);
    if (with_gossip) {
        add_gossip(ping);
    }
    send(to, std::move(ping));
}

// A tenth of the cluster, at least three, drawn at random, and besides them every node under
// suspicion: that is what makes a failure known to a majority in time (facts 5.2).
void ClusterState::Impl::add_gossip(BusMessage& message) {
    std::size_t fresh =
        view.size() > 2 ? view.size() - 2 : 0;  // neither this node nor the receiver
    std::size_t const wanted = std::min(std::max<std::size_t>(3, view.size() / 10), fresh);
    message.gossip.reserve(wanted + suspected);
    told_of.assign(view.handle_limit(), false);
    for (std::size_t tries = wanted * 3;
         fresh > 0 && message.gossip.size() < wanted && tries > 0;) {
        draw_peers(std::min(tries, wanted - message.gossip.size()));
        tries -= gossip_peers.size();
        for (Peer* const peer : gossip_peers) {
            bool const is_nobody = peer->handle == no_peer;
            if (is_nobody || peer->has(node_myself | node_pfail) || told_of[peer->handle]) {
                continue;
            }
            --fresh;
            bool const has_links = peer->is_linked || peer->slot_count != 0;
            if (!peer->has(node_handshake | node_noaddr) && has_links) {
                add_gossip_about(message, *peer);
            }
            if (fresh == 0) {
                break;
            }
        }
    }
    if (suspected == 0) {
        return;
    }
    for (Peer* const peer : view.peers()) {
        if (peer->has(node_pfail) && !peer->has(node_handshake | node_noaddr)) {
            add_gossip_about(message, *peer);
        }
    }
}

/// Into gossip_peers, all asked for from memory at once: one by one, waiting for them is most of what
/// a cluster of 1,000 nodes costs.
void ClusterState::Impl::draw_peers(std::size_t count) {
    Random& random = port.random();
    // Handles are dense but for the few that forgotten nodes have left.
    Random::Bound const bound(view.handle_limit() - 1);
    gossip_peers.resize(count);
    for (Peer*& peer : gossip_peers) {
        peer = &view.place(static_cast<PeerHandle>(1 + random.below(bound)));
        prefetch(peer);
    }
}

void ClusterState::Impl::add_gossip_about(BusMessage& message, Peer& peer) {
    told_of[peer.handle] = true;
    message.gossip.push_back({.contact = peer.contact,
                              .pong_received_ms = peer.pong_received_ms / 1000 * 1000,
                              .id_digest = peer.contact->id_digest,
                              .flags = peer.flags});
}

void ClusterState::Impl::broadcast_pong() {
    for (Peer* const peer : view.peers()) {
        if (hears_broadcasts(*peer)) {
            BusMessage pong = message(BusType::pong);
            add_gossip(pong);
            send(*peer, std::move(pong));
        }
    }
}

/// To those who may stand for the same election: they rank themselves by our offset.
void ClusterState::Impl::broadcast_pong_to_siblings() {
    if (me().master() == nullptr) {
        return;
    }
    for (Peer* const sibling : me().master()->replicas()) {
        if (hears_broadcasts(*sibling)) {
            BusMessage pong = message(BusType::pong);
            add_gossip(pong);
            send(*sibling, std::move(pong));
        }
    }
}

void ClusterState::Impl::broadcast_fail(Peer const& failed) {
    for (Peer* const peer : view.peers()) {
        if (hears_broadcasts(*peer)) {
            BusMessage fail = message(BusType::fail);
            fail.about = failed.id();
            send(*peer, std::move(fail));
        }
    }
}

void ClusterState::Impl::request_votes() {
    for (Peer* const peer : view.peers()) {
        if (hears_broadcasts(*peer)) {
            BusMessage request = message(BusType::auth_request);
            request.force_ack = manual.end_ms != 0;
            send(*peer, std::move(request));
        }
    }
}

void ClusterState::Impl::send_update(BusMessage const& to, Peer& about) {
    BusMessage update = message(BusType::update);
    update.about = about.id();
    update.about_epoch = about.config_epoch();
    std::shared_ptr<SlotSet const> const& slots = view.slots_of(about);
    if (slots->overlaps(view.abandoned())) {
        update.about_slots = std::make_shared<SlotSet>(*slots - view.abandoned());
    } else {
        update.about_slots = slots;
    }
    answer(to, std::move(update));
}

void ClusterState::Impl::publish(std::string_view channel, std::string_view payload, bool shard) {
    Peer const* const master = &my_master();
    for (Peer* const peer : view.peers()) {
        bool const is_of_my_shard = peer == master || peer->master() == master;
        if (!hears_broadcasts(*peer) || (shard && !is_of_my_shard)) {
            continue;
        }
        BusMessage published = message(BusType::publish);
        published.channel = channel;
        published.payload = payload;
        published.shard_channel = shard;
        send(*peer, std::move(published));
    }
}

}  // namespace keyslot::sim
