#include "client/topology/slot_map.hpp"

#include "client/topology/slot_ranges.hpp"
#include "client/topology/view_merge.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace keyslot::topology {
namespace {

bool before(Node const& a, Node const& b) {
    return std::tie(a.id, a.address) < std::tie(b.id, b.address);
}

bool stands_before(Shard const& a, Shard const& b) {
    int const first_a = a.slots.empty() ? slot_count : a.slots.front().first;
    int const first_b = b.slots.empty() ? slot_count : b.slots.front().first;
    return first_a != first_b ? first_a < first_b : before(a.primary, b.primary);
}

}  // namespace

void add_alias(Node& node, std::string_view host, std::uint16_t port, Asked const& asked) {
    if (host.empty()) {
        return;
    }
    auto alias = dialable(host, port, asked);
    if (alias && !has_address(node, *alias)) {
        node.aliases.push_back(std::move(*alias));
    }
}

bool has_address(Node const& node, HostPort const& address) {
    return node.address == address ||
           std::find(node.aliases.begin(), node.aliases.end(), address) != node.aliases.end();
}

SlotMap::Applied SlotMap::apply(ClusterView view, ViewSource const& source) {
    settle_claims(view);
    std::size_t covered = 0;
    for (Shard& shard : view.shards) {
        std::sort(shard.replicas.begin(), shard.replicas.end(), before);
        for (SlotRange const& range : shard.slots) {
            covered += static_cast<std::size_t>(range.last - range.first + 1);
        }
    }
    std::sort(view.shards.begin(), view.shards.end(), stands_before);
    bool const kin = is_kin(view);
    if (covered == 0 || view.shards.size() >= no_shard ||
        ((view.from_minority || !kin) && !source.last_resort)) {
        return Applied::refused;
    }
    if (!kin) {
        *this = SlotMap(version_);  // what was known is of no use for another cluster
    }
    if (view.shards == shards_) {  // nearly always: there is nothing to decide
        raise_claims(view);
        for (std::size_t i = 0; i < shards_.size(); ++i) {
            shards_[i].epoch = view.shards[i].epoch;
        }
        return Applied::unchanged;
    }
    if (shards_.empty()) {
        raise_claims(view);
        fill_owners(owner_, view.shards);
    } else {
        ViewMerge const merge(*this, view, source);
        if (merge.keeps_any()) {
            return merge.taken().empty() ? Applied::refused : take_some(view, merge);
        }
        for (std::uint16_t const slot : merge.taken()) {
            claims_[slot] = merge.claim_after(slot);
        }
        raise_claims(view);
        owner_ = merge.owners();
    }
    shards_ = std::move(view.shards);
    covered_ = covered;
    ++version_;
    return Applied::replaced;
}

// No slot's claim is below its owner's epoch: where that is the same as before, there is nothing to raise.
void SlotMap::raise_claims(ClusterView const& view) {
    for (Shard const& shard : view.shards) {
        std::uint16_t const owner = shard.slots.empty() ? no_shard : owner_[shard.slots[0].first];
        if (owner != no_shard && shards_[owner].epoch == shard.epoch &&
            shards_[owner].primary.id == shard.primary.id) {
            continue;
        }
        for (SlotRange const& range : shard.slots) {
            for (std::uint16_t slot = range.first; slot <= range.last; ++slot) {
                claims_[slot] = std::max(claims_[slot], shard.epoch * 2);
            }
        }
    }
}

SlotMap::Applied SlotMap::take_some(ClusterView const& view, ViewMerge const& merge) {
    std::vector<std::uint16_t> places(view.shards.size(), no_shard);
    for (std::uint16_t const slot : merge.taken()) {
        std::uint16_t const claimant = merge.owners()[slot];
        std::uint16_t to = no_shard;
        if (claimant != no_shard) {
            std::uint16_t& place = places[claimant];
            if (place == no_shard) {
                place = shard_like(view.shards[claimant]);
            }
            to = place;
            if (to == no_shard) {
                continue;
            }
        }
        claims_[slot] = merge.claim_after(slot);
        give(slot, to);
    }
    ++version_;
    return Applied::partly;
}

bool SlotMap::is_kin(ClusterView const& view) const {
    std::size_t owners = 0;
    std::size_t listed = 0;
    std::optional<NodeIndex> index;
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        Node const& primary = shards_[i].primary;
        if (shards_[i].slots.empty()) {
            continue;
        }
        ++owners;
        bool found = i < view.shards.size() && view.shards[i].primary.id == primary.id;
        if (!found) {
            if (!index) {
                index.emplace(view);
            }
            found = index->find(primary) != nullptr;
        }
        listed += found ? 1u : 0u;
    }
    return listed * 2 >= owners;
}

