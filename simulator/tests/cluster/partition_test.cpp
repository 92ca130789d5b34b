#include "simulator/tests/cluster/test_cluster.hpp"

#include <gtest/gtest.h>

namespace keyslot::sim::test {
namespace {

// Facts 5.5, measured: writes are accepted for 2.3 to 2.7 s after the cut; once healed, PFAIL
// clears at once and the state about 2 s later.
TEST(Partition, MasterInTheMinorityStopsServingAndWaitsBeforeItRejoins) {
    TestCluster cluster{{.replicas_per_master = 0}};
    cluster.run_ms(5000);
    cluster.isolate(cluster[0]);
    std::int64_t const down_ms = cluster.run_until([&] { return !cluster[0].state().state_ok(); });
    EXPECT_GE(down_ms, 2000);
    EXPECT_LE(down_ms, 3200);
    EXPECT_EQ(cluster[0].info("cluster_slots_fail"), "0");
    EXPECT_NE(cluster[0].info("cluster_slots_pfail"), "0");
    cluster.run_ms(5000);
    EXPECT_TRUE(cluster[1].sees(cluster[0], "master,fail"));
    cluster.heal();
    std::int64_t const seen_ms =
        cluster.run_until([&] { return cluster[0].info("cluster_slots_pfail") == "0"; });
    EXPECT_LE(seen_ms, 300);
    std::int64_t const ok_ms = cluster.run_until([&] { return cluster[0].state().state_ok(); });
    EXPECT_GE(seen_ms + ok_ms, 1900);
    EXPECT_LE(seen_ms + ok_ms, 2500);
}

TEST(Partition, MajorityElectsAndTheOldMasterFollowsWhenHealed) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster.isolate(cluster[0]);
    ASSERT_NE(cluster.run_until([&] { return cluster[3].state().is_master(); }), -1);
    EXPECT_TRUE(cluster[0].state().is_master());  // two masters of one shard: that is Redis
    EXPECT_FALSE(cluster[0].state().state_ok());
    cluster.run_ms(1000);
    cluster.heal();
    std::int64_t const demoted_ms =
        cluster.run_until([&] { return !cluster[0].state().is_master(); });
    EXPECT_GE(demoted_ms, 0);
    EXPECT_LE(demoted_ms, 300);
    cluster.run_ms(3000);
    for (std::size_t n = 0; n < cluster.size(); ++n) {
        EXPECT_EQ(cluster[n].state().owner_of(0), cluster[3].state().my_id()) << n;
        EXPECT_TRUE(cluster[n].state().state_ok()) << n;
    }
}

TEST(Partition, SuspicionOfOneMasterIsNoFailure) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster.cut_both(cluster[0], cluster[1]);
    cluster.run_ms(10'000);
    EXPECT_TRUE(cluster[1].sees(cluster[0], "master,fail?"));
    EXPECT_TRUE(cluster[2].sees(cluster[0], "master"));
    EXPECT_TRUE(cluster[1].state().state_ok());
    EXPECT_FALSE(cluster[3].state().is_master());
    EXPECT_EQ(cluster[2].cluster({"COUNT-FAILURE-REPORTS", cluster[0].state().my_id()}), ":1\r\n");
    cluster.heal();
    cluster.run_ms(300);
    EXPECT_TRUE(cluster[1].sees(cluster[0], "master"));
    // The report stays until it is withdrawn by gossip or older than twice the node timeout.
    cluster.run_ms(4100);
    EXPECT_EQ(cluster[2].cluster({"COUNT-FAILURE-REPORTS", cluster[0].state().my_id()}), ":0\r\n");
}

// What A says still reaches B: B has data and no answers, A neither. Facts 5.1: PFAIL takes both.
TEST(Partition, OneWayLossIsNoticedByTheSideThatHearsNothing) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster.cut(cluster[1], cluster[0]);
    cluster.run_ms(10'000);
    EXPECT_TRUE(cluster[0].sees(cluster[1], "master,fail?"));
    EXPECT_TRUE(cluster[1].sees(cluster[0], "master"));
    EXPECT_NE(cluster[1].line_about(cluster[0]).find(" connected "), std::string::npos);
    cluster.heal();
    cluster.run_ms(300);
    EXPECT_TRUE(cluster[0].sees(cluster[1], "master"));
}

TEST(Partition, ReplicaInTheMinorityIsNotElected) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    for (std::size_t n : {1u, 2u, 4u, 5u}) {
        cluster.cut_both(cluster[0], cluster[n]);
        cluster.cut_both(cluster[3], cluster[n]);
    }
    cluster.run_ms(20'000);
    EXPECT_FALSE(cluster[3].state().is_master());
    EXPECT_FALSE(cluster[0].state().state_ok());
    EXPECT_FALSE(cluster[1].state().state_ok());  // full coverage: slots of a failed master
    cluster.heal();
    cluster.run_ms(10'000);
    EXPECT_TRUE(cluster[0].state().state_ok());
    EXPECT_TRUE(cluster[1].state().state_ok());
    EXPECT_TRUE(cluster[0].state().is_master());
}

TEST(Partition, WithoutFullCoverageOnlyTheDeadShardIsConcerned) {
    TestCluster cluster{{.replicas_per_master = 0, .configure = [](NodeConfig& config) {
                             config.require_full_coverage = false;
                         }}};
    cluster.run_ms(3000);
    cluster[0].crash();
    ASSERT_NE(cluster.run_until([&] { return cluster[1].sees(cluster[0], "master,fail"); }), -1);
    EXPECT_TRUE(cluster[1].state().state_ok());
    std::string_view const key = "bar";
    EXPECT_EQ(cluster[1].state().route({.keys = std::span{&key, 1}}), "MOVED 5061 127.0.0.1:7000");
}

// Facts 5.1: a failed master that still owns slots in the view must have been FAIL for two
// timeouts.
TEST(Partition, FailedMasterThatNobodyReplacedIsTakenBackAfterTwoTimeouts) {
    TestCluster cluster{{.replicas_per_master = 0}};
    cluster.run_ms(3000);
    cluster[0].crash();
    ASSERT_NE(cluster.run_until([&] { return cluster[1].sees(cluster[0], "master,fail"); }), -1);
    cluster[0].restart();
    std::int64_t const back_ms =
        cluster.run_until([&] { return cluster[1].sees(cluster[0], "master"); });
    EXPECT_GE(back_ms, 4000);
    EXPECT_LE(back_ms, 5500);
}

TEST(Partition, TwoMastersWithOneEpochAgreeWhoMovesOn) {
    TestCluster cluster;
    TestNode& a = cluster.add_fresh();
    TestNode& b = cluster.add_fresh();
    a.cluster({"MEET", "127.0.0.1", "7001"});
    ASSERT_NE(cluster.run_until([&] { return a.info("cluster_my_epoch") == "1"; }), -1);
    cluster.run_ms(3000);
    EXPECT_EQ(a.info("cluster_my_epoch"), "1");  // the smaller id
    EXPECT_EQ(b.info("cluster_my_epoch"), "0");
    EXPECT_EQ(b.info("cluster_current_epoch"), "1");
}

}  // namespace
}  // namespace keyslot::sim::test
