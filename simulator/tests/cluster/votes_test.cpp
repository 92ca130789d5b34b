#include "simulator/cluster/slot_set.hpp"
#include "simulator/tests/cluster/test_cluster.hpp"

#include <gtest/gtest.h>

// Facts 5.3: whom a master gives its vote. Node 3 replicates node 0, and node 1 is asked.
namespace keyslot::sim::test {
namespace {

class Vote : public testing::Test {
protected:
    Vote() {
        cluster.run_ms(3000);
        cluster[3].config().replica_no_failover = true;  // the test stands in its place
        cluster.run_ms(200);
        cluster[0].crash();
        EXPECT_NE(cluster.run_until([&] { return cluster[1].sees(cluster[0], "master,fail"); }),
                  -1);
    }

    /// Node 3 asks for the slots of its master, and for `more`.
    BusMessage request(std::vector<std::uint16_t> const& more = {}) {
        auto slots = std::make_shared<SlotSet>();
        for (std::uint16_t slot = 0; slot <= 5460; ++slot) {
            slots->set(slot);
        }
        for (std::uint16_t const slot : more) {
            slots->set(slot);
        }
        NodeConfig const& config = cluster[3].config();
        BusMessage message;
        message.type = BusType::auth_request;
        message.sender = make_contact(config.id, config.ip, config.port);
        message.flags = node_slave;
        message.master = NodeId{cluster[0].config().id};
        message.current_epoch = 100;
        message.config_epoch = 1;
        message.slots = std::move(slots);
        return message;
    }
    /// Node 5, for the slots of node 2, which is well: nothing but the epoch speaks against it.
    BusMessage forced_request_of_another() {
        NodeConfig const& other = cluster[5].config();
        BusMessage message = request();
        message.sender = make_contact(other.id, other.ip, other.port);
        message.master = NodeId{cluster[2].config().id};
        message.config_epoch = 3;
        message.slots.reset();
        message.force_ack = true;
        return message;
    }
    bool votes_for(BusMessage const& message) {
        std::string const before = voter.info("cluster_stats_messages_auth-ack_sent");
        voter.state().on_bus(message);
        return voter.info("cluster_stats_messages_auth-ack_sent") != before;
    }