bool SlotMap::patch(std::uint16_t slot, HostPort const& owner, HostPort const* from) {
    if (slot >= slot_count || owner.port == 0) {
        return false;
    }
    std::uint16_t const now = owner_[slot];
    if (now != no_shard) {
        Node const& primary = shards_[now].primary;
        if (has_address(primary, owner) || (from != nullptr && !has_address(primary, *from))) {
            return false;
        }
    }
    std::uint16_t const to = shard_with_primary(owner);
    if (to == no_shard) {
        return false;
    }
    claims_[slot] = std::max(claims_[slot] | 1, shards_[to].epoch * 2);
    give(slot, to);
    shards_[to].primary.health = Health::online;  // the cluster would not send us to a failed node
    ++version_;
    return true;
}

void SlotMap::give(std::uint16_t slot, std::uint16_t to) {
    if (std::uint16_t const from = std::exchange(owner_[slot], to); from != no_shard) {
        erase_slot(shards_[from].slots, slot);
        --covered_;
    }
    if (to != no_shard) {
        insert_slot(shards_[to].slots, slot);
        ++covered_;
    }
}

// Finds the shard with that primary, as the view has it, or makes it.
std::uint16_t SlotMap::shard_like(Shard const& shard) {
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        Node const& primary = shards_[i].primary;
        if (primary.id.empty() ? has_address(shard.primary, primary.address)
                               : primary.id == shard.primary.id) {
            shards_[i].primary = shard.primary;  // its epoch is that of all its slots: unchanged
            return static_cast<std::uint16_t>(i);
        }
    }
    for (Shard& other : shards_) {
        std::erase_if(other.replicas,
                      [&](Node const& replica) { return replica.id == shard.primary.id; });
    }
    std::uint16_t const place = free_place();
    if (place != no_shard) {
        shards_[place] = shard;
        shards_[place].slots.clear();
    }
    return place;
}

// Finds the shard, or makes it.
std::uint16_t SlotMap::shard_with_primary(HostPort const& address) {
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        if (has_address(shards_[i].primary, address)) {
            return static_cast<std::uint16_t>(i);
        }
    }
    Node primary{.address = address};
    for (Shard& shard : shards_) {
        auto const promoted =
            std::find_if(shard.replicas.begin(), shard.replicas.end(),
                         [&](Node const& replica) { return has_address(replica, address); });
        if (promoted != shard.replicas.end()) {
            primary = std::move(*promoted);
            primary.role = Role::primary;
            shard.replicas.erase(promoted);
            break;
        }
    }
    std::uint16_t const place = free_place();
    if (place != no_shard) {
        shards_[place] = {.primary = std::move(primary)};
    }
    return place;
}

// Where a new shard goes. The place of a node that only a redirection told of and that has lost its last
// slot is free: that bounds what a flood of redirections to ever new addresses can take.
std::uint16_t SlotMap::free_place() {
    auto const unused = std::find_if(shards_.begin(), shards_.end(), [](Shard const& shard) {
        return shard.primary.id.empty() && shard.slots.empty();
    });
    if (unused != shards_.end()) {
        return static_cast<std::uint16_t>(unused - shards_.begin());
    }
    if (shards_.size() + 1 >= no_shard) {
        return no_shard;
    }
    shards_.emplace_back();
    return static_cast<std::uint16_t>(shards_.size() - 1);
}

HostPort SlotMap::known_as(HostPort address) const {
    for (Shard const& shard : shards_) {
        if (has_address(shard.primary, address)) {
            return shard.primary.address;
        }
        for (Node const& replica : shard.replicas) {
            if (has_address(replica, address)) {
                return replica.address;
            }
        }
    }
    return address;
}

bool SlotMap::shows_loading() const {
    return std::any_of(shards_.begin(), shards_.end(), [](Shard const& shard) {
        return std::any_of(shard.replicas.begin(), shard.replicas.end(),
                           [](Node const& replica) { return replica.health == Health::loading; });
    });
}

bool SlotMap::lists(HostPort const& address) const {
    return std::any_of(shards_.begin(), shards_.end(), [&](Shard const& shard) {
        return has_address(shard.primary, address) ||
               std::any_of(shard.replicas.begin(), shard.replicas.end(),
                           [&](Node const& replica) { return has_address(replica, address); });
    });
}

}  // namespace keyslot::topology
