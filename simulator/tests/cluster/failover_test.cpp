#include "simulator/tests/cluster/test_cluster.hpp"

#include <gtest/gtest.h>

namespace keyslot::sim::test {
namespace {

std::optional<std::string> route_read(TestNode& node, std::string_view key) {
    return node.state().route({.keys = std::span{&key, 1}});
}

constexpr std::string_view key_of_first = "bar";  // slot 5061

// Facts 5.2, measured on real servers: PFAIL +2.0...2.8 s, FAIL +2.9...3.0 s, promotion +3.9...4.1
// s.
TEST(Failover, KilledMasterIsReplacedOnTheTimelineOfRealServers) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster[0].crash();
    std::int64_t const pfail_ms = cluster.run_until([&] {
        return cluster[1].sees(cluster[0], "master,fail?") ||
               cluster[1].sees(cluster[0], "master,fail");
    });
    EXPECT_GE(pfail_ms, 2000);
    EXPECT_LE(pfail_ms, 3100);
    std::int64_t const fail_ms =
        pfail_ms + cluster.run_until([&] { return cluster[1].sees(cluster[0], "master,fail"); });
    EXPECT_LE(fail_ms, 4000);
    EXPECT_EQ(cluster[1].info("cluster_state"), "fail");
    EXPECT_EQ(route_read(cluster[1], key_of_first), "CLUSTERDOWN The cluster is down");
    std::int64_t const promoted_ms =
        fail_ms + cluster.run_until([&] { return cluster[3].state().is_master(); });
    EXPECT_GE(promoted_ms, fail_ms + 500);
    EXPECT_LE(promoted_ms, 5000);
    cluster.run_ms(50);
    for (std::size_t n : {1u, 2u, 3u, 4u, 5u}) {
        EXPECT_EQ(cluster[n].info("cluster_state"), "ok") << n;
        EXPECT_EQ(cluster[n].state().owner_of(5061), cluster[3].state().my_id()) << n;
    }
    EXPECT_EQ(route_read(cluster[1], key_of_first), "MOVED 5061 127.0.0.1:7003");
    EXPECT_EQ(route_read(cluster[3], key_of_first), std::nullopt);
}

TEST(Failover, OldMasterComesBackAsAReplicaOfTheNewOneWithinMilliseconds) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster[0].crash();
    ASSERT_NE(cluster.run_until([&] { return cluster[3].state().is_master(); }), -1);
    cluster.run_ms(2000);
    cluster[0].restart();
    EXPECT_EQ(cluster[0].info("cluster_state"), "fail");  // not writable for two seconds
    std::int64_t const demoted_ms =
        cluster.run_until([&] { return !cluster[0].state().is_master(); });
    EXPECT_GE(demoted_ms, 0);
    EXPECT_LE(demoted_ms, 50);
    EXPECT_EQ(cluster[0].replicates, (std::pair<std::string, std::uint16_t>{"127.0.0.1", 7003}));
    EXPECT_EQ(route_read(cluster[0], key_of_first), "MOVED 5061 127.0.0.1:7003");
    cluster.run_ms(1500);
    EXPECT_TRUE(cluster[1].sees(cluster[0], "slave"));
}

