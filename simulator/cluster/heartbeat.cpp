#include "simulator/cluster/cluster_impl.hpp"

#include <algorithm>
#include <utility>

namespace keyslot::sim {
namespace {

// The real bus runs over TCP, which repeats what is lost and which cron reconnects when it has
// broken. Here a message is a datagram, so an unanswered ping is repeated; 200 ms is TCP's shortest
// timeout.
constexpr std::int64_t ping_repeat_ms_min = 200;
constexpr std::int64_t handshake_lifetime_ms_min = 1000;
constexpr std::uint64_t cron_runs_per_second = 10;
constexpr int random_candidates = 5;

}  // namespace

void ClusterState::Impl::cron() {
    begin_event();
    ++cron_runs;
    if (config.replica_no_failover) {
        me().set(node_nofailover);
    } else {
        me().clear(node_nofailover);
    }
    if (cron_runs % cron_runs_per_second == 0) {
        ping_someone();
    }
    visit_peers();
    keep_replicating();
    expire_manual_failover();
    if (me().is_replica()) {
        advance_manual_failover();
        advance_election();
    }
    if (me().is_replica()) {
        consider_migration();
    }
    to_do.evaluate_state = to_do.evaluate_state || !is_ok;
    settle();
}

/// Those whose time has come: in a large cluster that is what cron costs. Suspects and handshakes are
/// visited each time, so that the counts are complete.
void ClusterState::Impl::visit_peers() {
    suspected = 0;
    handshakes = 0;
    VisitTimes const times{config.node_timeout_ms, ping_repeat_interval_ms()};
    if (std::exchange(visit_times, times) != times) {
        view.all_want_attention();
    }
    std::span<std::int64_t> const attention_ms = view.attention_ms();
    for (std::size_t handle = myself_handle + 1u; handle < attention_ms.size(); ++handle) {
        if (attention_ms[handle] <= now_ms || manual.end_ms != 0) {
            visit(static_cast<PeerHandle>(handle));
        }
    }
}

void ClusterState::Impl::visit(PeerHandle handle) {
    Peer* const peer = view.by_handle(handle);
    std::int64_t const lifetime_ms = std::max(config.node_timeout_ms, handshake_lifetime_ms_min);
    if (peer == nullptr) {
        return;
    }
    if (peer->in_handshake() && now_ms - peer->details->created_ms > lifetime_ms) {
        view.remove(*peer);
        return;
    }
    if (!peer->has(node_noaddr)) {
        keep_link(*peer);
        if (!peer->in_handshake()) {
            watch(*peer);
        }
    }
    suspected += peer->has(node_pfail) ? 1 : 0;
    handshakes += peer->in_handshake() ? 1 : 0;
    bool const owes_answer = !peer->is_linked || peer->is_awaited() || peer->is_unreachable();
    if (!owes_answer) {
        view.attention_ms()[handle] = peer->pong_received_ms + visit_times.node_timeout_ms / 2;
    } else if (peer->is_failed() && !peer->is_linked) {
        view.attention_ms()[handle] = peer->details->last_sent_ms + visit_times.ping_repeat_ms;
    }
}

/// Opens links and repeats what they lost.
void ClusterState::Impl::keep_link(Peer& peer) {
    bool const is_waiting = !peer.is_linked || peer.is_awaited();
    if (is_waiting && now_ms - peer.details->last_sent_ms >= ping_repeat_interval_ms()) {
        bool const is_first = !peer.is_awaited();
        send_ping(peer, is_first);
    }
}

/// In a large cluster seldom enough that a split down the middle does not flood the bus.
std::int64_t ClusterState::Impl::ping_repeat_interval_ms() const {
    return std::max(ping_repeat_ms_min, static_cast<std::int64_t>(view.size()));
}

/// Once a second: of five drawn at random, the one not heard of for longest.
void ClusterState::Impl::ping_someone() {
    Peer* oldest = nullptr;
    for (int i = 0; i < random_candidates; ++i) {
        std::uint64_t const drawn = port.random().below(view.size());
        Peer* const peer = view.peers()[drawn];
        if (peer->has(node_myself | node_handshake) || !peer->is_linked || peer->is_awaited()) {
            continue;
        }
        if (oldest == nullptr || peer->pong_received_ms < oldest->pong_received_ms) {
            oldest = peer;
        }
    }
    if (oldest != nullptr) {
        send_ping(*oldest, true);
    }
}

/// Facts 5.1: forced ping, link reset and PFAIL.
void ClusterState::Impl::watch(Peer& peer) {
    std::int64_t const timeout_ms = config.node_timeout_ms;
    std::int64_t const ping_age_ms = peer.is_awaited() ? now_ms - peer.ping_sent_ms() : 0;
    std::int64_t const data_age_ms = now_ms - peer.details->data_received_ms;
    if (peer.is_linked && now_ms - peer.details->linked_ms > timeout_ms &&
        ping_age_ms > timeout_ms / 2 && data_age_ms > timeout_ms / 2) {
        peer.is_linked = false;
    }
    if (peer.is_linked && !peer.is_awaited() && now_ms - peer.pong_received_ms > timeout_ms / 2) {
        send_ping(peer, true);
        return;
    }
    // A replica that waits for our offset shall have it soon.
    if (manual.end_ms != 0 && me().is_master() && manual.replica == &peer && peer.is_linked) {
        send_ping(peer, true);
        return;
    }
    if (peer.is_awaited() && std::min(ping_age_ms, data_age_ms) > timeout_ms &&
        !peer.is_unreachable() && !is_pinned) {
        peer.set(node_pfail);
        to_do.evaluate_state = true;
    }
}

}  // namespace keyslot::sim
