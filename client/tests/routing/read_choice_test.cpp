#include "client/routing/read_choice.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace keyslot::routing {
namespace {

using namespace std::chrono_literals;
using Strategy = LoadBalancingStrategy;

std::vector<ReadCandidate> shard() {
    return {{.is_primary = true, .latency = 3ms}, {.latency = 2ms}, {.latency = 5ms}};
}

std::set<std::size_t> chosen_in_a_round(Strategy strategy, std::vector<ReadCandidate> const& nodes,
                                        bool replicas_only = false) {
    std::set<std::size_t> chosen;
    for (std::uint64_t n = 0; n < 12; ++n) {
        if (auto const one = choose_reader(strategy, replicas_only, nodes, n, n)) {
            chosen.insert(*one);
        }
    }
    return chosen;
}

TEST(ReadChoice, GoesRoundAllNodesOrAllReplicas) {
    using Nodes = std::set<std::size_t>;
    EXPECT_EQ(chosen_in_a_round(Strategy::round_robin, shard()), (Nodes{0, 1, 2}));
    EXPECT_EQ(chosen_in_a_round(Strategy::round_robin_replicas, shard()), (Nodes{1, 2}));
    EXPECT_EQ(chosen_in_a_round(Strategy::random_replica, shard()), (Nodes{1, 2}));
    EXPECT_EQ(chosen_in_a_round(Strategy::round_robin, shard(), true), (Nodes{1, 2}));
    EXPECT_EQ(chosen_in_a_round(Strategy::lowest_latency, shard(), true), (Nodes{1}));
}

TEST(ReadChoice, TakesTheFastestAndMeasuresTheUnknownFirst) {
    auto nodes = shard();
    EXPECT_EQ(choose_reader(Strategy::lowest_latency, false, nodes, 0, 0), 1u);
    nodes[0].latency = 1ms;
    EXPECT_EQ(choose_reader(Strategy::lowest_latency, false, nodes, 0, 0), 0u);
    nodes[2].latency = 0ms;
    EXPECT_EQ(choose_reader(Strategy::lowest_latency, false, nodes, 0, 0), 2u);
}

TEST(ReadChoice, PassesOverWhatIsAvoidedAndFallsBackOnThePrimary) {
    for (Strategy const strategy : {Strategy::round_robin, Strategy::round_robin_replicas,
                                    Strategy::random_replica, Strategy::lowest_latency}) {
        auto nodes = shard();
        nodes[1].is_avoided = true;
        EXPECT_FALSE(chosen_in_a_round(strategy, nodes).contains(1));
        nodes[2].is_avoided = true;
        EXPECT_EQ(chosen_in_a_round(strategy, nodes), std::set<std::size_t>{0});
        nodes[0].is_avoided = true;
        EXPECT_EQ(chosen_in_a_round(strategy, nodes), std::set<std::size_t>{0});
        EXPECT_TRUE(chosen_in_a_round(strategy, nodes, true).empty());
    }
    std::vector<ReadCandidate> const alone{{.is_primary = true}};
    EXPECT_EQ(choose_reader(Strategy::random_replica, false, alone, 5, 5), 0u);
    EXPECT_EQ(choose_reader(Strategy::random_replica, true, alone, 5, 5), std::nullopt);
}

}  // namespace
}  // namespace keyslot::routing
