#include "simulator/faults/player/slot_migration.hpp"

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/node/node.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace keyslot::sim {
namespace {

constexpr int attempts_max = 60;
constexpr std::chrono::milliseconds attempt_pause{500};
constexpr std::string_view migrate_timeout_ms = "60000";

std::vector<std::string> setslot(std::uint16_t slot, std::string action, std::string node = {}) {
    std::vector<std::string> words;
    words.reserve(5);
    words.emplace_back("CLUSTER");
    words.emplace_back("SETSLOT");
    words.push_back(std::to_string(slot));
    words.push_back(std::move(action));
    if (!node.empty()) {
        words.push_back(std::move(node));
    }
    return words;
}

/// Somebody pressed ^C: everything stays as it is.
struct Aborted {};

}  // namespace

asio::awaitable<void> SlotMigration::run(Migrate const& what, std::string to) {
    to_ = std::move(to);
    try {
        for (SlotSpan const& span : what.slots) {
            for (std::uint32_t slot = span.first; slot <= span.last; ++slot) {
                co_await move_slot(static_cast<std::uint16_t>(slot), what);
                ++slots_moved_;
            }
        }
    } catch (Aborted const&) {
        aborted_ = true;
    }
}

asio::awaitable<void> SlotMigration::move_slot(std::uint16_t slot, Migrate const& what) {
    std::string reason;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        try {
            co_await try_move_slot(slot, what, attempt > 0);
            co_return;
        } catch (std::runtime_error const& error) {  // of the connection, or an error reply
            reason = error.what();
        } catch (std::out_of_range const&) {
            reason = "the slot has no owner";
        }
        co_await world_->sleep(attempt_pause);
    }
    co_await clear_marks(slot);
    throw std::runtime_error("slot " + std::to_string(slot) + ": " + reason);
}

asio::awaitable<void> SlotMigration::try_move_slot(std::uint16_t slot, Migrate const& what,
                                                   bool again) {
    Member& to = target();
    Member& from = cluster_->owner_of_slot(slot);
    if (&from != &to) {
        if (again) {
            // A target that imports does not learn by gossip who took over its source (facts 4.4):
            // in its view the slot is left unassigned, and it would refuse the keys.
            co_await expect_no_error(to, setslot(slot, "NODE", from.id()));
        }
        co_await reach(MigrationStep::importing, to, what);
        co_await expect_no_error(to, setslot(slot, "IMPORTING", from.id()));
        co_await reach(MigrationStep::migrating, from, what);
        co_await expect_no_error(from, setslot(slot, "MIGRATING", to.id()));
        co_await reach(MigrationStep::keys, from, what);
        co_await move_keys(slot, from, to, what);
    }
    co_await announce(slot, from, to, what);
}

asio::awaitable<void> SlotMigration::move_keys(std::uint16_t slot, Member& source,
                                               Member& destination, Migrate const& what) {
    for (;;) {
        co_await stall_if_due(what);
        if (what.abort_after_keys && keys_moved_ >= *what.abort_after_keys) {
            throw Aborted{};
        }
        std::vector<std::string> list{"CLUSTER", "GETKEYSINSLOT", std::to_string(slot),
                                      std::to_string(keys_of_step(what))};
        Reply const keys = co_await expect_no_error(source, std::move(list));
        if (keys.size() == 0) {
            co_return;
        }
        Endpoint const& address = destination.address();
        // A failed attempt may have left a copy on the target: REPLACE, as redis-cli does on
        // BUSYKEY when the values agree.
        std::vector<std::string> command{"MIGRATE",
                                         address.address,
                                         std::to_string(address.port),
                                         "",
                                         "0",
                                         std::string(migrate_timeout_ms),
                                         "REPLACE"};
        if (std::string const& password = cluster_->spec().password; !password.empty()) {
            command.insert(command.end(), {"AUTH", password});
        }
        command.emplace_back("KEYS");
        for (ReplyView const key : keys.view()) {
            command.emplace_back(key.text());
        }
        co_await migrate(source, destination, std::move(command));
        keys_moved_ += keys.size();
    }
}

