#include "simulator/cluster/view.hpp"

#include "client/protocol/hash_slot.hpp"
#include "simulator/cluster/slot_set.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

namespace keyslot::sim {
namespace {

bool by_id(Peer const* a, Peer const* b) { return a->id() < b->id(); }

}  // namespace

View::View(ContactPtr myself) : owner_(protocol::slot_count, no_peer) {
    attention_ms_.push_back(std::numeric_limits<std::int64_t>::max());
    myself_ = &add(std::move(myself), node_myself | node_master, 0);
    assert(myself_->handle == myself_handle);
}

View::~View() = default;

Peer* View::find(std::string_view id) const {
    return id.size() == NodeId::length ? find(NodeId{id}) : nullptr;
}

Peer* View::find(NodeId const& id) const { return by_id_.find(id, pool_); }

void View::all_want_attention() {
    pool_.for_each_place([&](Peer const& peer) {
        if (peer.handle > myself_handle) {
            wants_attention(peer);
        }
    });
}

Peer& View::add(ContactPtr contact, std::uint16_t flags, std::int64_t now_ms) {
    assert(find(contact->id) == nullptr);
    Peer& peer = pool_.add();
    attention_ms_.resize(pool_.limit());
    attention_ms_[peer.handle] = 0;
    peer.contact = std::move(contact);
    peer.flags = flags;
    peer.details->created_ms = now_ms;
    by_id_.insert(peer, pool_);
    insert_sorted(peer);
    return peer;
}

void View::remove(Peer& peer) {
    assert(&peer != myself_);
    unassign_all(peer);
    auto const is_about_it = [&](auto const& mark) { return mark.second == &peer; };
    std::erase_if(migrating_, is_about_it);
    std::erase_if(importing_, is_about_it);
    for (Peer* const other : sorted_) {
        other->drop_reports_if([&](auto const& report) { return report.reporter == &peer; });
    }
    for (Peer* const replica : peer.replicas()) {
        replica->details->master = nullptr;
    }
    linked_replicas_ -= peer.replicas().size();
    peer.details->replicas.clear();
    set_master_of(peer, nullptr);
    erase_sorted(peer);
    by_id_.erase(peer, pool_);
    attention_ms_[peer.handle] = std::numeric_limits<std::int64_t>::max();
    pool_.remove(peer);
}

void View::rename(Peer& peer, ContactPtr contact) {
    erase_sorted(peer);
    by_id_.erase(peer, pool_);
    peer.contact = std::move(contact);
    by_id_.insert(peer, pool_);
    insert_sorted(peer);
}

void View::set_master_of(Peer& replica, Peer* master) {
    if (replica.master() == master) {
        return;
    }
    if (Peer* const old = replica.master()) {
        std::erase(old->details->replicas, &replica);
        --linked_replicas_;
        if (old->replicas().empty()) {
            old->details->had_replicas = false;
        }
    }
    replica.details->master = master;
    if (master != nullptr) {
        auto& replicas = master->details->replicas;
        replicas.insert(std::lower_bound(replicas.begin(), replicas.end(), &replica, by_id),
                        &replica);
        ++linked_replicas_;
        master->details->had_replicas = true;
    }
}

bool View::make_master(Peer& peer) {
    if (peer.is_master()) {
        return false;
    }
    if (peer.master() != nullptr) {
        set_master_of(peer, nullptr);
        if (&peer != myself_) {
            peer.details->had_replicas =
                true;  // it took over from a master that had at least this one
        }
    }
    peer.clear(node_slave);
    peer.set(node_master);
    return true;
}

void View::make_replica(Peer& peer) {
    peer.clear(node_master);
    peer.set(node_slave);
    peer.details->had_replicas = false;
}

void View::assign(std::uint16_t slot, Peer& to) {
    if (owner_[slot] != no_peer) {
        drop_slot_from_owner(slot);
    }
    owner_[slot] = to.handle;
    ++to.slot_count;
    if (to.slot_count == 1 && linked_replicas_ > 0) {
        to.details->had_replicas = true;  // a new master shall have replicas where others have some
    }
    update_slots(to, slot, true);
    ++assigned_;
    ++ownership_version_;
}

void View::assign_free(std::uint16_t first, std::uint16_t last, Peer& to) {
    assert(owner_[first] == no_peer && end_of_run(first) > last);
    std::fill(owner_.begin() + first, owner_.begin() + last + 1, to.handle);
    auto const count = static_cast<std::uint16_t>(last - first + 1);
    if (to.slot_count == 0 && linked_replicas_ > 0) {
        to.details->had_replicas = true;
    }
    to.slot_count = static_cast<std::uint16_t>(to.slot_count + count);
    to.details->slots.reset();
    assigned_ += count;
    ++ownership_version_;
}

bool View::unassign(std::uint16_t slot) {
    if (owner_[slot] == no_peer) {
        return false;
    }
    drop_slot_from_owner(slot);
    ++ownership_version_;
    return true;
}

/// A set that somebody else holds stays as it is. All sets are made as what can change: `const` is what
/// keeps those who share one from doing so.
void View::update_slots(Peer& peer, std::uint16_t slot, bool is_owned) {
    if (!peer.details->slots) {
        return;
    }
    if (peer.details->slots.use_count() > 1) {
        peer.details->slots = std::make_shared<SlotSet>(*peer.details->slots);
    }
    const_cast<SlotSet&>(*peer.details->slots).set(slot, is_owned);
}

void View::drop_slot_from_owner(std::uint16_t slot) {
    Peer& from = pool_.at(owner_[slot]);
    assert(from.slot_count > 0);
    if (&from == myself_ || &from == myself_->master()) {
        left_shard_.push_back(slot);
    }
    --from.slot_count;
    update_slots(from, slot, false);
    owner_[slot] = no_peer;
    --assigned_;
}

void View::unassign_all(Peer& peer) {
    for (std::uint16_t slot = 0; slot < protocol::slot_count && peer.slot_count > 0; ++slot) {
        if (owner_[slot] == peer.handle) {
            unassign(slot);
        }
    }
}

std::span<SlotRun const> View::runs() const {
    if (version_of_runs_ != ownership_version_) {
        version_of_runs_ = ownership_version_;
        runs_.clear();
        for (std::size_t first = 0, end = 0; first < owner_.size(); first = end) {
            end = end_of_run(first);
            if (owner_[first] != no_peer) {
                runs_.push_back({.first = static_cast<std::uint16_t>(first),
                                 .last = static_cast<std::uint16_t>(end - 1),
                                 .owner = by_handle(owner_[first])});
            }
        }
    }
    return runs_;
}

/// Owners have long runs: they are passed over block by block.
std::size_t View::end_of_run(std::size_t first) const {
    constexpr std::size_t block = 128;
    PeerHandle const* const owners = owner_.data();
    std::size_t end = first + 1;
    // If all are as the one before them, they are as the first.
    while (end + block <= owner_.size() &&
           std::memcmp(owners + end - 1, owners + end, block * sizeof(PeerHandle)) == 0) {
        end += block;
    }
    while (end < owner_.size() && owners[end] == owners[first]) {
        ++end;
    }
    return end;
}

std::shared_ptr<SlotSet const> const& View::slots_of(Peer& peer) {
    if (!peer.details->slots) {
        auto slots = std::make_shared<SlotSet>();
        if (peer.slot_count > 0) {
            for (SlotRun const& run : runs()) {
                if (run.owner == &peer) {
                    slots->set_range(run.first, run.last);
                }
            }
        }
        peer.details->slots = std::move(slots);
    }
    return peer.details->slots;
}

std::shared_ptr<SlotSet const> View::release_slots(Peer& peer) {
    slots_of(peer);
    return std::exchange(peer.details->slots, nullptr);
}

bool View::owns_exactly(Peer& peer, std::shared_ptr<SlotSet const> const& claim, bool is_its_own) {
    if (!claim) {
        return peer.slot_count == 0;
    }
    if (peer.details->slots == claim) {
        return true;
    }
    if (peer.details->slots) {
        bool const is_same = *peer.details->slots == *claim;
        if (is_same && is_its_own) {
            peer.details->slots = claim;
        }
        return is_same;
    }
    std::size_t owned = 0;
    bool const all_owned = all_slots(*claim, [&](std::uint16_t slot) {
        ++owned;
        return owner_[slot] == peer.handle;
    });
    if (!all_owned || owned != peer.slot_count) {
        return false;
    }
    peer.details->slots = claim;
    return true;
}

void View::clear_marks() {
    migrating_.clear();
    importing_.clear();
}

Peer* View::marked(SlotMarks const& marks, std::uint16_t slot) {
    auto const found = marks.find(slot);
    return found == marks.end() ? nullptr : found->second;
}

void View::insert_sorted(Peer& peer) {
    sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), &peer, by_id), &peer);
}

void View::erase_sorted(Peer const& peer) {
    sorted_.erase(std::lower_bound(sorted_.begin(), sorted_.end(), &peer, by_id));
}

}  // namespace keyslot::sim
