#include "simulator/tests/cluster/test_cluster.hpp"

#include <gtest/gtest.h>

namespace keyslot::sim::test {
namespace {

constexpr std::string_view ok = "+OK\r\n";

class SetSlot : public testing::Test {
protected:
    std::string set(std::size_t n, std::initializer_list<std::string_view> words) {
        std::vector<std::string_view> arguments{"CLUSTER", "SETSLOT"};
        arguments.insert(arguments.end(), words.begin(), words.end());
        std::string out;
        protocol::RespWriter reply{out};
        cluster_[n].state().cluster_command(arguments, reply);
        return out;
    }
    std::string const& id(std::size_t n) { return cluster_[n].state().my_id(); }

    TestCluster cluster_{{}};
};

TEST_F(SetSlot, RefusesInTheOrderOfRedis) {
    EXPECT_EQ(set(3, {"x", "STABLE"}), "-ERR Please use SETSLOT only with masters.\r\n");
    EXPECT_EQ(set(0, {"16384", "STABLE"}), "-ERR Invalid or out of range slot\r\n");
    EXPECT_EQ(set(0, {"01", "STABLE"}), "-ERR Invalid or out of range slot\r\n");
    constexpr std::string_view bad_action =
        "-ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP\r\n";
    EXPECT_EQ(set(0, {"1", "MIGRATING"}), bad_action);
    EXPECT_EQ(set(0, {"1", "STABLE", "x"}), bad_action);
    EXPECT_EQ(set(0, {"1", "FOO", "x"}), bad_action);
    EXPECT_EQ(set(1, {"1", "MIGRATING", "x"}), "-ERR I'm not the owner of hash slot 1\r\n");
    EXPECT_EQ(set(0, {"1", "MIGRATING", "x"}), "-ERR I don't know about node x\r\n");
    EXPECT_EQ(set(0, {"1", "MIGRATING", id(4)}), "-ERR Target node is not a master\r\n");
    EXPECT_EQ(set(0, {"1", "IMPORTING", "x"}), "-ERR I'm already the owner of hash slot 1\r\n");
    EXPECT_EQ(set(1, {"1", "IMPORTING", "x"}), "-ERR I don't know about node x\r\n");
    EXPECT_EQ(set(1, {"1", "IMPORTING", id(4)}), "-ERR Target node is not a master\r\n");
    EXPECT_EQ(set(0, {"1", "NODE", "x"}), "-ERR Unknown node x\r\n");
    EXPECT_EQ(set(0, {"1", "NODE", id(4)}), "-ERR Target node is not a master\r\n");
}

TEST_F(SetSlot, OwnerWithKeysDoesNotGiveTheSlotAway) {
    cluster_[0].keys = {"bar"};
    EXPECT_EQ(
        set(0, {"5061", "NODE", id(1)}),
        "-ERR Can't assign hashslot 5061 to a different node while I still hold keys for this hash "
        "slot.\r\n");
}

TEST_F(SetSlot, MarksAreShownOnTheOwnLineOnly) {
    EXPECT_EQ(set(1, {"5061", "importing", id(0)}), ok);
    EXPECT_EQ(set(0, {"5061", "migrating", id(1)}), ok);
    EXPECT_EQ(set(0, {"7000", "importing", id(1)}), ok);
    EXPECT_TRUE(cluster_[0]
                    .line_about(cluster_[0])
                    .ends_with("connected 0-5460 [5061->-" + id(1) + "] [7000-<-" + id(1) + "]"));
    EXPECT_TRUE(cluster_[1]
                    .line_about(cluster_[1])
                    .ends_with("connected 5461-10922 [5061-<-" + id(0) + "]"));
    EXPECT_TRUE(cluster_[2].line_about(cluster_[0]).ends_with("connected 0-5460"));
    EXPECT_EQ(set(0, {"5061", "STABLE"}), ok);
    EXPECT_EQ(set(0, {"7000", "STABLE"}), ok);
    EXPECT_TRUE(cluster_[0].line_about(cluster_[0]).ends_with("connected 0-5460"));
}

// What redis-cli --cluster reshard does, facts 4.1: the target first, and that is enough for
// everybody.
TEST_F(SetSlot, TargetTellsTheWholeClusterOfItsNewSlot) {
    set(1, {"5061", "IMPORTING", id(0)});
    set(0, {"5061", "MIGRATING", id(1)});
    EXPECT_EQ(cluster_[1].info("cluster_my_epoch"), "2");
    EXPECT_EQ(set(1, {"5061", "NODE", id(1)}), ok);
    EXPECT_EQ(cluster_[1].info("cluster_my_epoch"), "7");
    cluster_.run_ms(2);
    for (std::size_t n = 0; n < cluster_.size(); ++n) {
        EXPECT_EQ(cluster_[n].state().owner_of(5061), id(1)) << n;
    }
    EXPECT_TRUE(
        cluster_[0].line_about(cluster_[0]).ends_with("0-5060 5062-5460 [5061->-" + id(1) + "]"));
    EXPECT_EQ(set(0, {"5061", "NODE", id(1)}), ok);
    EXPECT_TRUE(cluster_[0].line_about(cluster_[0]).ends_with("0-5060 5062-5460"));
    EXPECT_GT(cluster_[0].ownership_changes, 0);
}

TEST_F(SetSlot, SecondMigratedSlotReusesTheEpoch) {
    for (std::string_view slot : {"10", "11"}) {
        set(1, {slot, "IMPORTING", id(0)});
        set(0, {slot, "MIGRATING", id(1)});
        set(1, {slot, "NODE", id(1)});
        cluster_.run_ms(10);
        set(0, {slot, "NODE", id(1)});
    }
    EXPECT_EQ(cluster_[1].info("cluster_my_epoch"), "7");
    EXPECT_EQ(cluster_[0].info("cluster_current_epoch"), "7");
}

TEST_F(SetSlot, NodeWithoutTheImportingMarkBumpsNothing) {
    set(1, {"5061", "NODE", id(1)});
    EXPECT_EQ(cluster_[1].info("cluster_my_epoch"), "2");
}

// Facts 4.2: in 7.0 the keys that a claim finds on the old owner are silently deleted there.
TEST_F(SetSlot, KeysLeftBehindAreDroppedWhenTheClaimArrives) {
    cluster_[0].keys = {"bar", "hello"};
    set(1, {"5061", "IMPORTING", id(0)});
    set(0, {"5061", "MIGRATING", id(1)});
    set(1, {"5061", "NODE", id(1)});
    cluster_.run_ms(2);
    EXPECT_EQ(cluster_[0].keys, std::set<std::string>{"hello"});
}

TEST_F(SetSlot, ImportedSlotIsNotTakenByAClaim) {
    set(2, {"5061", "IMPORTING", id(0)});
    set(1, {"5061", "IMPORTING", id(0)});
    set(1, {"5061", "NODE", id(1)});
    cluster_.run_ms(5000);
    EXPECT_EQ(cluster_[2].state().owner_of(5061), id(0));
    EXPECT_EQ(cluster_[0].state().owner_of(5061), id(1));
}

TEST_F(SetSlot, MasterThatGivesAwayItsLastSlotBecomesAReplicaOfTheReceiver) {
    TestCluster small{{.masters = 3, .replicas_per_master = 0}};
    TestNode& giver = small.add_fresh();
    giver.cluster({"MEET", "127.0.0.1", "7000"});
    ASSERT_NE(small.run_until([&] { return giver.info("cluster_known_nodes") == "4"; }), -1);
    small.run_ms(3000);
    std::string const giver_id = giver.state().my_id();
    giver.cluster({"SETSLOT", "5", "IMPORTING", small[0].state().my_id()});
    small[0].cluster({"SETSLOT", "5", "MIGRATING", giver_id});
    giver.cluster({"SETSLOT", "5", "NODE", giver_id});
    small[0].cluster({"SETSLOT", "5", "NODE", giver_id});
    small.run_ms(100);
    EXPECT_EQ(small[2].state().owner_of(5), giver_id);
    small[1].cluster({"SETSLOT", "5", "IMPORTING", giver_id});
    giver.cluster({"SETSLOT", "5", "MIGRATING", small[1].state().my_id()});
    small[1].cluster({"SETSLOT", "5", "NODE", small[1].state().my_id()});
    small.run_ms(50);
    EXPECT_FALSE(giver.state().is_master());
    EXPECT_EQ(giver.replicates, (std::pair<std::string, std::uint16_t>{"127.0.0.1", 7001}));
    EXPECT_EQ(giver.cluster({"SETSLOT", "5", "STABLE"}),
              "-ERR Please use SETSLOT only with masters.\r\n");
}

// Facts 4.2: marks are neither replicated nor gossiped.
TEST_F(SetSlot, FailoverLosesTheMarks) {
    cluster_.run_ms(1000);
    set(1, {"5061", "IMPORTING", id(0)});
    set(0, {"5061", "MIGRATING", id(1)});
    cluster_[0].crash();
    ASSERT_NE(cluster_.run_until([&] { return cluster_[3].state().is_master(); }), -1);
    EXPECT_TRUE(cluster_[3].line_about(cluster_[3]).ends_with("0-5460"));
    cluster_[0].restart();
    cluster_.run_ms(1000);
    EXPECT_EQ(cluster_[0].line_about(cluster_[0]).find('['), std::string::npos);
}

TEST_F(SetSlot, MarksSurviveARestart) {
    set(0, {"5061", "MIGRATING", id(1)});
    cluster_[0].crash();
    cluster_[0].restart();
    EXPECT_TRUE(cluster_[0].line_about(cluster_[0]).ends_with("0-5460 [5061->-" + id(1) + "]"));
}

// Two slots change places between two masters, and both targets close them before they hear of each
// other: both bump to the same epoch. The one with the smaller id moves on to a greater one while it still
// claims the slot that it gives away, and takes it back. After the operators have told the sources, each
// names the other as the owner, and nothing ever mends it: real servers end just so.
TEST_F(SetSlot, TwoTargetsAtOnceEndWithTwoNodesThatNameEachOther) {
    cluster_.run_ms(1000);
    constexpr std::string_view there = "5461", back = "10923";
    ASSERT_LT(id(1), id(2));
    EXPECT_EQ(set(2, {there, "IMPORTING", id(1)}), ok);
    EXPECT_EQ(set(1, {there, "MIGRATING", id(2)}), ok);
    EXPECT_EQ(set(1, {back, "IMPORTING", id(2)}), ok);
    EXPECT_EQ(set(2, {back, "MIGRATING", id(1)}), ok);
    EXPECT_EQ(set(1, {back, "NODE", id(1)}), ok);
    EXPECT_EQ(set(2, {there, "NODE", id(2)}), ok);
    EXPECT_EQ(cluster_[1].info("cluster_my_epoch"), cluster_[2].info("cluster_my_epoch"));
    cluster_[2].keys = {"a key of 5461 that has come"};
    cluster_.run_ms(500);
    EXPECT_EQ(cluster_[1].info("cluster_my_epoch"), "8");
    EXPECT_EQ(cluster_[2].info("cluster_my_epoch"), "7");
    EXPECT_EQ(cluster_[2].state().owner_of(5461), id(1));  // taken back
    EXPECT_EQ(set(1, {there, "NODE", id(2)}), ok);
    EXPECT_EQ(set(2, {back, "NODE", id(1)}), ok);
    cluster_.run_ms(30'000);
    EXPECT_EQ(cluster_[1].state().owner_of(5461), id(2));
    EXPECT_EQ(cluster_[2].state().owner_of(5461), id(1));
    for (std::size_t n = 0; n < cluster_.size(); ++n) {
        EXPECT_EQ(cluster_[n].state().owner_of(10923), id(1)) << n;
    }
}

TEST_F(SetSlot, OfTwoMarksTheFirstIsShown) {
    cluster_.run_ms(1000);
    set(0, {"5061", "MIGRATING", id(1)});
    cluster_[0].keys = {"bar"};  // of 5061: the mark stays when the slot goes
    cluster_[0].cluster({"DELSLOTS", "5061"});
    set(0, {"5061", "NODE", id(1)});
    set(0, {"5061", "IMPORTING", id(2)});
    std::string const line = cluster_[0].line_about(cluster_[0]);
    EXPECT_TRUE(line.ends_with(" [5061->-" + id(1) + "]")) << line;
}

// What a node finds after a restart is served by somebody, or shown to whoever looks after the cluster.
TEST_F(SetSlot, KeysFoundAfterARestartAreServedOrMarked) {
    cluster_.run_ms(1000);
    cluster_[0].keys = {"foo", "bar"};  // slots 12182, of node 2, and 5061
    cluster_[0].cluster({"DELSLOTS", "5061"});
    cluster_[0].crash();
    cluster_[0].restart();
    EXPECT_TRUE(cluster_[0].line_about(cluster_[0]).ends_with(" 0-5460 [12182-<-" + id(2) + "]"));
}

// A master whose last slot nobody took over has become a replica; its own replica follows it there.
TEST_F(SetSlot, ReplicaOfAReplicaGoesToItsMastersMaster) {
    cluster_.run_ms(1000);
    ASSERT_EQ(cluster_[0].cluster({"DELSLOTSRANGE", "0", "5460"}), ok);
    ASSERT_EQ(cluster_[0].cluster({"REPLICATE", id(1)}), ok);
    cluster_.run_ms(5000);
    EXPECT_EQ(cluster_[3].replicates->second, 7000);
    EXPECT_TRUE(cluster_[3].sees(cluster_[0], "slave"));
    cluster_[2].cluster({"BUMPEPOCH"});
    cluster_[2].cluster({"DELSLOTS", "16383"});  // any change of a claim makes it look
    cluster_.run_ms(5000);
    EXPECT_EQ(cluster_[3].replicates->second, 7001);
}

class AddSlots : public testing::Test {
protected:
    TestCluster cluster_;
    TestNode& node_ = cluster_.add_fresh();
};

TEST_F(AddSlots, AllOrNothing) {
    EXPECT_EQ(node_.cluster({"ADDSLOTS", "1", "1"}), "-ERR Slot 1 specified multiple times\r\n");
    EXPECT_EQ(node_.cluster({"ADDSLOTS", "1", "x"}), "-ERR Invalid or out of range slot\r\n");
    EXPECT_EQ(node_.info("cluster_slots_assigned"), "0");
    EXPECT_EQ(node_.cluster({"ADDSLOTS", "1", "2", "3"}), ok);
    EXPECT_EQ(node_.cluster({"ADDSLOTS", "4", "3"}), "-ERR Slot 3 is already busy\r\n");
    EXPECT_EQ(node_.cluster({"DELSLOTS", "3", "4"}), "-ERR Slot 4 is already unassigned\r\n");
    EXPECT_EQ(node_.cluster({"DELSLOTS", "3", "3"}), "-ERR Slot 3 specified multiple times\r\n");
    EXPECT_EQ(node_.cluster({"DELSLOTS", "3", "1"}), ok);
    EXPECT_EQ(node_.info("cluster_slots_assigned"), "1");
}

TEST_F(AddSlots, Ranges) {
    EXPECT_EQ(node_.cluster({"ADDSLOTSRANGE", "1", "2", "3"}),
              "-ERR wrong number of arguments for 'cluster|addslotsrange' command\r\n");
    EXPECT_EQ(node_.cluster({"ADDSLOTSRANGE", "3", "2", "x", "7"}),
              "-ERR start slot number 3 is greater than end slot number 2\r\n");
    EXPECT_EQ(node_.cluster({"ADDSLOTSRANGE", "1", "2", "2", "3"}),
              "-ERR Slot 2 specified multiple times\r\n");
    EXPECT_EQ(node_.cluster({"ADDSLOTSRANGE", "0", "5", "10", "16383"}), ok);
    EXPECT_EQ(node_.info("cluster_slots_assigned"), "16380");
    EXPECT_EQ(node_.cluster({"DELSLOTSRANGE", "0", "5"}), ok);
    EXPECT_EQ(node_.cluster({"FLUSHSLOTS"}), ok);
    EXPECT_EQ(node_.info("cluster_slots_assigned"), "0");
}

TEST_F(AddSlots, PairsAreJudgedOneAfterTheOther) {
    EXPECT_EQ(node_.cluster({"ADDSLOTS", "1"}), ok);
    EXPECT_EQ(node_.cluster({"ADDSLOTSRANGE", "0", "1", "x", "7"}),
              "-ERR Slot 1 is already busy\r\n");
    EXPECT_EQ(node_.cluster({"ADDSLOTS", "1", "x"}), "-ERR Invalid or out of range slot\r\n");
    EXPECT_EQ(node_.cluster({"DELSLOTSRANGE", "0", "1", "7", "6"}),
              "-ERR Slot 0 is already unassigned\r\n");
}

TEST_F(AddSlots, BothWaysEndAnImport) {
    TestCluster cluster{{}};
    TestNode& node = cluster[1];
    node.cluster({"SETSLOT", "5", "IMPORTING", cluster[0].state().my_id()});
    EXPECT_NE(node.line_about(node).find("[5-<-"), std::string::npos);
    EXPECT_EQ(node.cluster({"DELSLOTS", "5"}), ok);
    EXPECT_EQ(node.line_about(node).find('['), std::string::npos);
}

TEST_F(AddSlots, FlushSlotsNeedsAnEmptyDatabase) {
    node_.keys = {"a"};
    EXPECT_EQ(node_.cluster({"FLUSHSLOTS"}),
              "-ERR DB must be empty to perform CLUSTER FLUSHSLOTS.\r\n");
}

TEST_F(AddSlots, DeletingIsLocalAndOfAnybodysSlot) {
    TestCluster cluster{{}};
    EXPECT_EQ(cluster[1].cluster({"DELSLOTS", "5061"}), ok);
    EXPECT_TRUE(cluster[1].state().owner_of(5061).empty());
    EXPECT_EQ(cluster[0].state().owner_of(5061), cluster[0].state().my_id());
    EXPECT_EQ(cluster[1].info("cluster_state"), "fail");
    cluster.run_ms(3000);  // its owner goes on claiming it
    EXPECT_EQ(cluster[1].state().owner_of(5061), cluster[0].state().my_id());
}

// Facts 4.4: an owner that stops claiming a slot keeps it in the tables of the others, until
// somebody claims it, whatever the epoch.
TEST_F(AddSlots, AbandonedSlotGoesToWhoeverClaimsIt) {
    TestCluster cluster{{}};
    cluster.run_ms(1500);
    cluster[2].cluster({"DELSLOTS", "16000"});
    cluster.run_ms(1500);
    EXPECT_EQ(cluster[1].state().owner_of(16000), cluster[2].state().my_id());
    cluster[0].cluster({"DELSLOTS", "16000"});
    EXPECT_EQ(cluster[0].cluster({"ADDSLOTS", "16000"}), ok);  // epoch 1 against 3
    cluster.run_ms(1500);
    EXPECT_EQ(cluster[1].state().owner_of(16000), cluster[0].state().my_id());
    EXPECT_EQ(cluster[2].state().owner_of(16000), cluster[0].state().my_id());
}

}  // namespace
}  // namespace keyslot::sim::test
