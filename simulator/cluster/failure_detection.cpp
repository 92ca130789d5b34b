#include "client/protocol/hash_slot.hpp"
#include "simulator/cluster/cluster_impl.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>

namespace keyslot::sim {
namespace {

constexpr std::int64_t report_validity_factor = 2;
constexpr std::int64_t fail_undo_factor = 2;
constexpr std::int64_t writable_delay_ms = 2000;
constexpr std::int64_t rejoin_delay_ms_min = 500;
constexpr std::int64_t rejoin_delay_ms_max = 5000;

}  // namespace

/// Only those of masters are kept, and only fresh ones count.
std::size_t ClusterState::Impl::count_failure_reports(Peer& about) {
    std::int64_t const oldest_ms = now_ms - config.node_timeout_ms * report_validity_factor;
    about.drop_reports_if([&](auto const& report) { return report.at_ms < oldest_ms; });
    return about.reports().size();
}

/// PFAIL is an opinion, FAIL a fact: a majority of the masters with slots, this one included if it
/// is a master, must hold the opinion within a window of time (facts 5.2).
void ClusterState::Impl::fail_if_majority_agrees(Peer& peer) {
    if (!peer.has(node_pfail)) {
        return;
    }
    std::size_t const agreeing = count_failure_reports(peer) + (me().is_master() ? 1 : 0);
    if (agreeing >= size / 2 + 1) {
        KEYSLOT_SOMETIMES("failure.agreed");
        mark_failed(peer);
        broadcast_fail(peer);
    }
}

void ClusterState::Impl::mark_failed(Peer& peer) {
    peer.clear(node_pfail);
    peer.set(node_fail);
    peer.details->failed_ms = now_ms;
    to_do.evaluate_state = true;
}

/// It answers again. A master that still has its slots must wait: a replica may be about to take
/// them.
void ClusterState::Impl::clear_failure_if_due(Peer& peer) {
    bool const has_nothing_to_lose = peer.is_replica() || peer.slot_count == 0;
    bool const was_not_replaced =
        now_ms - peer.details->failed_ms > config.node_timeout_ms * fail_undo_factor;
    if (has_nothing_to_lose || was_not_replaced) {
        KEYSLOT_SOMETIMES_IF("failure.taken_back_of_master", !has_nothing_to_lose);
        peer.clear(node_fail);
        to_do.evaluate_state = true;
    }
}

/// Facts 5.5.
void ClusterState::Impl::evaluate_state() {
    if (!first_evaluated_ms) {
        first_evaluated_ms = now_ms;
    }
    // Time for the cluster to tell a master that comes back what happened meanwhile.
    if (me().is_master() && !is_ok && now_ms - *first_evaluated_ms < writable_delay_ms) {
        to_do.evaluate_state = true;
        return;
    }
    std::size_t reachable = 0;
    std::size_t failed = 0;
    size = 0;
    view.for_each_place([&](Peer const& peer) {
        if (peer.slot_count > 0) {
            failed += peer.is_failed() ? 1 : 0;
            size += peer.is_master() ? 1 : 0;
            reachable += peer.is_master() && !peer.is_unreachable() ? 1 : 0;
        }
    });
    bool const is_covered = view.assigned_slots() == protocol::slot_count && failed == 0;
    bool ok = !config.require_full_coverage || is_covered;
    if (reachable < size / 2 + 1) {
        KEYSLOT_SOMETIMES_IF("state.minority", is_ok);
        ok = false;
        in_minority_ms = now_ms;
    }
    if (ok && !is_ok && me().is_master() && in_minority_ms) {
        std::int64_t const rejoin_delay_ms =
            std::clamp(config.node_timeout_ms, rejoin_delay_ms_min, rejoin_delay_ms_max);
        if (now_ms - *in_minority_ms < rejoin_delay_ms) {
            KEYSLOT_SOMETIMES("state.rejoin_delayed");
            return;
        }
    }
    is_ok = ok;
}

}  // namespace keyslot::sim
