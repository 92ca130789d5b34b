#include "simulator/tests/cluster/test_cluster.hpp"

#include <gtest/gtest.h>

namespace keyslot::sim::test {
namespace {

constexpr std::string_view ok = "+OK\r\n";

TEST(Membership, MetNodesLearnOfEachOtherByGossip) {
    TestCluster cluster;
    for (int i = 0; i < 6; ++i) {
        cluster.add_fresh();
    }
    EXPECT_EQ(cluster[0].info("cluster_size"), "1");
    EXPECT_EQ(cluster[0].info("cluster_known_nodes"), "1");
    for (std::size_t n = 1; n < 6; ++n) {
        EXPECT_EQ(cluster[n].cluster({"MEET", "127.0.0.1", "7000"}), ok);
    }
    std::int64_t const joined_ms = cluster.run_until([&] {
        for (std::size_t n = 0; n < 6; ++n) {
            if (cluster[n].info("cluster_known_nodes") != "6" ||
                cluster[n].cluster({"NODES"}).find("handshake") != std::string::npos) {
                return false;
            }
        }
        return true;
    });
    EXPECT_GE(joined_ms, 0);
    EXPECT_LE(joined_ms, 6000);
}

// redis-cli --cluster create, facts 4.5.
TEST(Membership, ClusterIsFormedAsRedisCliDoesIt) {
    TestCluster cluster;
    constexpr std::string_view shares[3][2] = {
        {"0", "5460"}, {"5461", "10922"}, {"10923", "16383"}};
    for (std::size_t n = 0; n < 6; ++n) {
        TestNode& node = cluster.add_fresh();
        if (n < 3) {
            EXPECT_EQ(node.cluster({"ADDSLOTSRANGE", shares[n][0], shares[n][1]}), ok);
        }
        EXPECT_EQ(node.cluster({"SET-CONFIG-EPOCH", std::to_string(n + 1)}), ok);
        if (n > 0) {
            EXPECT_EQ(node.cluster({"MEET", "127.0.0.1", "7000"}), ok);
        }
    }
    ASSERT_NE(cluster.run_until([&] {
        for (std::size_t n = 0; n < 6; ++n) {
            if (cluster[n].info("cluster_slots_assigned") != "16384") {
                return false;
            }
        }
        return true;
    }),
              -1);
    for (std::size_t n = 3; n < 6; ++n) {
        EXPECT_EQ(cluster[n].cluster({"REPLICATE", cluster[n - 3].state().my_id()}), ok);
    }
    cluster.run_ms(4000);
    for (std::size_t n = 0; n < 6; ++n) {
        EXPECT_EQ(cluster[n].info("cluster_state"), "ok") << n;
        EXPECT_EQ(cluster[n].info("cluster_current_epoch"), "6") << n;
        EXPECT_EQ(cluster[n].info("cluster_my_epoch"), std::to_string(n % 3 + 1)) << n;
        EXPECT_EQ(cluster[n].info("cluster_size"), "3") << n;
    }
    EXPECT_TRUE(cluster[5].sees(cluster[4], "slave"));
}

TEST(Membership, HandshakeIsShownUnderARandomNameAndExpires) {
    TestCluster cluster;
    TestNode& node = cluster.add_fresh();
    EXPECT_EQ(node.cluster({"MEET", "127.0.0.1", "7999"}), ok);
    EXPECT_EQ(node.cluster({"MEET", "127.0.0.1", "7999"}), ok);
    EXPECT_EQ(node.info("cluster_known_nodes"), "2");
    EXPECT_NE(
        node.cluster({"NODES"}).find(" 127.0.0.1:7999@17999 handshake - 0 0 0 disconnected\n"),
        std::string::npos);
    cluster.run_ms(1900);
    EXPECT_EQ(node.info("cluster_known_nodes"), "2");
    cluster.run_ms(300);
    EXPECT_EQ(node.info("cluster_known_nodes"), "1");
}

TEST(Membership, NodeLearnsItsAddressFromTheFirstToContactIt) {
    TestCluster cluster;
    TestNode& a = cluster.add_fresh();
    TestNode& b = cluster.add_fresh();
    EXPECT_EQ(a.line_about(a), id_of(0) + " :7000@17000 myself,master - 0 0 0 connected");
    b.cluster({"MEET", "127.0.0.1", "7000"});
    cluster.run_ms(200);
    EXPECT_TRUE(a.line_about(a).starts_with(id_of(0) + " 127.0.0.1:7000@17000 myself,master - 0 "));
}

TEST(Membership, MeetRefusesWhatIsNoAddress) {
    TestCluster cluster;
    TestNode& node = cluster.add_fresh();
    EXPECT_EQ(node.cluster({"MEET", "127.0.0.1", "x"}),
              "-ERR Invalid TCP base port specified: x\r\n");
    EXPECT_EQ(node.cluster({"MEET", "127.0.0.1", "1000", "x"}),
              "-ERR Invalid TCP bus port specified: x\r\n");
    EXPECT_EQ(node.cluster({"MEET", "foo", "1000"}),
              "-ERR Invalid node address specified: foo:1000\r\n");
    EXPECT_EQ(node.cluster({"MEET", "127.0.0.1", "0"}),
              "-ERR Invalid node address specified: 127.0.0.1:0\r\n");
    EXPECT_EQ(node.cluster({"MEET", "127.0.0.1", "60000"}),
              "-ERR Invalid node address specified: 127.0.0.1:60000\r\n");
    EXPECT_EQ(node.cluster({"MEET", "127.0.0.1", "9223372036854775807"}),
              "-ERR Invalid node address specified: 127.0.0.1:9223372036854775807\r\n");
}

TEST(Membership, ForgottenNodeStaysAwayForAMinute) {
    TestCluster cluster{{}};
    cluster.run_ms(2000);
    std::string const& id = cluster[5].state().my_id();
    EXPECT_EQ(cluster[0].cluster({"FORGET", id}), ok);
    EXPECT_EQ(cluster[0].info("cluster_known_nodes"), "5");
    cluster.run_ms(59'000);
    EXPECT_EQ(cluster[0].info("cluster_known_nodes"), "5");
    ASSERT_NE(cluster.run_until([&] { return cluster[0].info("cluster_known_nodes") == "6"; }), -1);
}

TEST(Membership, MeetOverridesTheBan) {
    TestCluster cluster{{}};
    cluster.run_ms(2000);
    cluster[0].cluster({"FORGET", cluster[5].state().my_id()});
    cluster.run_ms(1000);
    cluster[0].cluster({"MEET", "127.0.0.1", "7005"});
    cluster.run_ms(1000);
    EXPECT_TRUE(cluster[0].sees(cluster[5], "slave"));
}

TEST(Membership, ForgetRefusals) {
    TestCluster cluster{{}};
    EXPECT_EQ(cluster[0].cluster({"FORGET", "x"}), "-ERR Unknown node x\r\n");
    EXPECT_EQ(cluster[0].cluster({"FORGET", cluster[0].state().my_id()}),
              "-ERR I tried hard but I can't forget myself...\r\n");
    EXPECT_EQ(cluster[3].cluster({"FORGET", cluster[0].state().my_id()}),
              "-ERR Can't forget my master!\r\n");
    EXPECT_EQ(cluster[1].cluster({"FORGET", cluster[0].state().my_id()}), ok);
    EXPECT_TRUE(cluster[1].state().owner_of(5061).empty());
}

TEST(Membership, ReplicateRefusals) {
    TestCluster cluster{{}};
    auto const id = [&](std::size_t n) { return std::string_view{cluster[n].state().my_id()}; };
    EXPECT_EQ(cluster[3].cluster({"REPLICATE", "x"}), "-ERR Unknown node x\r\n");
    EXPECT_EQ(cluster[3].cluster({"REPLICATE", id(3)}), "-ERR Can't replicate myself\r\n");
    EXPECT_EQ(cluster[3].cluster({"REPLICATE", id(4)}),
              "-ERR I can only replicate a master, not a replica.\r\n");
    EXPECT_EQ(cluster[0].cluster({"REPLICATE", id(1)}),
              "-ERR To set a master the node must be empty and without assigned slots.\r\n");
    EXPECT_EQ(cluster[3].cluster({"REPLICATE", id(1)}), ok);
    EXPECT_EQ(cluster[3].replicates->second, 7001);
    EXPECT_EQ(cluster[3].state().master_address()->second, 7001);
}

TEST(Membership, SoftResetForgetsEverybodyAndKeepsTheName) {
    TestCluster cluster{{}};
    cluster.run_ms(2000);
    cluster[3].keys = {"bar"};
    std::string const id = cluster[3].state().my_id();
    EXPECT_EQ(cluster[3].cluster({"RESET"}), ok);
    EXPECT_EQ(cluster[3].info("cluster_known_nodes"), "1");
    EXPECT_EQ(cluster[3].info("cluster_current_epoch"), "6");
    EXPECT_EQ(cluster[3].state().my_id(), id);
    EXPECT_TRUE(cluster[3].state().is_master());
    EXPECT_TRUE(cluster[3].keys.empty());
    EXPECT_FALSE(cluster[3].replicates);
}

TEST(Membership, HardResetMakesItAnotherNode) {
    TestCluster cluster{{}};
    cluster.run_ms(2000);
    std::string const id = cluster[3].state().my_id();
    EXPECT_EQ(cluster[3].cluster({"RESET", "hard"}), ok);
    EXPECT_EQ(cluster[3].info("cluster_current_epoch"), "0");
    EXPECT_NE(cluster[3].state().my_id(), id);
    EXPECT_EQ(cluster[3].cluster({"MYID"}), "$40\r\n" + cluster[3].state().my_id() + "\r\n");
    // The others find a stranger at its address.
    cluster.run_ms(4000);
    EXPECT_NE(cluster[0].cluster({"NODES"}).find(id + " :0@0 slave,noaddr "), std::string::npos);
}

TEST(Membership, ResetRefusals) {
    TestCluster cluster{{}};
    cluster[0].keys = {"bar"};
    EXPECT_EQ(cluster[0].cluster({"RESET", "foo"}), "-ERR syntax error\r\n");
    EXPECT_EQ(cluster[0].cluster({"RESET"}),
              "-ERR CLUSTER RESET can't be called with master nodes containing keys\r\n");
}

TEST(Membership, ConfigEpochIsSetOnceAndByALoneNode) {
    TestCluster cluster;
    TestNode& node = cluster.add_fresh();
    EXPECT_EQ(node.cluster({"SET-CONFIG-EPOCH", "x"}),
              "-ERR value is not an integer or out of range\r\n");
    EXPECT_EQ(node.cluster({"SET-CONFIG-EPOCH", "-1"}),
              "-ERR Invalid config epoch specified: -1\r\n");
    EXPECT_EQ(node.cluster({"SET-CONFIG-EPOCH", "0"}), ok);
    EXPECT_EQ(node.cluster({"BUMPEPOCH"}), "+BUMPED 1\r\n");
    EXPECT_EQ(node.cluster({"BUMPEPOCH"}), "+STILL 1\r\n");
    EXPECT_EQ(node.cluster({"SET-CONFIG-EPOCH", "5"}),
              "-ERR Node config epoch is already non-zero\r\n");
    node.cluster({"MEET", "127.0.0.1", "7001"});
    EXPECT_EQ(node.cluster({"SET-CONFIG-EPOCH", "5"}),
              "-ERR The user can assign a config epoch only when the node does not know any other "
              "node.\r\n");
}

TEST(Membership, MovedNodeIsFoundAtItsNewAddressByItsPing) {
    TestCluster cluster{{}};
    cluster.run_ms(2000);
    cluster[1].crash();
    cluster[1].config().ip = "10.0.0.9";
    cluster[1].restart();
    cluster.run_ms(2000);
    EXPECT_NE(cluster[0].line_about(cluster[1]).find(" 10.0.0.9:7001@17001 "), std::string::npos);
    EXPECT_EQ(cluster[4].replicates->first, "10.0.0.9");
}

TEST(Membership, PublishReachesAllAndShardPublishTheShard) {
    TestCluster cluster{{}};
    cluster.run_ms(1000);
    cluster[0].state().publish("news", "hello", false);
    cluster[0].state().publish("bar", "hi", true);
    cluster[4].state().publish("foo", "yo", true);
    cluster.run_ms(5);
    EXPECT_EQ(cluster[0].published, std::vector<std::string>{});
    EXPECT_EQ(cluster[1].published, (std::vector<std::string>{"news=hello", "foo=yo (shard)"}));
    EXPECT_EQ(cluster[2].published, std::vector<std::string>{"news=hello"});
    EXPECT_EQ(cluster[3].published, (std::vector<std::string>{"news=hello", "bar=hi (shard)"}));
}

}  // namespace
}  // namespace keyslot::sim::test
