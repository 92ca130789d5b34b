#include "simulator/cluster/cluster_impl.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <chrono>

namespace keyslot::sim {
namespace {

constexpr std::int64_t manual_failover_ms = 5000;
constexpr std::int64_t pause_factor = 2;

}  // namespace

/// CLUSTER FAILOVER on a replica (facts 5.4).
void ClusterState::Impl::begin_manual_failover(FailoverKind kind) {
    reset_manual_failover();
    manual.end_ms = now_ms + manual_failover_ms;
    switch (kind) {
        case FailoverKind::takeover:
            bump_epoch_without_consensus();
            take_over_from_master();
            break;
        case FailoverKind::force: manual.can_start = true; break;
        case FailoverKind::ask_master: send(*me().master(), message(BusType::mfstart)); break;
    }
}

/// On the master: nothing is written from now on, so that the replica can catch up completely.
void ClusterState::Impl::on_manual_failover_start(Peer& replica, BusMessage const&) {
    if (!me().is_master() || replica.master() != &me()) {
        return;
    }
    reset_manual_failover();
    manual.end_ms = now_ms + manual_failover_ms;
    manual.replica = &replica;
    port.pause_writes_until(port.now() +
                            std::chrono::milliseconds{manual_failover_ms * pause_factor});
    send_ping(replica, true);
}

/// On the replica: it has caught up when it stands where its paused master stands.
void ClusterState::Impl::advance_manual_failover() {
    if (manual.end_ms == 0 || manual.can_start || !manual.master_offset) {
        return;
    }
    if (*manual.master_offset == port.replication_offset()) {
        manual.can_start = true;
        to_do.election = true;
    } else {
        to_do.manual_failover = true;
    }
}

void ClusterState::Impl::expire_manual_failover() {
    if (manual.end_ms != 0 && manual.end_ms < now_ms) {
        KEYSLOT_SOMETIMES_RARELY("failover.by_hand_timed_out");
        reset_manual_failover();
    }
}

void ClusterState::Impl::reset_manual_failover() {
    if (manual.replica != nullptr) {
        port.pause_writes_until(port.now());
    }
    manual = {};
}

}  // namespace keyslot::sim
