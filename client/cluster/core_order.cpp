// Commands on one slot keep their order: which calls the machine is told of, and when those it holds go out.
#include "client/cluster/core.hpp"

#include <cassert>

namespace keyslot::detail {

using Stops = routing::SlotOrder::Stops;

void ClusterCore::stand(Call const& call, Stops stops) {
    if (call.keeps_order()) {
        order_.stand(call.route.slot, call.sequence, stops);
    }
}

void ClusterCore::leave_order(Call const& call) {
    if (call.keeps_order()) {
        order_.leave(call.route.slot, call.sequence);
    }
}

// What goes out next on the same connection would overtake a command of several keys when the node has not
// got all of them (TRYAGAIN), and a script that the node does not know (client-bugs 61, 86). A single call
// relies on what has run on its connection: the node has it, unless somebody has just told it SCRIPT FLUSH.
void ClusterCore::hold_others_behind(Call& call) {
    bool const is_sure = call.script && !call.in_pipeline && call.link->knows(call.script->sha);
    if (call.doubtful || is_sure || !call.keeps_order()) {
        return;
    }
    call.doubtful = true;
    stand(call, call.route.reads ? Stops::writes : Stops::all);
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
            stand(*call, Stops::all);
        }
    }
}

void ClusterCore::release_held(std::uint16_t slot) {
    while (auto const handle = order_.release(slot)) {
        Call* const call = find(*handle);
        assert(call != nullptr);
        call->place = Call::Place::prepared;
        send(*call);
    }
}

}  // namespace keyslot::detail
