// Commands on one slot keep their order: who waits behind whom.
#include "client/cluster/core.hpp"

namespace keyslot::detail {

bool ClusterCore::must_hold(Call const& call) const {
    if (deferred_.empty() || !call.keeps_order()) {
        return false;
    }
    auto const found = deferred_.find(call.route.slot);
    return found != deferred_.end() && found->second.begin()->first < call.sequence;
}

void ClusterCore::defer(Call& call) {
    if (call.keeps_order()) {
        deferred_[call.route.slot].emplace(call.sequence, &call);
    }
}

void ClusterCore::undefer(Call& call) {
    auto const found = deferred_.find(call.route.slot);
    if (!call.keeps_order() || found == deferred_.end()) {
        return;
    }
    found->second.erase(call.sequence);
    if (found->second.empty()) {
        deferred_.erase(found);
    }
}

// The map has changed. A call under way to a node that no longer owns its slot will probably be
// redirected: calls of that slot that start now must not overtake it.
void ClusterCore::doubt_calls_elsewhere() {
    for (Call* call = deadlines_.first(); call != nullptr; call = call->later) {
        if (call->link == nullptr || !call->keeps_order() || call->doubtful || call->by_replica) {
            continue;
        }
        topology::HostPort const* const owner = map_.primary_of(call->route.slot);
        if (owner == nullptr || *owner != call->link->address()) {
            call->doubtful = true;
            defer(*call);
        }
    }
}

void ClusterCore::release_held(std::uint16_t slot) {
    for (;;) {
        auto const found = deferred_.find(slot);
        if (found == deferred_.end()) {
            return;
        }
        Call& call = *found->second.begin()->second;
        if (call.place != Call::Place::held) {
            return;
        }
        undefer(call);
        call.place = Call::Place::prepared;
        send(call);
    }
}

}  // namespace keyslot::detail
