#pragma once

#include "client/topology/slot_map.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::topology {

/// Owner by slot, as a view has it: indices of its shards.
using OwnerTable = std::array<std::uint16_t, slot_count>;
void fill_owners(OwnerTable& owners, std::span<Shard const> shards);

/// Finds the shard of a view that lists a node, as primary or as replica, by id; a node without one by
/// its address among the primaries.
class NodeIndex {
public:
    explicit NodeIndex(ClusterView const& view);
    /// nullptr: not listed.
    Shard const* find(Node const& node) const;

private:
    std::vector<std::pair<std::string_view, Shard const*>> places_;  // by id
};

/// The decision which claims of a view on slots hold against those of the map (SlotMap says how). Most
/// views agree with the map on nearly everything: what they agree on is found range by range.
class ViewMerge {
public:
    /// All must outlive the merge, `view` settled and unchanged.
    ViewMerge(SlotMap const& map, ClusterView const& view, ViewSource const& source);

    /// Claims of the view that the map shall take.
    std::vector<std::uint16_t> const& taken() const { return taken_; }
    /// Whether there are others, on which the map stays as it is.
    bool keeps_any() const { return kept_ > 0; }
    OwnerTable const& owners() const { return owners_; }
    /// What a slot's claim is after the merge, for a slot that the map and the view agree on, or that is
    /// taken.
    std::uint64_t claim_after(std::uint16_t slot) const;

private:
    void compare(SlotRange range, std::uint16_t former);
    void decide(std::uint16_t slot);
    bool holds(std::uint16_t slot);
    bool holds_against(Node const& owner, std::uint64_t claim, Shard const* claimant,
                       std::uint16_t slot);
    bool confirmed(std::uint16_t slot, Shard const* claimant);
    bool said_by(Node const& node) const;
    NodeIndex const& index();

    SlotMap const& map_;
    ClusterView const& view_;
    ViewSource const& source_;
    OwnerTable owners_;
    std::vector<std::uint16_t>
        counterparts_;  // by shard of the map: the view's with the same primary
    std::vector<std::uint16_t> taken_;
    std::size_t kept_ = 0;
    std::vector<NodeIndex> index_;  // none or one: most merges need none
    std::vector<OwnerTable> other_owners_;
};

}  // namespace keyslot::topology
