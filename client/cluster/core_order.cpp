// Commands on one slot keep their order: who waits behind whom.
#include "client/cluster/core.hpp"

namespace keyslot::detail {

bool ClusterCore::must_hold(Call const& call) const {
    if (orders_.empty() || !call.keeps_order()) {
        return false;
    }
    auto const found = orders_.find(call.route.slot);
    if (found == orders_.end()) {
        return false;
    }
    SlotOrder const& order = found->second;
    if (call.route.reads) {
        return !order.stop_reads.empty() && *order.stop_reads.begin() < call.sequence;
    }
    return !order.all.empty() && order.all.begin()->first < call.sequence;
}

void ClusterCore::defer(Call& call) {
    if (!call.keeps_order()) {
        return;
    }
    SlotOrder& order = orders_[call.route.slot];
    order.all.emplace(call.sequence, &call);
    if (!call.lets_reads_pass) {
        order.stop_reads.insert(call.sequence);
    }
    if (call.place == Call::Place::held) {
        order.held.emplace(call.sequence, &call);
    }
}

void ClusterCore::undefer(Call& call) {
    auto const found = orders_.find(call.route.slot);
    if (!call.keeps_order() || found == orders_.end()) {
        return;
    }
    SlotOrder& order = found->second;
    order.all.erase(call.sequence);
    order.stop_reads.erase(call.sequence);
    order.held.erase(call.sequence);
    call.lets_reads_pass = false;
    if (order.all.empty()) {
        orders_.erase(found);
    }
}

void ClusterCore::doubt(Call& call) {
    call.doubtful = true;
    defer(call);
}

// What goes out next on the same connection would overtake a command of several keys when the node has not
// got all of them (TRYAGAIN), and a script that the node does not know (client-bugs 61, 86). A single call
// relies on what has run on its connection: the node has it, unless somebody has just told it SCRIPT FLUSH.
void ClusterCore::hold_others_behind(Call& call) {
    bool const is_sure = call.script && !call.in_pipeline && call.link->knows(call.script->sha);
    if (call.doubtful || is_sure || !call.keeps_order()) {
        return;
    }
    call.lets_reads_pass = call.route.reads;
    doubt(call);
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
            doubt(*call);
        }
    }
}

void ClusterCore::release_held(std::uint16_t slot) {
    for (;;) {
        auto const found = orders_.find(slot);
        if (found == orders_.end() || found->second.held.empty()) {
            return;
        }
        Call& call = *found->second.held.begin()->second;
        if (must_hold(call)) {
            return;
        }
        undefer(call);
        call.place = Call::Place::prepared;
        send(call);
    }
}

}  // namespace keyslot::detail
