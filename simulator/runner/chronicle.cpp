#include "simulator/runner/chronicle.hpp"

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/node/node.hpp"
#include "simulator/node/statistics.hpp"

#include <keyslot/sim/world.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace keyslot::sim {
namespace {

constexpr std::array<std::string_view, 6> refusals{"MOVED",    "ASK",     "CLUSTERDOWN",
                                                   "TRYAGAIN", "LOADING", "MASTERDOWN"};

}  // namespace

Chronicler::Chronicler(World& world) {
    for (std::size_t n = 0; n < world.cluster_count(); ++n) {
        for (Member& member : world.cluster(n).nodes()) {
            seen_.push_back({&member, {}});
            chronicle_.nodes.push_back({member.name(), {}, {}, {}});
        }
    }
}

void Chronicler::look(Instant at, ClusterStats const& clients) {
    for (std::size_t n = 0; n < seen_.size(); ++n) {
        NodeChronicle& chronicle = chronicle_.nodes[n];
        Member& member = *seen_[n].member;
        chronicle.conditions.note(at, condition_of(member));
        Node const* const node = member.node();
        chronicle.slots.note(at, node == nullptr
                                     ? std::uint16_t{0}
                                     : static_cast<std::uint16_t>(node->cluster().owned_slots()));
        if (node != nullptr) {
            note_refusals(at, *node, seen_[n], chronicle);
        } else {
            seen_[n].refusals.clear();
        }
    }
    std::uint64_t const redirects = clients.moved + clients.asked;
    chronicle_.redirects.add(at, redirects - (clients_.moved + clients_.asked));
    chronicle_.retries.add(at, clients.retries - clients_.retries);
    clients_ = clients;
}

NodeCondition Chronicler::condition_of(Member& member) const {
    NodeCondition condition;
    Node const* const node = member.node();
    if (node == nullptr) {
        condition.life = Life::down;
        return condition;
    }
    condition.life = member.is_paused() ? Life::paused : Life::up;
    condition.is_master = node->is_master();
    condition.cluster_ok = node->cluster().state_ok();
    if (auto const master = node->cluster().master_address()) {
        auto const found = std::find_if(seen_.begin(), seen_.end(), [&](Seen const& other) {
            Endpoint const& address = other.member->address();
            return address.address == master->first && address.port == master->second;
        });
        condition.master = found == seen_.end() ? std::string{} : found->member->name();
    }
    return condition;
}

void Chronicler::note_refusals(Instant at, Node const& node, Seen& seen, NodeChronicle& chronicle) {
    auto const& counted = node.statistics().errors_by_code;
    for (std::string_view const code : refusals) {
        auto const found = counted.find(code);
        if (found == counted.end()) {
            continue;
        }
        std::int64_t& before = seen.refusals[std::string(code)];
        // Less than before: CONFIG RESETSTAT, or a restart between two looks.
        std::int64_t const more = found->second < before ? found->second : found->second - before;
        if (more > 0) {
            chronicle.refusals[std::string(code)].add(at, static_cast<std::uint64_t>(more));
        }
        before = found->second;
    }
}

}  // namespace keyslot::sim
