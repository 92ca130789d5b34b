#include "simulator/faults/player/slot_repair.hpp"

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/node/node.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace keyslot::sim {
namespace {

constexpr std::uint32_t slot_count = 16384;

std::string whose(Cluster& cluster, std::string_view id) {
    auto const& nodes = cluster.nodes();
    auto const owner = std::find_if(nodes.begin(), nodes.end(),
                                    [id](Member const& node) { return node.id() == id; });
    return owner == nodes.end() ? "nobody's" : owner->name() + "'s";
}

std::set<std::string, std::less<>> ids_of_nodes_that_are_down(Cluster& cluster) {
    std::set<std::string, std::less<>> ids;
    for (Member const& member : cluster.nodes()) {
        if (!member.is_up()) {
            ids.insert(member.id());
        }
    }
    return ids;
}

/// What one master believes of the slots, read from the first slot to the last.
class Belief {
public:
    explicit Belief(Member& master)
        : master_(&master),
          id_(std::as_const(master).node()->cluster().my_id()),
          claims_(std::as_const(master).node()->cluster().claims()) {}

    Member* master() const { return master_; }
    /// Goes on to that slot. Empty: unassigned.
    std::string_view owner_at(std::uint32_t slot) {
        while (next_ < claims_.size() && claims_[next_].last < slot) {
            ++next_;
        }
        bool const is_assigned = next_ < claims_.size() && claims_[next_].first <= slot;
        return is_assigned ? claims_[next_].owner.view() : std::string_view{};
    }
    /// The first slot after that one whose owner may be another.
    std::uint32_t changes_after(std::uint32_t slot) const {
        if (next_ == claims_.size()) {
            return slot_count;
        }
        return claims_[next_].first <= slot ? claims_[next_].last + 1u : claims_[next_].first;
    }
    bool is_mine(std::string_view owner) const { return owner == id_; }

private:
    Member* master_;
    std::string_view id_;
    std::vector<ClusterState::Claim> claims_;
    std::size_t next_ = 0;
};

std::vector<std::string> cluster_words(std::string_view command, std::uint16_t slot) {
    return {"CLUSTER", std::string(command), std::to_string(slot)};
}

std::vector<std::string> stable(std::uint16_t slot) {
    std::vector<std::string> words = cluster_words("SETSLOT", slot);
    words.emplace_back("STABLE");
    return words;
}

}  // namespace

std::vector<SlotGap> slot_gaps(Cluster& cluster) {
    std::vector<Belief> beliefs;
    for (Member& member : cluster.nodes()) {
        if (member.is_master()) {
            beliefs.emplace_back(member);
        }
    }
    auto const down = ids_of_nodes_that_are_down(cluster);
    std::vector<SlotGap> gaps;
    for (std::uint32_t slot = 0, end = 0; slot < slot_count; slot = end) {
        SlotGap gap;
        bool is_of_a_dead_node = false;
        end = slot_count;
        for (Belief& belief : beliefs) {
            std::string_view const owner = belief.owner_at(slot);
            end = std::min(end, belief.changes_after(slot));
            if (owner.empty()) {
                gap.blind.push_back(belief.master());
            } else if (belief.is_mine(owner)) {
                gap.owner = belief.master();
            } else {
                is_of_a_dead_node = is_of_a_dead_node || down.contains(owner);
            }
        }
        bool const is_gap = gap.owner == nullptr ? !is_of_a_dead_node : !gap.blind.empty();
        for (std::uint32_t n = slot; n < end && is_gap; ++n) {
            gap.slot = static_cast<std::uint16_t>(n);
            gaps.push_back(gap);
        }
    }
    return gaps;
}

std::string describe_slot_gaps(Cluster& cluster) {
    std::vector<SlotGap> const gaps = slot_gaps(cluster);
    if (gaps.empty()) {
        return {};
    }
    SlotGap const& gap = gaps.front();
    std::string text = "slot " + std::to_string(gap.slot) + " is served by " +
                       (gap.owner == nullptr ? "nobody" : gap.owner->name()) + ":";
    char const* between = " ";
    for (Member const& member : cluster.nodes()) {
        if (Node const* const node = member.node()) {
            text += between + member.name() + " takes it for " +
                    whose(cluster, node->cluster().owner_of(gap.slot));
            between = ", ";
        }
    }
    return text;
}

asio::awaitable<void> SlotRepair::run() {
    std::vector<SlotGap> const gaps = slot_gaps(*cluster_);
    for (SlotGap const& gap : gaps) {
        if (gap.owner == nullptr) {
            co_await give_away(gap.slot);
            continue;
        }
        for (Member const* const master : gap.blind) {
            co_await ask(*master, stable(gap.slot));
        }
    }
}

asio::awaitable<void> SlotRepair::give_away(std::uint16_t slot) {
    Member* owner = nullptr;
    std::int64_t most = -1;
    for (Member& member : cluster_->nodes()) {
        if (member.is_master()) {
            std::int64_t const keys = co_await count_keys(member, slot);
            if (keys > most) {
                owner = &member;
                most = keys;
            }
        }
    }
    if (owner == nullptr) {
        co_return;
    }
    // It may take the slot for that of another, who does not serve it.
    co_await ask(*owner, cluster_words("DELSLOTS", slot));
    co_await ask(*owner, cluster_words("ADDSLOTS", slot));
    co_await ask(*owner, stable(slot));
    std::vector<std::string> bump{"CLUSTER", "BUMPEPOCH"};
    co_await ask(*owner, std::move(bump));
}

asio::awaitable<std::int64_t> SlotRepair::count_keys(Member const& node, std::uint16_t slot) {
    Reply const keys = co_await ask(node, cluster_words("COUNTKEYSINSLOT", slot));
    co_return keys.as_integer().value_or(-1);
}

asio::awaitable<Reply> SlotRepair::ask(Member const& node, std::vector<std::string> words) {
    auto const found =
        sessions_.try_emplace(node.name(), *environment_, node.address(), cluster_->spec())
            .first;
    try {
        co_return co_await found->second.command(std::move(words));
    } catch (boost::system::system_error const&) {
        co_return Reply{};
    }
}

}  // namespace keyslot::sim