    TestCluster cluster{{}};
    TestNode& voter = cluster[1];
};

TEST_F(Vote, GoesToAReplicaOfAFailedMasterOnceInAnEpoch) {
    EXPECT_TRUE(votes_for(request()));
    EXPECT_FALSE(votes_for(request()));
    BusMessage later = request();
    later.current_epoch = 101;
    EXPECT_FALSE(votes_for(later));  // for a replica of the same master: after two timeouts
    cluster.run_ms(4000);
    EXPECT_TRUE(votes_for(later));
}

TEST_F(Vote, IsOneInAnEpochWhosesoeverReplicaAsks) {
    EXPECT_TRUE(votes_for(request()));
    BusMessage rival = forced_request_of_another();
    EXPECT_FALSE(votes_for(rival));
    rival.current_epoch = 101;
    EXPECT_TRUE(votes_for(rival));
}

TEST_F(Vote, IsNotForWhoeverIsBehindTheTime) {
    BusMessage late = request();
    late.current_epoch = 1;
    EXPECT_FALSE(votes_for(late));
}

TEST_F(Vote, IsNotGivenBeforeTheMasterHasFailedUnlessTheRequestIsForced) {
    BusMessage message = forced_request_of_another();
    message.force_ack = false;
    EXPECT_FALSE(votes_for(message));
    message.current_epoch = 101;
    message.force_ack = true;
    EXPECT_TRUE(votes_for(message));
}

// An UPDATE tells the epoch of the node that it is about, not that of the cluster: who starts goes by the
// greatest that is in its nodes.conf.
TEST_F(Vote, CurrentEpochIsTheGreatestOfAllAfterARestart) {
    BusMessage update = request();
    update.type = BusType::update;
    update.about = NodeId{cluster[5].config().id};
    update.about_epoch = 50;
    update.about_slots = std::make_shared<SlotSet>();
    update.current_epoch = 1;
    voter.state().on_bus(update);
    EXPECT_EQ(voter.info("cluster_current_epoch"), "6");
    voter.crash();
    voter.restart();
    EXPECT_EQ(voter.info("cluster_current_epoch"), "50");
}

TEST_F(Vote, IsRefusedWhereASlotHasGoneToAGreaterEpoch) {
    EXPECT_FALSE(votes_for(request({16383})));  // of node 2, whose epoch is 3
    BusMessage up_to_date = request({16383});
    up_to_date.current_epoch = 101;
    up_to_date.config_epoch = 3;
    EXPECT_TRUE(votes_for(up_to_date));
}

TEST_F(Vote, IsGivenForASlotThatItsOwnerDoesNotClaimAnyMore) {
    cluster[2].cluster({"DELSLOTS", "16383"});
    cluster.run_ms(2500);
    EXPECT_EQ(voter.state().owner_of(16383), cluster[2].state().my_id());  // nobody took it
    EXPECT_TRUE(votes_for(request({16383})));
}

// A master may have become a replica since it voted.
TEST(Votes, OfReplicasDoNotCount) {
    TestCluster cluster{{}};
    TestNode& candidate = cluster[3];
    cluster.run_ms(3000);
    cluster[0].crash();
    ASSERT_NE(cluster.run_until([&] { return candidate.sees(cluster[0], "master,fail"); }), -1);
    cluster.isolate(candidate);
    cluster.run_ms(2000);  // it asks for votes, and nobody hears it
    auto const vote = [&](TestNode& voter, std::string master) {
        NodeConfig const& config = voter.config();
        BusMessage message;
        message.type = BusType::auth_ack;
        message.sender = make_contact(config.id, config.ip, config.port);
        message.flags = master.empty() ? node_master : node_slave;
        message.master = NodeId{master};
        message.current_epoch = 100;
        candidate.state().on_bus(message);
        cluster.run_ms(100);
    };
    vote(cluster[4], cluster[1].config().id);
    vote(cluster[5], cluster[2].config().id);
    vote(cluster[1], {});
    EXPECT_FALSE(candidate.state().is_master()) << "one vote of three";
    vote(cluster[2], {});
    EXPECT_TRUE(candidate.state().is_master());
}

TEST(Epochs, OfTwoTakeoversAtOnceAreSetApart) {
    for (bool const with_restart : {false, true}) {
        TestCluster cluster{{}};
        cluster.run_ms(3000);
        EXPECT_EQ(cluster[3].cluster({"FAILOVER", "TAKEOVER"}), "+OK\r\n");
        EXPECT_EQ(cluster[4].cluster({"FAILOVER", "TAKEOVER"}), "+OK\r\n");
        EXPECT_EQ(cluster[3].info("cluster_my_epoch"), "7");
        EXPECT_EQ(cluster[4].info("cluster_my_epoch"), "7");
        if (with_restart) {  // nodes.conf has both with the same epoch
            cluster[3].crash();
            cluster[4].crash();
            cluster.run_ms(100);
            cluster[3].restart();
            cluster[4].restart();
        }
        cluster.run_ms(10'000);
        EXPECT_EQ(cluster[3].info("cluster_my_epoch"), "8");  // the smaller id moves on
        EXPECT_EQ(cluster[4].info("cluster_my_epoch"), "7");
        for (std::size_t n = 0; n < cluster.size(); ++n) {
            EXPECT_EQ(cluster[n].state().owner_of(0), cluster[3].state().my_id()) << n;
            EXPECT_EQ(cluster[n].state().owner_of(6000), cluster[4].state().my_id()) << n;
            EXPECT_EQ(cluster[n].info("cluster_current_epoch"), "8") << n;
        }
    }
}

TEST(Epochs, DecideWhoseSlotsTheyAreWhenTwoClustersBecomeOneByMistake) {
    TestCluster cluster;
    std::vector<TestNode*> nodes;
    for (int n = 0; n < 4; ++n) {
        nodes.push_back(&cluster.add_fresh());
    }
    auto const join = [&](TestNode& one, TestNode& other, std::string_view port,
                          std::string_view epoch_of_one, std::string_view epoch_of_other) {
        one.cluster({"SET-CONFIG-EPOCH", epoch_of_one});
        other.cluster({"SET-CONFIG-EPOCH", epoch_of_other});
        one.cluster({"ADDSLOTSRANGE", "0", "8191"});
        other.cluster({"ADDSLOTSRANGE", "8192", "16383"});
        one.cluster({"MEET", "127.0.0.1", port});
    };
    join(*nodes[0], *nodes[1], "7001", "1", "4");
    join(*nodes[2], *nodes[3], "7003", "2", "3");
    cluster.run_ms(5000);
    EXPECT_EQ(nodes[0]->info("cluster_known_nodes"), "2");
    nodes[0]->cluster({"MEET", "127.0.0.1", "7002"});
    cluster.run_ms(15'000);
    for (TestNode* const node : nodes) {
        EXPECT_EQ(node->info("cluster_known_nodes"), "4");
        EXPECT_EQ(node->state().owner_of(0), nodes[2]->state().my_id());
        EXPECT_EQ(node->state().owner_of(16383), nodes[1]->state().my_id());
        EXPECT_EQ(node->info("cluster_state"), "ok");
    }
    // Who lost everything follows whoever took it.
    EXPECT_FALSE(nodes[0]->state().is_master());
    EXPECT_FALSE(nodes[3]->state().is_master());
}

}  // namespace
}  // namespace keyslot::sim::test
