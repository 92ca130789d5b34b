#include "client/routing/read_router.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

namespace keyslot::routing {
namespace {

using namespace std::chrono_literals;
using Nodes = std::set<std::size_t>;

constexpr std::uint16_t slot = 5;
Instant at(Duration since) { return Instant{} + since; }

topology::Shard two_replicas() {
    topology::Shard shard{.primary = {.address = {"p", 1}}};
    shard.replicas = {{.address = {"r", 1}, .role = topology::Role::replica},
                      {.address = {"r", 2}, .role = topology::Role::replica}};
    return shard;
}

struct Reads {
    topology::Shard shard = two_replicas();
    ReadRouter router;
    SessionMarks* session = nullptr;

    explicit Reads(ReadLimits limits = {}) : router(limits) { router.restart(1); }

    std::optional<std::size_t> read(Instant now, std::vector<ReadCandidate> candidates = {
                                                     {.is_primary = true}, {}, {}}) {
        return router.choose(0, shard, slot, session, candidates, now, 0);
    }
    /// Who answers of six reads.
    Nodes readers(Instant now) {
        Nodes nodes;
        for (int i = 0; i < 6; ++i) {
            if (auto const reader = read(now)) {
                nodes.insert(*reader);
            }
        }
        return nodes;
    }
    void told(topology::HostPort const& node, std::uint64_t offset, Instant now) {
        router.positions().told(node, ReplicationPosition{node.host == "p", offset, "history"},
                                now);
    }
};

TEST(ReadRouter, GoesRoundTheNodesAndBeginsAnewWithAnotherMap) {
    Reads reads;
    EXPECT_EQ(reads.read(at(0s)), 0u);
    EXPECT_EQ(reads.read(at(0s)), 1u);
    EXPECT_EQ(reads.read(at(0s)), 2u);
    EXPECT_EQ(reads.read(at(0s)), 0u);
    reads.router.restart(1);
    EXPECT_EQ(reads.read(at(0s)), 0u);
}

TEST(ReadRouter, LeavesAReplicaThatRefusedAloneForAWhile) {
    Reads reads;
    reads.router.refused({"r", 1}, at(1s));
    EXPECT_EQ(reads.readers(at(1s)), (Nodes{0, 2}));
    EXPECT_EQ(reads.readers(at(1s) + ReadRouter::avoidance - 1ms), (Nodes{0, 2}));
    EXPECT_EQ(reads.readers(at(1s) + ReadRouter::avoidance), (Nodes{0, 1, 2}));
}

TEST(ReadRouter, LeavesAPrimaryThatRefusedAloneAsLongAsAReplicaMayAnswer) {
    Reads reads;
    std::vector<ReadCandidate> candidates{{.is_primary = true}, {}, {}};
    reads.router.refused({"p", 1}, at(1s));
    EXPECT_EQ(reads.readers(at(1s)), (Nodes{1, 2}));
    EXPECT_TRUE(reads.router.has_reader(reads.shard, slot, nullptr, candidates, at(1s)));
    reads.router.refused({"r", 1}, at(1s));
    reads.router.refused({"r", 2}, at(1s));
    EXPECT_EQ(reads.readers(at(1s)), Nodes{0}) << "it is still the one to ask";
    EXPECT_FALSE(reads.router.has_reader(reads.shard, slot, nullptr, candidates, at(1s)));
    EXPECT_EQ(reads.readers(at(1s) + ReadRouter::avoidance), (Nodes{0, 1, 2}));
}

TEST(ReadRouter, StartsTheWhileAnewWithEachRefusal) {
    Reads reads;
    reads.router.refused({"r", 1}, at(1s));
    reads.router.refused({"r", 2}, at(1500ms));
    reads.router.refused({"r", 1}, at(1800ms));
    EXPECT_EQ(reads.readers(at(2200ms)), Nodes{0});
    EXPECT_EQ(reads.readers(at(2500ms)), (Nodes{0, 2}));
}

TEST(ReadRouter, AvoidsReplicasThatTheMapCallsIll) {
    Reads reads;
    reads.shard.replicas[1].health = topology::Health::loading;
    EXPECT_EQ(reads.readers(at(0s)), (Nodes{0, 1}));
}

TEST(ReadRouter, TakesTheShellsWordForNodesToBeAvoided) {
    Reads reads;
    for (int i = 0; i < 3; ++i) {
        EXPECT_NE(reads.read(at(0s), {{.is_primary = true}, {.is_avoided = true}, {}}), 1u);
    }
}

TEST(ReadRouter, WithoutAFitReplicaGoesToThePrimaryUnlessItMayNot) {
    for (bool const replicas_only : {false, true}) {
        Reads reads({.replicas_only = replicas_only});
        reads.router.refused({"r", 1}, at(0s));
        reads.router.refused({"r", 2}, at(0s));
        EXPECT_EQ(reads.readers(at(0s)), replicas_only ? Nodes{} : Nodes{0});
    }
}

TEST(ReadRouter, AvoidsReplicasThatAreTooFarBehindOrOfWhichItIsNotKnown) {
    Reads reads({.lag_bytes_max = 10});
    EXPECT_EQ(reads.readers(at(0s)), Nodes{0}) << "nothing is known";
    reads.told({"p", 1}, 100, at(0s));
    reads.told({"r", 1}, 90, at(0s));
    reads.told({"r", 2}, 89, at(0s));
    EXPECT_EQ(reads.readers(at(0s)), (Nodes{0, 1}));
}

TEST(ReadRouter, SendsASessionThatHasWrittenToReplicasThatHaveIt) {
    Reads reads;
    SessionMarks session;
    session.wrote(slot, at(1s));
    reads.session = &session;
    reads.told({"p", 1}, 100, at(2s));
    reads.told({"r", 1}, 99, at(2s));
    reads.told({"r", 2}, 100, at(2s));
    EXPECT_EQ(reads.readers(at(2s)), (Nodes{0, 2}));
    reads.session = nullptr;
    EXPECT_EQ(reads.readers(at(2s)), (Nodes{0, 1, 2})) << "others need not see it";
}

}  // namespace
}  // namespace keyslot::routing
