#include "simulator/tests/cluster/test_cluster.hpp"

#include <gtest/gtest.h>

namespace keyslot::sim::test {
namespace {

TEST(ManualFailover, TakesMillisecondsAndPausesTheMasterMeanwhile) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    EXPECT_EQ(cluster[3].cluster({"FAILOVER"}), "+OK\r\n");
    std::int64_t const promoted_ms =
        cluster.run_until([&] { return cluster[3].state().is_master(); });
    EXPECT_EQ(cluster[0].pauses, 1);
    EXPECT_GE(promoted_ms, 0);
    EXPECT_LE(promoted_ms, 30);
    cluster.run_ms(10);
    EXPECT_FALSE(cluster[0].state().is_master());
    EXPECT_FALSE(cluster[0].are_writes_paused());
    EXPECT_EQ(cluster[0].replicates, (std::pair<std::string, std::uint16_t>{"127.0.0.1", 7003}));
    EXPECT_EQ(cluster[1].state().owner_of(5061), cluster[3].state().my_id());
    EXPECT_TRUE(cluster[1].state().state_ok());
}

TEST(ManualFailover, ReplicaWaitsUntilItHasAllThatItsMasterHas) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster[3].replication_stalls = true;
    cluster[0].offset = 900;
    cluster[3].cluster({"FAILOVER"});
    cluster.run_ms(2000);
    EXPECT_FALSE(cluster[3].state().is_master());
    EXPECT_TRUE(cluster[0].are_writes_paused());
    cluster[3].offset = 900;
    cluster[3].state().on_replication_progress();
    cluster.run_ms(10);
    EXPECT_TRUE(cluster[3].state().is_master());
}

TEST(ManualFailover, GivesUpAfterFiveSecondsAndLiftsThePause) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster[3].replication_stalls = true;
    cluster[0].offset = 900;
    cluster[3].cluster({"FAILOVER"});
    cluster.run_ms(4900);
    EXPECT_TRUE(cluster[0].are_writes_paused());
    cluster.run_ms(300);
    EXPECT_FALSE(cluster[0].are_writes_paused());
    cluster[3].offset = 900;
    cluster.run_ms(5000);
    EXPECT_FALSE(cluster[3].state().is_master());
    EXPECT_TRUE(cluster[0].state().is_master());
}

TEST(ManualFailover, ForceAsksNoMasterButAMajority) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster[0].crash();
    EXPECT_EQ(cluster[3].cluster({"FAILOVER", "force"}), "+OK\r\n");
    std::int64_t const promoted_ms =
        cluster.run_until([&] { return cluster[3].state().is_master(); });
    EXPECT_GE(promoted_ms, 0);
    EXPECT_LE(promoted_ms, 220);
    TestCluster minority{{}};
    minority.run_ms(3000);
    for (std::size_t n : {0u, 1u, 2u}) {
        minority[n].crash();
    }
    minority[3].cluster({"FAILOVER", "FORCE"});
    minority.run_ms(6000);
    EXPECT_FALSE(minority[3].state().is_master());
}

TEST(ManualFailover, TakeoverAsksNobody) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    for (std::size_t n : {0u, 1u, 2u}) {
        cluster[n].crash();
    }
    EXPECT_EQ(cluster[3].cluster({"FAILOVER", "TAKEOVER"}), "+OK\r\n");
    EXPECT_TRUE(cluster[3].state().is_master());
    EXPECT_EQ(cluster[3].info("cluster_my_epoch"), "7");
    cluster.run_ms(5);
    EXPECT_EQ(cluster[4].state().owner_of(5061), cluster[3].state().my_id());
}

TEST(ManualFailover, Refusals) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    EXPECT_EQ(cluster[0].cluster({"FAILOVER", "NOW"}), "-ERR syntax error\r\n");
    EXPECT_EQ(cluster[0].cluster({"FAILOVER"}),
              "-ERR You should send CLUSTER FAILOVER to a replica\r\n");
    EXPECT_EQ(cluster[0].cluster({"FAILOVER", "FORCE", "x"}),
              "-ERR unknown subcommand or wrong number of arguments for 'FAILOVER'. Try CLUSTER "
              "HELP.\r\n");
    cluster[0].crash();
    ASSERT_NE(cluster.run_until([&] { return cluster[3].sees(cluster[0], "master,fail"); }), -1);
    EXPECT_EQ(cluster[3].cluster({"FAILOVER"}),
              "-ERR Master is down or failed, please use CLUSTER FAILOVER FORCE\r\n");
}

