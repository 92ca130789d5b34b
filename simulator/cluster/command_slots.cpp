#include "client/protocol/ascii.hpp"
#include "simulator/cluster/cluster_impl.hpp"
#include "simulator/cluster/command_arguments.hpp"

namespace keyslot::sim {
namespace {

using protocol::equals_ignoring_case;

using Ranges = std::vector<std::pair<std::uint16_t, std::uint16_t>>;

/// The slots of ADDSLOTS and DELSLOTS, each a range of one; nullopt: one is none.
std::optional<Ranges> read_slots(std::span<std::string_view const> arguments) {
    Ranges ranges;
    for (std::string_view const argument : arguments) {
        auto const slot = read_slot(argument);
        if (!slot) {
            return std::nullopt;
        }
        ranges.emplace_back(*slot, *slot);
    }
    return ranges;
}

/// The ranges of ADDSLOTSRANGE and DELSLOTSRANGE; nullopt: an error has been replied.
std::optional<Ranges> read_ranges(std::span<std::string_view const> arguments,
                                  std::string_view command, protocol::RespWriter& reply) {
    if (arguments.size() % 2 != 0) {
        reply.error("ERR wrong number of arguments for 'cluster|" + std::string{command} +
                    "' command");
        return std::nullopt;
    }
    Ranges ranges;
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
        auto const first = read_slot(arguments[i]);
        auto const last = read_slot(arguments[i + 1]);
        if (!first || !last) {
            reply.error(not_a_slot);
            return std::nullopt;
        }
        if (*first > *last) {
            reply.error("ERR start slot number " + std::to_string(*first) +
                        " is greater than end slot number " + std::to_string(*last));
            return std::nullopt;
        }
        ranges.emplace_back(*first, *last);
    }
    return ranges;
}

}  // namespace

void ClusterState::Impl::add_slots(Arguments arguments, Reply& reply) {
    if (auto const slots = read_slots(arguments.subspan(2))) {
        change_slots(*slots, false, reply);
    } else {
        reply.error(not_a_slot);
    }
}

void ClusterState::Impl::delete_slots(Arguments arguments, Reply& reply) {
    if (auto const slots = read_slots(arguments.subspan(2))) {
        change_slots(*slots, true, reply);
    } else {
        reply.error(not_a_slot);
    }
}

void ClusterState::Impl::add_slot_ranges(Arguments arguments, Reply& reply) {
    if (auto const ranges = read_ranges(arguments.subspan(2), "addslotsrange", reply)) {
        change_slots(*ranges, false, reply);
    }
}

void ClusterState::Impl::delete_slot_ranges(Arguments arguments, Reply& reply) {
    if (auto const ranges = read_ranges(arguments.subspan(2), "delslotsrange", reply)) {
        change_slots(*ranges, true, reply);
    }
}

/// All or nothing. Adding gives slots without an owner to this node, deleting takes them from
/// whoever owns them, in this view alone.
void ClusterState::Impl::change_slots(SlotRanges const& ranges, bool is_delete, Reply& reply) {
    SlotSet seen;
    for (auto const& [first, last] : ranges) {
        for (std::uint32_t n = first; n <= last; ++n) {
            auto const slot = static_cast<std::uint16_t>(n);
            std::string_view const problem =
                view.is_assigned(slot) != is_delete
                    ? is_delete ? " is already unassigned" : " is already busy"
                : seen[slot] ? " specified multiple times"
                             : "";
            if (!problem.empty()) {
                reply.error("ERR Slot " + std::to_string(slot) + std::string{problem});
                return;
            }
            seen.set(slot);
        }
    }
    for (auto const& [first, last] : ranges) {
        for (std::uint32_t n = first; n <= last; ++n) {
            auto const slot = static_cast<std::uint16_t>(n);
            if (is_delete) {
                view.unassign(slot);
            } else {
                view.clear_importing(slot);
                view.assign(slot, me());
            }
        }
    }
    to_do.evaluate_state = true;
    reply.ok();
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
