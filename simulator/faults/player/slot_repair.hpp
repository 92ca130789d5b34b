#pragma once

#include "simulator/faults/player/node_session.hpp"

#include <keyslot/sim/world.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace keyslot::sim {

/// A slot that does not find its owner, and that nodes among themselves will not settle. One whose owner is
/// down is none: a replica may yet take it, or the owner come back.
struct SlotGap {
    std::uint16_t slot = 0;
    /// Who serves it by its own view; null: nobody.
    Member* owner = nullptr;
    /// Masters for which it is nobody's.
    std::vector<Member*> blind = {};
};

/// All of them, in the order of the slots.
std::vector<SlotGap> slot_gaps(Cluster& cluster);

/// "slot 10874 is served by nobody: node-1 takes it for node-2's, ..."; empty: there is no gap.
std::string describe_slot_gaps(Cluster& cluster);

/// Closes gaps the way `redis-cli --cluster fix` does. Operations that cross each other leave them behind: a
/// resharding and a takeover a slot that nobody serves, and it goes to the node that has most of its keys,
/// else to the first master; an aborted migration and a failover a target that still imports, and hears of
/// no new owner as long as it does (facts 4.4).
class SlotRepair {
public:
    /// All must outlive run().
    SlotRepair(Cluster& cluster, Environment& environment)
        : cluster_(&cluster), environment_(&environment) {}

    /// Does once what it can; a node that does not answer is passed over.
    asio::awaitable<void> run();

private:
    asio::awaitable<void> give_away(std::uint16_t slot);
    asio::awaitable<std::int64_t> count_keys(Member const& node, std::uint16_t slot);
    /// A null reply: it could not be asked.
    asio::awaitable<Reply> ask(Member const& node, std::vector<std::string> words);

    Cluster* cluster_;
    Environment* environment_;
    std::map<std::string, NodeSession> sessions_;
};

}  // namespace keyslot::sim
