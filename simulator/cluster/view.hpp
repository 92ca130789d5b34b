#pragma once

#include "simulator/cluster/peer_index.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// Slots that are being moved, with the other side (CLUSTER SETSLOT n MIGRATING | IMPORTING).
using SlotMarks = std::map<std::uint16_t, Peer*>;

/// Consecutive slots of one owner.
struct SlotRun {
    std::uint16_t first = 0, last = 0;
    Peer* owner = nullptr;
};

/// What a node believes of its cluster: who there is, who replicates whom, who owns which slot.
/// Keeps the cross-references consistent and decides nothing.
class View {
public:
    explicit View(ContactPtr myself);
    ~View();
    View(View const&) = delete;
    View& operator=(View const&) = delete;

    Peer& myself() { return *myself_; }
    Peer const& myself() const { return *myself_; }
    /// Everybody, this node included, ascending by id.
    std::span<Peer* const> peers() const { return sorted_; }
    std::size_t size() const { return sorted_.size(); }
    /// nullptr: unknown, as is anything that is no id.
    Peer* find(std::string_view id) const;
    Peer* find(NodeId const& id) const;
    /// Whoever has that id, wherever it is.
    Peer* find(Contact const& contact) const { return by_id_.find(contact, pool_); }
    void find_all(std::span<GossipEntry const> entries, std::vector<Peer*>& found) const {
        by_id_.find_all(entries, pool_, found);
    }

    /// Every handle in use is smaller; of those below it a few may be nobody's.
    std::size_t handle_limit() const { return pool_.limit(); }
    /// The place of that handle: ask for it ahead of its use.
    Peer& place(PeerHandle handle) const { return pool_.at(handle); }

    /// Faster than by id where the order does not matter. Nobody's places have no flags and no slots.
    template <class Visit>
    void for_each_place(Visit const& visit) const {
        pool_.for_each_place(visit);
    }

    /// When each peer wants attention next, by handle: cron reads this and not a thousand peers.
    std::span<std::int64_t> attention_ms() { return attention_ms_; }
    void wants_attention(Peer const& peer) { attention_ms_[peer.handle] = 0; }
    void all_want_attention();

    /// The id must be new.
    Peer& add(ContactPtr contact, std::uint16_t flags, std::int64_t now_ms);
    /// Forgets it with all that refers to it: its slots have no owner any more.
    void remove(Peer& peer);
    void rename(Peer& peer, ContactPtr contact);

    /// nullptr: it has no master that we know.
    void set_master_of(Peer& replica, Peer* master);
    /// Turns it into a master; false if it was one.
    bool make_master(Peer& peer);
    void make_replica(Peer& peer);

    Peer* owner(std::uint16_t slot) const { return pool_.find(owner_[slot]); }
    Peer* by_handle(PeerHandle handle) const { return pool_.find(handle); }
    bool is_mine(std::uint16_t slot) const { return owner_[slot] == myself_handle; }
    bool is_assigned(std::uint16_t slot) const { return owner_[slot] != no_peer; }
    std::size_t assigned_slots() const { return assigned_; }
    void assign(std::uint16_t slot, Peer& to);
    /// All of the range, where nobody owns any: how a view begins.
    void assign_free(std::uint16_t first, std::uint16_t last, Peer& to);
    /// False: it had no owner.
    bool unassign(std::uint16_t slot);
    void unassign_all(Peer& peer);
    /// Increases with every change of an owner.
    std::uint64_t ownership_version() const { return ownership_version_; }
    /// The longest runs of slots of one owner, ascending; slots without an owner are left out. Valid until
    /// an owner changes: in between, many clients ask for them.
    std::span<SlotRun const> runs() const;

    /// Slots taken from this node or from its master since the last call, in the order in which they
    /// went.
    std::vector<std::uint16_t> take_slots_that_left() { return std::exchange(left_shard_, {}); }

    /// The slots of a peer, as one shared value for as long as they do not change.
    std::shared_ptr<SlotSet const> const& slots_of(Peer& peer);
    /// The same for who is about to change many of them one by one: they are not kept up to date until
    /// somebody asks, or adopts a value that is known to be right.
    std::shared_ptr<SlotSet const> release_slots(Peer& peer);
    void adopt_slots(Peer& peer, std::shared_ptr<SlotSet const> const& slots) {
        peer.details->slots = slots;
    }
    /// True if it owns exactly these slots. A claim of its own is remembered: the next time the
    /// same object comes along it costs nothing. Its replicas speak of the same object once they
    /// have heard it, so that what they say must not replace it.
    bool owns_exactly(Peer& peer, std::shared_ptr<SlotSet const> const& claim, bool is_its_own);

    /// The owner in this view no longer claims the slot itself: whoever does may have it, and
    /// nobody is told of the old owner (facts 4.4).
    bool is_up_for_grabs(std::uint16_t slot) const {
        return !is_assigned(slot) || abandoned_[slot];
    }
    /// The owner of these slots claims those. What it leaves out is up for grabs until somebody claims it
    /// on the bus: an owner named by hand, SETSLOT NODE, changes nothing here.
    void note_claim(SlotSet const& owned, SlotSet const& claimed) {
        abandoned_.complement_within(owned, claimed);
    }
    void note_claim(std::uint16_t slot) { abandoned_.set(slot, false); }
    SlotSet const& abandoned() const { return abandoned_; }

    bool has_marks() const { return !migrating_.empty() || !importing_.empty(); }
    SlotMarks const& migrating() const { return migrating_; }
    SlotMarks const& importing() const { return importing_; }
    Peer* migrating_to(std::uint16_t slot) const { return marked(migrating_, slot); }
    Peer* importing_from(std::uint16_t slot) const { return marked(importing_, slot); }
    void set_migrating(std::uint16_t slot, Peer& to) { migrating_[slot] = &to; }
    void set_importing(std::uint16_t slot, Peer& from) { importing_[slot] = &from; }
    void clear_migrating(std::uint16_t slot) { migrating_.erase(slot); }
    void clear_importing(std::uint16_t slot) { importing_.erase(slot); }
    void clear_marks();

private:
    static Peer* marked(SlotMarks const& marks, std::uint16_t slot);
    void insert_sorted(Peer& peer);
    void erase_sorted(Peer const& peer);
    void drop_slot_from_owner(std::uint16_t slot);
    std::size_t end_of_run(std::size_t first) const;
    static void update_slots(Peer& peer, std::uint16_t slot, bool is_owned);

    PeerPool pool_;
    std::vector<std::int64_t> attention_ms_;  // by handle
    std::vector<Peer*> sorted_;
    PeerIndex by_id_;
    Peer* myself_;
    std::vector<PeerHandle> owner_;
    SlotSet abandoned_;
    std::vector<std::uint16_t> left_shard_;
    std::size_t assigned_ = 0;
    std::size_t linked_replicas_ = 0;  ///< whose master is known
    std::uint64_t ownership_version_ = 0;
    mutable std::vector<SlotRun> runs_;
    mutable std::optional<std::uint64_t> version_of_runs_;
    SlotMarks migrating_, importing_;
};

}  // namespace keyslot::sim
