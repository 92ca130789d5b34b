// Commands on one slot keep their order: which calls the machine is told of, and when those it holds go out.
#include "client/cluster/core.hpp"

#include "client/protocol/command_table.hpp"
#include "client/protocol/resp_writer.hpp"

#include <algorithm>
#include <cassert>

namespace keyslot::detail {

using Stops = routing::SlotOrder::Stops;

namespace {

std::vector<std::string_view> keys_of(std::string_view encoded) {
    std::vector<std::string_view> const words = protocol::words_of(encoded);
    std::vector<std::uint32_t> positions;
    std::vector<std::string_view> keys;
    protocol::CommandInfo const* const info = protocol::lookup_command(words);
    if (info != nullptr && protocol::key_positions(*info, words, positions)) {
        for (std::uint32_t const position : positions) {
            keys.push_back(words[position]);
        }
    }
    return keys;
}

bool share_a_key(std::string_view one, std::string_view other) {
    std::vector<std::string_view> const keys = keys_of(one);
    return std::ranges::any_of(
        keys_of(other), [&](std::string_view key) { return std::ranges::count(keys, key) != 0; });
}

}  // namespace

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
    bool const is_sure = call.script && call.pipeline == 0 && call.link->knows(call.script->sha);
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

void ClusterCore::hold(Call& call) {
    call.link = nullptr;
    call.doubtful = false;  // it stands in the way of others all the same
    call.place = Call::Place::held;
    order_.hold(call.route.slot, call.sequence, call.route.reads, call.handle());
}

// Whether calls behind it in its pipeline are still on the connection on which it was refused: what becomes of them
// tells whether it may be sent again.
bool ClusterCore::is_put_off(Call const& call) const {
    auto const link = call.refused_at.link.lock();
    return link != nullptr && !link->has_passed(call.refused_at);
}

// A node that comes back between two commands of a pipeline refuses the first and runs the second. The first cannot
// take its place any more: it has not run and says so, as on a connection without a client's retries.
void ClusterCore::overtake_those_before(Call const& call) {
    if (call.pipeline == 0 || waits_.empty() || !must_hold(call)) {
        return;
    }
    std::vector<std::uint64_t> overtaken;
    for (auto const& [until, handle] : waits_) {
        Call const& other = *find(handle);
        if (other.pipeline == call.pipeline && other.route.slot == call.route.slot &&
            other.sequence < call.sequence && other.refused_at.connection != 0 &&
            !(other.route.reads && call.route.reads) && share_a_key(other.encoded, call.encoded)) {
            overtaken.push_back(handle);
        }
    }
    bool const outer = std::exchange(post_completions_, true);
    for (std::uint64_t const handle : overtaken) {
        step(*find(handle), routing::Overtaken{}, nullptr, nullptr);
    }
    post_completions_ = outer;
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
