#include "client/topology/slot_map.hpp"

#include "client/topology/slot_ranges.hpp"

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

std::string to_string(HostPort const& address) {
    bool const bare_ipv6 =
        address.host.find(':') != std::string::npos && address.host.front() != '[';
    std::string text = bare_ipv6 ? "[" + address.host + "]" : address.host;
    text += ':';
    text += std::to_string(address.port);
    return text;
}

SlotMap::Applied SlotMap::apply(ClusterView view, int confirmed_by) {
    settle_claims(view);
    std::size_t covered = 0;
    for (Shard& shard : view.shards) {
        std::sort(shard.replicas.begin(), shard.replicas.end(), before);
        for (SlotRange const& range : shard.slots) {
            covered += static_cast<std::size_t>(range.last - range.first + 1);
        }
    }
    bool const partial = covered < covered_ && confirmed_by < 2;
    if (covered == 0 || partial || view.shards.size() >= no_shard) {
        return Applied::refused;
    }
    std::sort(view.shards.begin(), view.shards.end(), stands_before);
    if (view.shards == shards_) {
        return Applied::unchanged;
    }
    shards_ = std::move(view.shards);
    covered_ = covered;
    owner_.fill(no_shard);
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        for (SlotRange const& range : shards_[i].slots) {
            std::fill(owner_.begin() + range.first, owner_.begin() + range.last + 1,
                      static_cast<std::uint16_t>(i));
        }
    }
    ++version_;
    return Applied::replaced;
}

bool SlotMap::patch(std::uint16_t slot, HostPort const& owner) {
    if (slot >= slot_count || owner.port == 0) {
        return false;
    }
    HostPort const* const now = primary_of(slot);
    if (now != nullptr && *now == owner) {
        return false;
    }
    std::uint16_t const from = owner_[slot];
    std::uint16_t const to = shard_with_primary(owner);
    if (to == no_shard) {
        return false;
    }
    if (from == no_shard) {
        ++covered_;
    } else {
        erase_slot(shards_[from].slots, slot);
    }
    insert_slot(shards_[to].slots, slot);
    shards_[to].primary.health = Health::online;  // the cluster would not send us to a failed node
    owner_[slot] = to;
    ++version_;
    return true;
}

// Finds the shard, or makes it.
std::uint16_t SlotMap::shard_with_primary(HostPort const& address) {
    Node primary{.id = {}, .address = address, .role = Role::primary, .health = Health::online};
    std::size_t place = shards_.size();
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        if (shards_[i].primary.address == address) {
            return static_cast<std::uint16_t>(i);
        }
        // A node that only a redirection told of and that has lost its last slot: its place is
        // free. That bounds what a flood of redirections to ever new addresses can take.
        if (shards_[i].primary.id.empty() && shards_[i].slots.empty()) {
            place = i;
        }
    }
    for (Shard& shard : shards_) {
        auto const promoted =
            std::find_if(shard.replicas.begin(), shard.replicas.end(),
                         [&](Node const& replica) { return replica.address == address; });
        if (promoted != shard.replicas.end()) {
            primary.id = promoted->id;
            shard.replicas.erase(promoted);
            break;
        }
    }
    if (place == shards_.size()) {
        if (shards_.size() + 1 >= no_shard) {
            return no_shard;
        }
        shards_.emplace_back();
    }
    shards_[place] = {.primary = std::move(primary), .replicas = {}, .slots = {}};
    return static_cast<std::uint16_t>(place);
}

bool SlotMap::lists(HostPort const& address) const {
    return std::any_of(shards_.begin(), shards_.end(), [&](Shard const& shard) {
        return shard.primary.address == address ||
               std::any_of(shard.replicas.begin(), shard.replicas.end(),
                           [&](Node const& replica) { return replica.address == address; });
    });
}

}  // namespace keyslot::topology