// Not while the destination migrates itself. Nodes that MIGRATE to each other, or in a ring, at the same time wait for
// each other and hear nothing else until the time-out; whoever moves slots both ways does it in turn.
asio::awaitable<void> SlotMigration::migrate(Member const& source, Member const& destination,
                                             std::vector<std::string> command) {
    constexpr std::chrono::milliseconds turn_poll{1};
    while (migrating_->contains(destination.name())) {
        co_await world_->sleep(turn_poll);
    }
    struct Turn {
        MigratingNodes* nodes;
        MigratingNodes::iterator place;
        ~Turn() { nodes->erase(place); }
    };
    Turn const turn{migrating_, migrating_->insert(source.name())};
    co_await expect_no_error(source, std::move(command));
}

// The target first: it must claim the slot before the source lets go of it.
asio::awaitable<void> SlotMigration::announce(std::uint16_t slot, Member& source,
                                              Member& destination, Migrate const& what) {
    co_await reach(MigrationStep::node_target, destination, what);
    co_await expect_no_error(destination, setslot(slot, "NODE", destination.id()));
    co_await reach(MigrationStep::node_source, source, what);
    if (&source != &destination && source.is_up()) {
        co_await tell(source, setslot(slot, "NODE", destination.id()));
    }
    co_await reach(MigrationStep::node_others, destination, what);
    for (Member& member : cluster_->nodes()) {
        bool const is_other = &member != &destination && &member != &source;
        if (is_other && member.is_up() && member.is_master()) {
            co_await tell(member, setslot(slot, "NODE", destination.id()));
        }
    }
}

asio::awaitable<void> SlotMigration::reach(MigrationStep step, Member const& node,
                                           Migrate const& what) {
    if (on_step_ && on_step_(step, node.name())) {
        co_await world_->sleep(std::chrono::microseconds{1});
    }
    if (what.abort_at == step) {
        throw Aborted{};
    }
    if (what.stall_at == step && !stalled_) {
        stalled_ = true;
        co_await gate_->wait(what.resume_after);
    }
}

asio::awaitable<void> SlotMigration::clear_marks(std::uint16_t slot) {
    for (Member& member : cluster_->nodes()) {
        if (member.is_up() && member.is_master()) {
            co_await tell(member, setslot(slot, "STABLE"));
        }
    }
}

asio::awaitable<void> SlotMigration::tell(Member const& member, std::vector<std::string> words) {
    try {
        co_await session(member).command(std::move(words));
    } catch (boost::system::system_error const&) {
        co_return;
    }
}

asio::awaitable<void> SlotMigration::stall_if_due(Migrate const& what) {
    if (what.stall_after_keys && !stalled_ && keys_moved_ >= *what.stall_after_keys) {
        stalled_ = true;
        co_await gate_->wait(what.resume_after);
    }
}

std::size_t SlotMigration::keys_of_step(Migrate const& what) const {
    std::size_t most = what.keys_per_step;
    if (what.stall_after_keys && !stalled_) {
        most = std::min<std::size_t>(most, *what.stall_after_keys - keys_moved_);
    }
    if (what.abort_after_keys) {
        most = std::min<std::size_t>(most, *what.abort_after_keys - keys_moved_);
    }
    return most;
}

// Where the named node has lost its shard to another meanwhile, that one.
Member& SlotMigration::target() {
    Member& named = cluster_->node(to_);
    Node const* const node = named.node();
    if (node == nullptr) {
        throw std::runtime_error(to_ + " is down");
    }
    if (auto const master = node->is_master() ? std::nullopt : node->cluster().master_address()) {
        for (Member& member : cluster_->nodes()) {
            if (member.address().address == master->first &&
                member.address().port == master->second) {
                return member;
            }
        }
    }
    return named;
}

NodeSession& SlotMigration::session(Member const& member) {
    return sessions_
        .try_emplace(member.name(), *environment_, member.address(), cluster_->spec())
        .first->second;
}

asio::awaitable<Reply> SlotMigration::expect_no_error(Member const& member,
                                                      std::vector<std::string> words) {
    NodeSession& node = session(member);
    Reply reply = co_await node.command(std::move(words));
    if (reply.is_error()) {
        throw std::runtime_error(member.name() + " says " + std::string(reply.text()));
    }
    co_return reply;
}

}  // namespace keyslot::sim
