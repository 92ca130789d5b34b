#include "simulator/cluster/cluster_impl.hpp"

#include <algorithm>

namespace keyslot::sim {
namespace {

constexpr std::int64_t orphan_delay_ms = 5000;

std::size_t count_good_replicas(Peer const& master) {
    auto const is_good = [](Peer const* replica) { return !replica->is_failed(); };
    return static_cast<std::size_t>(
        std::count_if(master.replicas.begin(), master.replicas.end(), is_good));
}

bool is_orphaned(Peer const& peer) {
    return peer.is_master() && !peer.is_failed() && peer.had_replicas &&
           count_good_replicas(peer) == 0;
}

}  // namespace

/// A replica that its master can spare goes to a master that has lost all of its own (facts 5.7).
/// Every replica works out the same candidate, so that only that one moves.
void ClusterState::Impl::consider_migration() {
    Peer* const master = me().master;
    if (!is_ok || !config.allow_replica_migration || config.replica_no_failover ||
        master == nullptr) {
        return;
    }
    std::size_t const here = count_good_replicas(*master);
    if (here < 2 || here <= static_cast<std::size_t>(config.migration_barrier)) {
        return;
    }
    std::size_t most = 0;
    for (Peer const* const peer : view.peers()) {
        if (peer->is_master() && !peer->is_failed()) {
            most = std::max(most, count_good_replicas(*peer));
        }
    }
    if (here != most) {
        return;
    }
    Peer* target = nullptr;
    Peer const* candidate = &me();
    for (Peer* const peer : view.peers()) {
        if (is_orphaned(*peer)) {
            if (target == nullptr && peer->slot_count > 0) {
                target = peer;
            }
            if (peer->orphaned_ms == 0) {
                peer->orphaned_ms = now_ms;
            }
        } else {
            peer->orphaned_ms = 0;
        }
        if (peer->is_master() && count_good_replicas(*peer) == most) {
            for (Peer const* const replica : peer->replicas) {
                if (!replica->is_unreachable() && replica->id() < candidate->id()) {
                    candidate = replica;
                }
            }
        }
    }
    if (target != nullptr && candidate == &me() && now_ms - target->orphaned_ms > orphan_delay_ms) {
        replicate(*target);
    }
}

}  // namespace keyslot::sim
