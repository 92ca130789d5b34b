#include "client/topology/view_merge.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>

namespace keyslot::topology {
namespace {

bool same_node(Node const& a, Node const& b) {
    return a.id.empty() || b.id.empty() ? has_address(a, b.address) : a.id == b.id;
}

// The view's shard with the same primary. Views come in the same order as the map, nearly always.
std::vector<std::uint16_t> find_counterparts(std::span<Shard const> map,
                                             std::span<Shard const> view) {
    std::vector<std::uint16_t> counterparts(map.size(), SlotMap::no_shard);
    std::vector<std::pair<std::string_view, std::uint16_t>> by_id;
    for (std::size_t i = 0; i < map.size(); ++i) {
        Node const& primary = map[i].primary;
        if (i < view.size() && same_node(primary, view[i].primary)) {
            counterparts[i] = static_cast<std::uint16_t>(i);
            continue;
        }
        if (by_id.empty()) {
            for (std::size_t j = 0; j < view.size(); ++j) {
                by_id.emplace_back(view[j].primary.id, static_cast<std::uint16_t>(j));
            }
            std::sort(by_id.begin(), by_id.end());
        }
        auto const found = std::lower_bound(
            by_id.begin(), by_id.end(), std::pair(std::string_view(primary.id), std::uint16_t{0}));
        if (!primary.id.empty() && found != by_id.end() && found->first == primary.id) {
            counterparts[i] = found->second;
            continue;
        }
        auto const by_address = std::find_if(view.begin(), view.end(), [&](Shard const& shard) {
            return (primary.id.empty() || shard.primary.id.empty()) &&
                   same_node(shard.primary, primary);
        });
        if (by_address != view.end()) {
            counterparts[i] = static_cast<std::uint16_t>(by_address - view.begin());
        }
    }
    return counterparts;
}

}  // namespace

void fill_owners(OwnerTable& owners, std::span<Shard const> shards) {
    owners.fill(SlotMap::no_shard);
    for (std::size_t i = 0; i < shards.size(); ++i) {
        for (SlotRange const& range : shards[i].slots) {
            std::fill(owners.begin() + range.first, owners.begin() + range.last + 1,
                      static_cast<std::uint16_t>(i));
        }
    }
}

NodeIndex::NodeIndex(ClusterView const& view) {
    for (Shard const& shard : view.shards) {
        places_.emplace_back(shard.primary.id, &shard);
        for (Node const& replica : shard.replicas) {
            places_.emplace_back(replica.id, &shard);
        }
    }
    std::stable_sort(places_.begin(), places_.end(),
                     [](auto const& a, auto const& b) { return a.first < b.first; });
}

Shard const* NodeIndex::find(Node const& node) const {
    if (node.id.empty()) {
        auto const found = std::find_if(places_.begin(), places_.end(), [&](auto const& place) {
            return has_address(place.second->primary, node.address);
        });
        return found != places_.end() ? found->second : nullptr;
    }
    auto const found = std::lower_bound(
        places_.begin(), places_.end(), std::string_view(node.id),
        [](auto const& place, std::string_view wanted) { return place.first < wanted; });
    return found != places_.end() && found->first == node.id ? found->second : nullptr;
}

ViewMerge::ViewMerge(SlotMap const& map, ClusterView const& view, ViewSource const& source)
    : map_(map),
      view_(view),
      source_(source),
      counterparts_(find_counterparts(map.shards(), view.shards)) {
    fill_owners(owners_, view.shards);
    std::vector<std::uint16_t> former(view.shards.size(), SlotMap::no_shard);
    for (std::size_t i = 0; i < counterparts_.size(); ++i) {
        if (counterparts_[i] != SlotMap::no_shard) {
            former[counterparts_[i]] = static_cast<std::uint16_t>(i);
        }
    }
    std::size_t covered = 0;
    for (std::size_t i = 0; i < view.shards.size(); ++i) {
        for (SlotRange const& range : view.shards[i].slots) {
            compare(range, former[i]);
            covered += static_cast<std::size_t>(range.last - range.first + 1);
        }
    }
    for (std::uint16_t slot = 0; slot < slot_count && covered < slot_count; ++slot) {
        if (owners_[slot] == SlotMap::no_shard && map.shard_of(slot) != SlotMap::no_shard) {
            decide(slot);
        }
    }
}

// `former`: who has to own the range in the map if nothing has changed. What it owns is passed over.
void ViewMerge::compare(SlotRange range, std::uint16_t former) {
    std::uint16_t slot = range.first;
    if (former != SlotMap::no_shard) {
        for (SlotRange const& same : map_.shards()[former].slots) {
            for (; slot <= range.last && slot < same.first; ++slot) {
                decide(slot);
            }
            slot = std::max(slot, static_cast<std::uint16_t>(same.last + 1));
        }
    }
    for (; slot <= range.last; ++slot) {
        decide(slot);
    }
}

void ViewMerge::decide(std::uint16_t slot) {
    if (holds(slot)) {
        taken_.push_back(slot);
    } else {
        ++kept_;
    }
}

bool ViewMerge::holds(std::uint16_t slot) {
    std::uint16_t const owner = map_.shard_of(slot);
    std::uint16_t const claimant = owners_[slot];
    if (owner == SlotMap::no_shard) {
        return true;
    }
    return holds_against(map_.shards()[owner].primary, map_.claims_[slot],
                         claimant == SlotMap::no_shard ? nullptr : &view_.shards[claimant], slot);
}

bool ViewMerge::holds_against(Node const& owner, std::uint64_t claim, Shard const* claimant,
                              std::uint16_t slot) {
    if (!view_.has_epochs) {
        // Nothing tells the age: the newest answer wins, and a hole wants a second witness.
        return claimant != nullptr || confirmed(slot, claimant);
    }
    std::uint64_t const offered = claimant != nullptr ? claimant->epoch * 2 : 0;
    if (claimant != nullptr && offered > claim) {
        return true;
    }
    Shard const* const listed = index().find(owner);
    if (listed != nullptr && listed->epoch < claim / 2) {
        KEYSLOT_SOMETIMES_RARELY("merge.older_claim_refused");
        return false;  // an older view
    }
    if (claimant != nullptr && !view_.from_minority) {
        if (said_by(owner) || (said_by(claimant->primary) && offered + 1 >= claim)) {
            return true;
        }
    }
    bool const is_failed = listed != nullptr && same_node(listed->primary, owner) &&
                           listed->primary.health == Health::fail;
    if (claimant != nullptr && listed != nullptr && !is_failed) {
        return false;
    }
    return !view_.from_minority && confirmed(slot, claimant);
}

// Another node, asked at the same occasion, said the same of the slot.
bool ViewMerge::confirmed(std::uint16_t slot, Shard const* claimant) {
    if (other_owners_.empty() && !source_.others.empty()) {
        other_owners_.resize(source_.others.size());
        for (std::size_t i = 0; i < source_.others.size(); ++i) {
            fill_owners(other_owners_[i], source_.others[i].shards);
        }
    }
    for (std::size_t i = 0; i < source_.others.size(); ++i) {
        ClusterView const& other = source_.others[i];
        if (other.from_minority ||
            (!other.answered_by.empty() && other.answered_by == view_.answered_by)) {
            continue;
        }
        std::uint16_t const owner = other_owners_[i][slot];
        bool const same =
            owner == SlotMap::no_shard
                ? claimant == nullptr
                : claimant != nullptr && same_node(other.shards[owner].primary, claimant->primary);
        if (same) {
            return true;
        }
    }
    return false;
}

bool ViewMerge::said_by(Node const& node) const {
    return view_.answered_by.empty() || node.id.empty() ? has_address(node, source_.asked)
                                                        : view_.answered_by == node.id;
}

NodeIndex const& ViewMerge::index() {
    if (index_.empty()) {
        index_.emplace_back(view_);
    }
    return index_.front();
}

// What was given away at an epoch stays given away at that epoch.
std::uint64_t ViewMerge::claim_after(std::uint16_t slot) const {
    std::uint16_t const claimant = owners_[slot];
    std::uint64_t const offered =
        claimant == SlotMap::no_shard ? 0 : view_.shards[claimant].epoch * 2;
    std::uint64_t const claim = map_.claims_[slot];
    std::uint16_t const owner = map_.shard_of(slot);
    if (owner == SlotMap::no_shard || offered > claim) {
        return offered;
    }
    return claimant == counterparts_[owner] ? claim : claim | 1;
}

}  // namespace keyslot::topology
