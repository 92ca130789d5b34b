#include "client/protocol/ascii.hpp"
#include "simulator/cluster/cluster_impl.hpp"
#include "simulator/cluster/command_arguments.hpp"
#include "simulator/cluster/slot_set.hpp"

namespace keyslot::sim {
namespace {

using protocol::equals_ignoring_case;

using Range = std::pair<std::uint16_t, std::uint16_t>;

/// The slots of ADDSLOTS and DELSLOTS, each a range of one; nullopt: one is none.
std::optional<std::vector<Range>> read_slots(std::span<std::string_view const> arguments) {
    std::vector<Range> slots;
    for (std::string_view const argument : arguments) {
        auto const slot = read_slot(argument);
        if (!slot) {
            return std::nullopt;
        }
        slots.emplace_back(*slot, *slot);
    }
    return slots;
}

/// One pair of ADDSLOTSRANGE and DELSLOTSRANGE; nullopt: an error has been replied.
std::optional<Range> read_range(std::string_view from, std::string_view to,
                                protocol::RespWriter& reply) {
    auto const first = read_slot(from);
    auto const last = read_slot(to);
    if (!first || !last) {
        reply.error(not_a_slot);
        return std::nullopt;
    }
    if (*first > *last) {
        reply.error("ERR start slot number " + std::to_string(*first) +
                    " is greater than end slot number " + std::to_string(*last));
        return std::nullopt;
    }
    return Range{*first, *last};
}

}  // namespace

void ClusterState::Impl::add_slots(Arguments arguments, Reply& reply) {
    change_single_slots(arguments, false, reply);
}

void ClusterState::Impl::delete_slots(Arguments arguments, Reply& reply) {
    change_single_slots(arguments, true, reply);
}

void ClusterState::Impl::add_slot_ranges(Arguments arguments, Reply& reply) {
    change_slot_ranges(arguments, false, reply);
}

void ClusterState::Impl::delete_slot_ranges(Arguments arguments, Reply& reply) {
    change_slot_ranges(arguments, true, reply);
}

/// Unlike with single slots, a pair is judged in full before the next one is read.
void ClusterState::Impl::change_slot_ranges(Arguments arguments, bool is_delete, Reply& reply) {
    if (arguments.size() % 2 != 0) {
        reply.error("ERR wrong number of arguments for 'cluster|" +
                    std::string{is_delete ? "delslotsrange" : "addslotsrange"} + "' command");
        return;
    }
    SlotSet chosen;
    for (std::size_t n = 2; n < arguments.size(); n += 2) {
        auto const range = read_range(arguments[n], arguments[n + 1], reply);
        if (!range || !choose_slots(chosen, *range, is_delete, reply)) {
            return;
        }
    }
    change_slots(chosen, is_delete);
    reply.ok();
}

void ClusterState::Impl::change_single_slots(Arguments arguments, bool is_delete, Reply& reply) {
    auto const slots = read_slots(arguments.subspan(2));
    if (!slots) {
        reply.error(not_a_slot);
        return;
    }
    SlotSet chosen;
    for (Range const& slot : *slots) {
        if (!choose_slots(chosen, slot, is_delete, reply)) {
            return;
        }
    }
    change_slots(chosen, is_delete);
    reply.ok();
}

/// False: an error has been replied.
bool ClusterState::Impl::choose_slots(SlotSet& chosen, SlotRange const& range, bool is_delete,
                                      Reply& reply) {
    for (std::uint32_t n = range.first; n <= range.second; ++n) {
        auto const slot = static_cast<std::uint16_t>(n);
        std::string_view const problem =
            view.is_assigned(slot) != is_delete
                ? is_delete ? " is already unassigned" : " is already busy"
            : chosen[slot] ? " specified multiple times"
                           : "";
        if (!problem.empty()) {
            reply.error("ERR Slot " + std::to_string(slot) + std::string{problem});
            return false;
        }
        chosen.set(slot);
    }
    return true;
}

/// Adding gives slots without an owner to this node, deleting takes them from whoever owns them, in
/// this view alone. Either way nobody is importing them any more.
void ClusterState::Impl::change_slots(SlotSet const& slots, bool is_delete) {
    all_slots(slots, [&](std::uint16_t slot) {
        view.clear_importing(slot);
        if (is_delete) {
            view.unassign(slot);
        } else {
            view.assign(slot, me());
        }
        return true;
    });
    to_do.evaluate_state = true;
}

void ClusterState::Impl::flush_slots(Arguments, Reply& reply) {
    if (!port.dataset_empty()) {
        reply.error("ERR DB must be empty to perform CLUSTER FLUSHSLOTS.");
        return;
    }
    view.unassign_all(me());
    to_do.evaluate_state = true;
    reply.ok();
}

/// Facts 3.2.
void ClusterState::Impl::set_slot(Arguments arguments, Reply& reply) {
    if (me().is_replica()) {
        reply.error("ERR Please use SETSLOT only with masters.");
        return;
    }
    auto const slot = read_slot(arguments[2]);
    if (!slot) {
        reply.error(not_a_slot);
        return;
    }
    std::string_view const action = arguments[3];
    if (arguments.size() == 4 && equals_ignoring_case(action, "stable")) {
        view.clear_migrating(*slot);
        view.clear_importing(*slot);
        to_do.evaluate_state = true;
        reply.ok();
    } else if (arguments.size() == 5 && equals_ignoring_case(action, "migrating")) {
        set_slot_migrating(*slot, arguments[4], reply);
    } else if (arguments.size() == 5 && equals_ignoring_case(action, "importing")) {
        set_slot_importing(*slot, arguments[4], reply);
    } else if (arguments.size() == 5 && equals_ignoring_case(action, "node")) {
        set_slot_owner(*slot, arguments[4], reply);
    } else {
        reply.error("ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP");
    }
}

void ClusterState::Impl::set_slot_migrating(std::uint16_t slot, std::string_view id, Reply& reply) {
    if (!view.is_mine(slot)) {
        reply.error("ERR I'm not the owner of hash slot " + std::to_string(slot));
        return;
    }
    Peer* const target = view.find(id);
    if (target == nullptr) {
        reply.error("ERR I don't know about node " + std::string{id});
    } else if (target->is_replica()) {
        reply.error("ERR Target node is not a master");
    } else {
        view.set_migrating(slot, *target);
        reply.ok();
    }
}

void ClusterState::Impl::set_slot_importing(std::uint16_t slot, std::string_view id, Reply& reply) {
    if (view.is_mine(slot)) {
        reply.error("ERR I'm already the owner of hash slot " + std::to_string(slot));
        return;
    }
    Peer* const source = view.find(id);
    if (source == nullptr) {
        reply.error("ERR I don't know about node " + std::string{id});
    } else if (source->is_replica()) {
        reply.error("ERR Target node is not a master");
    } else {
        view.set_importing(slot, *source);
        reply.ok();
    }
}

void ClusterState::Impl::set_slot_owner(std::uint16_t slot, std::string_view id, Reply& reply) {
    Peer* const owner = view.find(id);
    if (owner == nullptr) {
        reply.error("ERR Unknown node " + std::string{id});
        return;
    }
    if (owner->is_replica()) {
        reply.error("ERR Target node is not a master");
        return;
    }
    bool const was_mine = view.is_mine(slot);
    bool const has_keys = port.count_keys_in_slot(slot) > 0;
    if (was_mine && owner != &me() && has_keys) {
        reply.error("ERR Can't assign hashslot " + std::to_string(slot) +
                    " to a different node while I still hold keys for this hash slot.");
        return;
    }
    if (!has_keys) {
        view.clear_migrating(slot);
    }
    view.assign(slot, *owner);
    to_do.evaluate_state = true;
    if (was_mine && owner != &me() && me().slot_count == 0 && config.allow_replica_migration) {
        replicate(*owner);
    }
    // The slot was migrated by hand: a new epoch makes everybody believe it, at once.
    if (owner == &me() && view.importing_from(slot) != nullptr) {
        bump_epoch_without_consensus();
        view.clear_importing(slot);
        broadcast_pong();
    }
    reply.ok();
}

}  // namespace keyslot::sim
