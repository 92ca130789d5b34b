#include "client/protocol/hash_slot.hpp"
#include "simulator/cluster/cluster_impl.hpp"
#include "simulator/cluster/slot_set.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>
#include <vector>

namespace keyslot::sim {

/// A master says which slots it owns; the greater config epoch wins (facts 4.4).
void ClusterState::Impl::on_claim(Peer& claimer, std::uint64_t epoch,
                                  std::shared_ptr<SlotSet const> const& claim) {
    if (&claimer == &me()) {
        return;
    }
    static constexpr SlotSet nothing;
    SlotSet const& claimed = claim ? *claim : nothing;
    Peer* const mine = &my_master();
    std::size_t lost = 0;
    std::vector<std::uint16_t> lost_with_keys;
    std::shared_ptr<SlotSet const> const owned = view.release_slots(claimer);
    view.note_claim(*owned, claimed);
    bool is_all_its_own = all_slots_without(*owned, claimed, [](std::uint16_t) { return false; });
    all_slots_without(claimed, *owned, [&](std::uint16_t slot) {
        Peer const* const owner = view.owner(slot);
        // A slot that is being imported changes hands by SETSLOT alone.
        if (view.importing_from(slot) != nullptr) {
            KEYSLOT_SOMETIMES("claims.ignored_while_importing");
            is_all_its_own = false;
            return true;
        }
        if (!view.is_up_for_grabs(slot) && owner->config_epoch() >= epoch) {
            is_all_its_own = false;
            return true;
        }
        if (owner == &me() && port.count_keys_in_slot(slot) > 0) {
            lost_with_keys.push_back(slot);
        }
        lost += owner == mine ? 1 : 0;
        view.assign(slot, claimer);
        view.note_claim(slot);
        to_do.evaluate_state = true;
        return true;
    });
    if (is_all_its_own) {
        view.adopt_slots(claimer, claim);
    }
    bool const is_shard_void = lost > 0 && mine->slot_count == 0;
    KEYSLOT_SOMETIMES_IF("claims.shard_lost", is_shard_void);
    KEYSLOT_SOMETIMES_IF("claims.keys_dropped", !lost_with_keys.empty());
    if (is_shard_void && (config.allow_replica_migration || lost == claimed.count())) {
        replicate(claimer);
        return;
    }
    // Our master has become a replica itself, and nobody took its last slot: follow the one that it
    // follows. Not in a circle, which TAKEOVER can make.
    Peer* const grandmaster = me().master() != nullptr ? me().master()->master() : nullptr;
    if (grandmaster != nullptr && grandmaster != &me()) {
        replicate(*grandmaster);
        return;
    }
    for (std::uint16_t const slot : lost_with_keys) {
        port.drop_keys_in_slot(slot);
    }
}

/// The speaker has missed that somebody with a greater epoch took a slot from it or from its master
/// (`claimer`), or that its master has a greater one itself.
void ClusterState::Impl::contradict_stale_claim(Peer const& speaker, Peer& claimer,
                                                BusMessage const& message) {
    if (!message.slots) {
        return;
    }
    bool const is_settled = &speaker == &claimer || claimer.config_epoch() <= message.config_epoch;
    static constexpr SlotSet nothing;
    SlotSet const& undisputed = is_settled ? *view.slots_of(claimer) : nothing;
    if (undisputed == *message.slots) {
        return;  // what it claims was news, and holds
    }
    Peer* better = nullptr;
    all_slots_without(*message.slots, undisputed, [&](std::uint16_t slot) {
        Peer* const owner = view.owner(slot);
        if (!view.is_up_for_grabs(slot) && owner->config_epoch() > message.config_epoch) {
            better = owner;
        }
        return better == nullptr;
    });
    if (better != nullptr) {
        KEYSLOT_SOMETIMES("claims.contradicted");
        send_update(message, *better);
    }
}

/// Two masters with one epoch: the one with the smaller id moves on, so that exactly one does.
void ClusterState::Impl::resolve_epoch_collision(Peer const& other) {
    if (other.config_epoch() == me().config_epoch() && me().id() < other.id()) {
        KEYSLOT_SOMETIMES_RARELY("claims.epoch_collision");
        ++current_epoch;
        me().details->config_epoch = current_epoch;
    }
}

std::uint64_t ClusterState::Impl::greatest_epoch() const {
    std::uint64_t greatest = current_epoch;
    for (Peer const* const peer : view.peers()) {
        greatest = std::max(greatest, peer->config_epoch());
    }
    return greatest;
}

/// False: this node's epoch is the greatest there is.
bool ClusterState::Impl::bump_epoch_without_consensus() {
    if (me().config_epoch() != 0 && me().config_epoch() == greatest_epoch()) {
        return false;
    }
    ++current_epoch;
    me().details->config_epoch = current_epoch;
    return true;
}

void ClusterState::Impl::replicate(Peer& master) {
    if (me().is_master()) {
        view.make_replica(me());
        view.clear_marks();
    }
    view.set_master_of(me(), &master);
    reset_manual_failover();
    replicating_from.reset();
    keep_replicating();
    to_do.evaluate_state = true;
}

/// Replication follows the master of this view, once its address is known and when it changes.
void ClusterState::Impl::keep_replicating() {
    Peer const* const master = me().master();
    if (master == nullptr || master->has(node_noaddr)) {
        return;
    }
    std::pair const address{master->ip(), master->port()};
    if (replicating_from != address) {
        replicating_from = address;
        port.start_replicating(address.first, address.second);
    }
}

/// Promotion, by election or by force: all slots of the master are ours from now on.
void ClusterState::Impl::take_over_from_master() {
    Peer* const old = me().master();
    if (old == nullptr || me().is_master()) {
        return;
    }
    step_up_without_master();
    for (std::uint16_t slot = 0; slot < protocol::slot_count && old->slot_count > 0; ++slot) {
        if (view.owner(slot) == old) {
            view.assign(slot, me());
        }
    }
    evaluate_state();
    broadcast_pong();
    reset_manual_failover();
}

void ClusterState::Impl::step_up_without_master() {
    view.make_master(me());
    replicating_from.reset();
    port.stop_replicating();
    to_do.evaluate_state = true;
}

}  // namespace keyslot::sim