TEST(Failover, WithoutAMajorityOfMastersNobodyIsElected) {
    TestCluster cluster{{}};
    cluster.run_ms(2000);
    cluster[0].crash();
    cluster[1].crash();
    cluster.run_ms(30'000);
    EXPECT_FALSE(cluster[3].state().is_master());
    EXPECT_FALSE(cluster[4].state().is_master());
    EXPECT_EQ(cluster[2].info("cluster_state"), "fail");
}

TEST(Failover, TwoOfFiveMastersWhoCannotReachAnotherAreNoMajority) {
    TestCluster cluster{{.masters = 5}};
    cluster.run_ms(3000);
    cluster.cut_both(cluster[0], cluster[1]);
    cluster.cut_both(cluster[0], cluster[2]);
    cluster.run_ms(15'000);
    EXPECT_TRUE(cluster[1].sees(cluster[0], "master,fail?"));
    EXPECT_TRUE(cluster[2].sees(cluster[0], "master,fail?"));
    EXPECT_TRUE(cluster[3].sees(cluster[0], "master"));
    EXPECT_TRUE(cluster[0].state().is_master());
}

// They have agreed that it failed, and then most of them cannot hear the replica that stands.
TEST(Failover, AMinoritysVotesElectNobody) {
    TestCluster cluster{{.masters = 5}};
    TestNode& replica = cluster[5];
    cluster.run_ms(3000);
    cluster[0].crash();
    ASSERT_NE(cluster.run_until([&] { return replica.sees(cluster[0], "master,fail"); }), -1);
    for (std::size_t const master : {2, 3, 4}) {
        cluster.cut_both(replica, cluster[master]);
    }
    cluster.run_ms(15'000);
    EXPECT_FALSE(replica.state().is_master());
    cluster.heal();
    EXPECT_NE(cluster.run_until([&] { return replica.state().is_master(); }), -1);
}

TEST(Failover, ReplicaWithMoreDataWins) {
    TestCluster cluster{{.replicas_per_master = 2}};
    cluster.run_ms(2000);
    cluster[3].replication_stalls = true;
    cluster[0].offset = 5000;
    cluster.run_ms(2000);
    cluster[0].crash();
    ASSERT_NE(cluster.run_until(
                  [&] { return cluster[3].state().is_master() || cluster[4].state().is_master(); }),
              -1);
    EXPECT_TRUE(cluster[4].state().is_master());
    cluster.run_ms(2000);
    EXPECT_EQ(cluster[3].replicates, (std::pair<std::string, std::uint16_t>{"127.0.0.1", 7004}));
}

TEST(Failover, ReplicaWithoutDataOfItsMasterDoesNotStand) {
    TestCluster cluster{{}};
    cluster[3].replication_stalls = true;
    cluster[3].master_heard_ms = -1;
    cluster.run_ms(2000);
    cluster[0].crash();
    EXPECT_EQ(cluster.run_until([&] { return cluster[3].state().is_master(); }, 20'000), -1);
}

// repl-ping-replica-period + node-timeout * factor, the timeout itself not counted: 10 + 20 + 2 s.
TEST(Failover, ReplicaWithDataThatIsTooOldDoesNotStand) {
    TestCluster cluster{{}};
    cluster.run_ms(1000);
    cluster[3].replication_stalls = true;
    cluster.run_ms(31'000);
    cluster[0].crash();
    EXPECT_EQ(cluster.run_until([&] { return cluster[3].state().is_master(); }, 20'000), -1);
}

TEST(Failover, DataMayBeOlderByThePeriodOfTheMastersPings) {
    for (int const period_s : {1, 30}) {
        TestCluster cluster{{.configure = [&](NodeConfig& config) {
            config.replica_validity_factor = 1;
            config.repl_ping_period_s = period_s;
        }}};
        cluster.run_ms(10'000);
        cluster[3].replication_stalls = true;
        cluster.run_ms(15'000);
        cluster[0].crash();
        cluster.run_ms(20'000);
        EXPECT_EQ(cluster[3].state().is_master(), period_s == 30);
    }
}

TEST(Failover, ReplicaForbiddenToFailOverDoesNotStand) {
    TestCluster cluster{
        {.configure = [](NodeConfig& config) { config.replica_no_failover = true; }}};
    cluster.run_ms(2000);
    EXPECT_TRUE(cluster[1].sees(cluster[3], "slave,nofailover"));
    cluster[0].crash();
    EXPECT_EQ(cluster.run_until([&] { return cluster[3].state().is_master(); }, 20'000), -1);
}

TEST(Failover, KilledReplicaIsFoundOutAndWelcomedBackAtOnce) {
    TestCluster cluster{{}};
    cluster.run_ms(2000);
    cluster[3].crash();
    ASSERT_NE(cluster.run_until([&] { return cluster[1].sees(cluster[3], "slave,fail"); }), -1);
    EXPECT_EQ(cluster[1].info("cluster_state"), "ok");
    cluster[3].restart();
    std::int64_t const back_ms =
        cluster.run_until([&] { return cluster[1].sees(cluster[3], "slave"); });
    EXPECT_GE(back_ms, 0);
    EXPECT_LE(back_ms, 250);
}

TEST(Failover, PromotedReplicaHasTheGreatestEpoch) {
    TestCluster cluster{{}};
    cluster.run_ms(1000);
    cluster[2].crash();
    ASSERT_NE(cluster.run_until([&] { return cluster[5].state().is_master(); }), -1);
    cluster.run_ms(100);
    for (std::size_t n : {0u, 1u, 3u, 4u, 5u}) {
        EXPECT_EQ(cluster[n].info("cluster_current_epoch"), "7") << n;
    }
    EXPECT_EQ(cluster[5].info("cluster_my_epoch"), "7");
}

TEST(Failover, EveryMasterCanBeReplacedOneAfterTheOther) {
    TestCluster cluster{{.replicas_per_master = 2}};
    for (std::size_t n : {0u, 1u, 2u}) {
        cluster.run_ms(5000);
        cluster[n].crash();
        ASSERT_NE(cluster.run_until([&] {
            return cluster[3 + 2 * n].state().is_master() || cluster[4 + 2 * n].state().is_master();
        }),
                  -1)
            << n;
        cluster.run_ms(5000);
        EXPECT_EQ(cluster[8].info("cluster_state"), "ok");
        cluster[n].restart();
    }
    cluster.run_ms(10'000);
    for (std::size_t n = 0; n < cluster.size(); ++n) {
        EXPECT_EQ(cluster[n].info("cluster_state"), "ok") << n;
        EXPECT_EQ(cluster[n].info("cluster_slots_ok"), "16384") << n;
        EXPECT_EQ(cluster[n].cluster({"SLOTS"}).substr(0, 4), "*3\r\n") << n;
    }
}

}  // namespace
}  // namespace keyslot::sim::test