TEST(ReplicaMigration, OrphanedMasterGetsAReplicaOfTheRichest) {
    TestCluster cluster{{}};
    TestNode& spare = cluster.add_fresh();
    spare.cluster({"MEET", "127.0.0.1", "7000"});
    cluster.run_ms(5000);
    ASSERT_EQ(spare.cluster({"REPLICATE", cluster[1].state().my_id()}), "+OK\r\n");
    cluster.run_ms(5000);
    cluster[3].crash();  // the only replica of node 0
    cluster.run_ms(4000);
    EXPECT_EQ(cluster[4].replicates->second, 7001);
    std::int64_t const moved_ms = cluster.run_until(
        [&] { return cluster[4].replicates->second == 7000 || spare.replicates->second == 7000; });
    EXPECT_GE(moved_ms, 3000);
    EXPECT_LE(moved_ms, 8000);
    EXPECT_EQ(cluster[4].replicates->second, 7000);  // the smaller id of the two
    EXPECT_EQ(spare.replicates->second, 7001);
}

TEST(ReplicaMigration, LastReplicaStays) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster[3].crash();
    cluster.run_ms(20'000);
    EXPECT_EQ(cluster[4].replicates->second, 7001);
    EXPECT_EQ(cluster[5].replicates->second, 7002);
}

// The candidate is the replica with the smallest id, and nobody asks whether it is up.
TEST(ReplicaMigration, NobodyMovesWhileTheCandidateIsDown) {
    TestCluster cluster{{.replicas_per_master = 3}};
    cluster.run_ms(3000);
    for (std::size_t n : {3u, 4u, 5u}) {  // all of node 0
        cluster[n].crash();
    }
    cluster.run_ms(4000);
    ASSERT_TRUE(cluster[9].sees(cluster[3], "slave,fail"));
    cluster[6].crash();  // one of node 1 and one of node 2: they have two good ones each, and the
    cluster[9].crash();  // second has the smallest id of all, that ends in 10
    cluster.run_ms(30'000);
    EXPECT_EQ(cluster[7].replicates->second, 7001);
    EXPECT_EQ(cluster[8].replicates->second, 7001);
    EXPECT_EQ(cluster[10].replicates->second, 7002);
    EXPECT_EQ(cluster[11].replicates->second, 7002);
    cluster[9].restart();
    EXPECT_NE(cluster.run_until([&] { return cluster[9].replicates->second == 7000; }), -1);
}

TEST(ReplicaMigration, ReplicaForbiddenToFailOverMovesAllTheSame) {
    TestCluster cluster{{.replicas_per_master = 2}};
    cluster[4].config().replica_no_failover = cluster[5].config().replica_no_failover = true;
    for (std::size_t n = 6; n < 8; ++n) {
        cluster[n].config().replica_no_failover = true;
    }
    cluster.run_ms(3000);
    cluster[3].crash();
    cluster[4].crash();
    EXPECT_NE(cluster.run_until([&] { return cluster[5].replicates->second == 7000; }), -1);
}

TEST(ReplicaMigration, BarrierKeepsReplicasBack) {
    TestCluster cluster{{.replicas_per_master = 2,
                         .configure = [](NodeConfig& config) { config.migration_barrier = 2; }}};
    cluster.run_ms(3000);
    cluster[3].crash();
    cluster[4].crash();
    cluster.run_ms(30'000);
    for (std::size_t n = 5; n < 9; ++n) {
        EXPECT_EQ(cluster[n].replicates->second, n < 7 ? 7001 : 7002) << n;
    }
}

// Where others have replicas, a master that gets its first slot shall have one.
TEST(ReplicaMigration, NewMasterGetsAReplicaWithItsFirstSlot) {
    TestCluster cluster{{.replicas_per_master = 2}};
    TestNode& fresh = cluster.add_fresh();
    fresh.cluster({"MEET", "127.0.0.1", "7000"});
    cluster.run_ms(5000);
    std::string const id = fresh.state().my_id();
    fresh.cluster({"SETSLOT", "0", "IMPORTING", cluster[0].state().my_id()});
    EXPECT_EQ(fresh.cluster({"SETSLOT", "0", "NODE", id}), "+OK\r\n");
    EXPECT_NE(cluster.run_until([&] {
        return cluster[3].replicates->second == 7009;  // the smallest id
    }),
              -1);
}

}  // namespace
}  // namespace keyslot::sim::test
