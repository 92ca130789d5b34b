#include "simulator/cluster/cluster_impl.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>

namespace keyslot::sim {
namespace {

constexpr std::int64_t orphan_delay_ms = 5000;

std::size_t count_good_replicas(Peer const& master) {
    auto const is_good = [](Peer const* replica) { return !replica->is_failed(); };
    return static_cast<std::size_t>(
        std::count_if(master.replicas().begin(), master.replicas().end(), is_good));
}

bool is_orphaned(Peer const& peer) {
    return peer.is_master() && !peer.is_failed() && peer.details->had_replicas &&
           count_good_replicas(peer) == 0;
}

/// The master would be left with as many as the barrier asks for. Suspects do not count here.
bool can_be_spared(Peer const& master, int barrier) {
    auto const is_reachable = [](Peer const* replica) { return !replica->is_unreachable(); };
    return std::count_if(master.replicas().begin(), master.replicas().end(), is_reachable) >
           barrier;
}

}  // namespace

/// How many good replicas the richest master has, if somebody needs one and ours is as rich; else 0.
std::size_t ClusterState::Impl::replicas_of_the_richest() const {
    Peer const& master = *view.myself().master();
    std::size_t const ours = count_good_replicas(master);
    if (ours < 2 || master.is_failed()) {
        return 0;  // as nearly always: nobody else need be looked at
    }
    std::size_t most = 0;
    bool is_anybody_orphaned = false;
    for (Peer const* const peer : view.peers()) {
        if (peer->is_master() && !peer->is_failed() && !peer->has(node_noaddr | node_handshake)) {
            most = std::max(most, count_good_replicas(*peer));
            is_anybody_orphaned =
                is_anybody_orphaned || (is_orphaned(*peer) && peer->slot_count > 0);
        }
    }
    return is_anybody_orphaned && ours == most ? most : 0;
}

/// A replica that its master can spare goes to a master that has lost all of its own (facts 5.7).
/// Every replica works out the same candidate, so that only that one moves. It may be one that is down:
/// then nobody moves before it is back. Since when a master is orphaned is noted only while one is, so
/// that the second time needs no delay.
void ClusterState::Impl::consider_migration() {
    Peer* const master = me().master();
    if (!config.allow_replica_migration || master == nullptr) {
        return;
    }
    std::size_t const most = replicas_of_the_richest();
    if (most == 0 || !is_ok || !can_be_spared(*master, config.migration_barrier)) {
        return;
    }
    Peer* target = nullptr;
    Peer const* candidate = &me();
    for (Peer* const peer : view.peers()) {
        if (is_orphaned(*peer)) {
            if (target == nullptr && peer->slot_count > 0) {
                target = peer;
            }
            if (peer->details->orphaned_ms == 0) {
                peer->details->orphaned_ms = now_ms;
            }
        } else {
            peer->details->orphaned_ms = 0;
        }
        if (peer->is_master() && count_good_replicas(*peer) == most) {
            for (Peer const* const replica : peer->replicas()) {
                if (replica->id() < candidate->id()) {
                    candidate = replica;
                }
            }
        }
    }
    if (target != nullptr && candidate == &me() &&
        now_ms - target->details->orphaned_ms > orphan_delay_ms) {
        KEYSLOT_SOMETIMES_RARELY("replica.moved_to_orphan");
        replicate(*target);
    }
}

}  // namespace keyslot::sim
