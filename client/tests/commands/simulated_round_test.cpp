// The typed commands on a simulated cluster, in either protocol.
#include "client/tests/commands/rounds.hpp"

#include <keyslot/sim/world.hpp>

#include <gtest/gtest.h>

namespace keyslot {
namespace {

class SimulatedRound : public testing::TestWithParam<int> {
protected:
    sim::World world_{sim::Seed{7}};
    sim::Cluster& cluster_ = world_.add_cluster();
    RedisCluster redis_{world_.host("app"),
                        {.startup_nodes = cluster_.startup_nodes(), .protocol = GetParam()}};
};

TEST_P(SimulatedRound, strings) { strings_round(redis_); }
TEST_P(SimulatedRound, keys) { keys_round(redis_); }
TEST_P(SimulatedRound, hashes) { hashes_round(redis_); }
TEST_P(SimulatedRound, lists) { lists_round(redis_); }
TEST_P(SimulatedRound, sets) { sets_round(redis_); }
TEST_P(SimulatedRound, sorted_sets) { sorted_sets_round(redis_); }
TEST_P(SimulatedRound, scripts) { scripts_round(redis_); }

INSTANTIATE_TEST_SUITE_P(Protocol, SimulatedRound, testing::Values(2, 3));

}  // namespace
}  // namespace keyslot
