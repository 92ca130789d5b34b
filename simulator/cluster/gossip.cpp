#include "simulator/cluster/cluster_impl.hpp"

namespace keyslot::sim {
namespace {

constexpr std::int64_t clock_tolerance_ms = 500;

}  // namespace

void ClusterState::Impl::on_gossip(Peer& sender, BusMessage const& message) {
    view.find_all(message.gossip, gossip_peers);
    for (std::size_t n = 0; n < message.gossip.size(); ++n) {
        GossipEntry const& entry = message.gossip[n];
        if (gossip_peers[n] != nullptr) {
            on_gossip_about(*gossip_peers[n], entry, sender);
            continue;
        }
        // The word of a node that we know is enough to take in another one.
        if (!(entry.flags & node_noaddr) && !is_banned(entry.contact->id)) {
            view.add(entry.contact, static_cast<std::uint16_t>(entry.flags & ~node_myself), now_ms);
            to_do.evaluate_state = true;
        }
    }
}

void ClusterState::Impl::on_gossip_about(Peer& peer, GossipEntry const& entry, Peer& sender) {
    bool const is_unreachable_there = (entry.flags & (node_pfail | node_fail)) != 0;
    if (sender.is_master() && &peer != &me()) {
        if (is_unreachable_there) {
            peer.report(sender, now_ms);
            fail_if_majority_agrees(peer);
        } else {
            peer.drop_reports_if([&](auto const& report) { return report.reporter == &sender; });
        }
    }
    // Whoever was heard of by somebody that we trust needs no ping from us so soon.
    bool const is_well_here = !peer.is_unreachable() && !peer.is_awaited() && !peer.is_reported();
    if (is_well_here && !is_unreachable_there && entry.pong_received_ms > peer.pong_received_ms &&
        entry.pong_received_ms <= now_ms + clock_tolerance_ms) {
        peer.pong_received_ms = entry.pong_received_ms;
    }
    bool const is_better_known_there =
        peer.is_unreachable() && !is_unreachable_there && !(entry.flags & node_noaddr);
    if (is_better_known_there && &peer != &me() &&
        !peer.contact->is_at_same_place_as(*entry.contact)) {
        move_address(peer, entry.contact);
    }
}

}  // namespace keyslot::sim
