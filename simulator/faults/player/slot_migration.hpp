#pragma once

#include "simulator/faults/player/gate.hpp"
#include "simulator/faults/player/node_session.hpp"

#include <keyslot/sim/fault_spec.hpp>
#include <keyslot/sim/world.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace keyslot::sim {

/// The sources of the MIGRATE commands that are under way, by name.
using MigratingNodes = std::multiset<std::string>;

/// Moves slots the way an operator with redis-cli does (facts 4.1), and, like one, tries a slot
/// again after a failure, from what the cluster says then.
class SlotMigration {
public:
    /// The gate ends the stall early and forbids another one; `migrating` is of all migrations of the cluster. All
    /// must outlive run().
    SlotMigration(World& world, Cluster& cluster, Environment& environment, Gate& gate,
                  MigratingNodes& migrating)
        : world_(&world),
          cluster_(&cluster),
          environment_(&environment),
          gate_(&gate),
          migrating_(&migrating) {}

    /// Hears of every step before it is taken, and of the node that is to be told. True: what that
    /// set off must happen first.
    using OnStep = std::function<bool(MigrationStep step, std::string const& node)>;
    void on_step(OnStep tell) { on_step_ = std::move(tell); }

    /// Throws std::runtime_error with the reason when a slot could not be moved after all; its
    /// marks are then cleared as far as nodes answer.
    asio::awaitable<void> run(Migrate const& what, std::string to);

    bool was_aborted() const { return aborted_; }
    std::size_t slots_moved() const { return slots_moved_; }
    std::size_t keys_moved() const { return keys_moved_; }

private:
    asio::awaitable<void> move_slot(std::uint16_t slot, Migrate const& what);
    asio::awaitable<void> try_move_slot(std::uint16_t slot, Migrate const& what, bool again);
    asio::awaitable<void> move_keys(std::uint16_t slot, Member& source, Member& destination,
                                    Migrate const& what);
    asio::awaitable<void> migrate(Member const& source, Member const& destination,
                                  std::vector<std::string> command);
    asio::awaitable<void> announce(std::uint16_t slot, Member& source, Member& destination,
                                   Migrate const& what);
    asio::awaitable<void> reach(MigrationStep step, Member const& node, Migrate const& what);
    asio::awaitable<void> clear_marks(std::uint16_t slot);
    /// Whatever it answers, or whether: what it misses it hears by gossip.
    asio::awaitable<void> tell(Member const& member, std::vector<std::string> words);
    asio::awaitable<void> stall_if_due(Migrate const& what);
    std::size_t keys_of_step(Migrate const& what) const;
    Member& target();
    NodeSession& session(Member const& member);
    asio::awaitable<Reply> expect_no_error(Member const& member, std::vector<std::string> words);

    World* world_;
    Cluster* cluster_;
    Environment* environment_;
    Gate* gate_;
    MigratingNodes* migrating_;
    std::string to_;
    std::map<std::string, NodeSession> sessions_;
    std::size_t slots_moved_ = 0;
    std::size_t keys_moved_ = 0;
    bool stalled_ = false;
    bool aborted_ = false;
    OnStep on_step_;
};

}  // namespace keyslot::sim
