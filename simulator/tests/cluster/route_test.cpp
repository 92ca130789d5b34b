#include "simulator/tests/cluster/test_cluster.hpp"

#include <gtest/gtest.h>

#include <optional>

// The rows of facts 2.3. Slot 5061 ("bar") belongs to node 0, whose replica is node 3; slot 12182
// ("foo") to node 2.
namespace keyslot::sim::test {
namespace {

constexpr auto here = std::nullopt;
constexpr std::string_view down = "CLUSTERDOWN The cluster is down";
constexpr std::string_view try_again = "TRYAGAIN Multiple keys request during rehashing of slot";
constexpr std::string_view slot_of_bar = "5061";

class Route : public testing::Test {
protected:
    std::optional<std::string> route(TestNode& node, std::vector<std::string_view> keys,
                                     RouteQuery query = {}) {
        query.keys = keys;
        return node.state().route(query);
    }
    void mark_migrating() {
        ASSERT_EQ(node(1).cluster({"SETSLOT", slot_of_bar, "IMPORTING", node(0).state().my_id()}),
                  "+OK\r\n");
        ASSERT_EQ(node(0).cluster({"SETSLOT", slot_of_bar, "MIGRATING", node(1).state().my_id()}),
                  "+OK\r\n");
    }
    void bring_down() {
        for (std::size_t n : {1u, 2u, 4u, 5u}) {
            node(n).crash();
        }
        cluster_.run_ms(5000);
        ASSERT_FALSE(node(0).state().state_ok());
    }
    TestNode& node(std::size_t n) { return cluster_[n]; }

    TestCluster cluster_{{}};
};

TEST_F(Route, CommandWithoutKeysRunsAnywhere) {
    EXPECT_EQ(route(node(3), {}), here);
    bring_down();
    EXPECT_EQ(route(node(0), {}), here);
}

TEST_F(Route, UnassignedSlotBeatsCrossSlot) {
    node(0).cluster({"DELSLOTS", slot_of_bar});
    EXPECT_EQ(route(node(0), {"bar", "foo"}), "CLUSTERDOWN Hash slot not served");
}

TEST_F(Route, CrossSlotBeatsClusterDownAndMoved) {
    EXPECT_EQ(route(node(1), {"bar", "foo"}),
              "CROSSSLOT Keys in request don't hash to the same slot");
    bring_down();
    EXPECT_EQ(route(node(0), {"bar", "foo"}),
              "CROSSSLOT Keys in request don't hash to the same slot");
}

TEST_F(Route, OwnerServesAndOthersSendThere) {
    EXPECT_EQ(route(node(0), {"bar"}), here);
    EXPECT_EQ(route(node(0), {"bar", "{bar}2"}), here);
    EXPECT_EQ(route(node(1), {"bar"}), "MOVED 5061 127.0.0.1:7000");
    EXPECT_EQ(route(node(4), {"bar"}, {.is_write = true}), "MOVED 5061 127.0.0.1:7000");
}

TEST_F(Route, ReplicaServesReadsOfItsShardToReadonlySessions) {
    EXPECT_EQ(route(node(3), {"bar"}), "MOVED 5061 127.0.0.1:7000");
    EXPECT_EQ(route(node(3), {"bar"}, {.session_readonly = true}), here);
    EXPECT_EQ(route(node(3), {"bar"}, {.is_write = true, .session_readonly = true}),
              "MOVED 5061 127.0.0.1:7000");
    EXPECT_EQ(route(node(3), {"foo"}, {.session_readonly = true}), "MOVED 12182 127.0.0.1:7002");
    EXPECT_EQ(route(node(3), {"bar"}, {.is_shard_pubsub = true}), here);
}

TEST_F(Route, DownClusterRefusesAllButShardChannels) {
    bring_down();
    EXPECT_EQ(route(node(0), {"bar"}), down);
    EXPECT_EQ(route(node(0), {"bar"}, {.is_write = true}), down);
    EXPECT_EQ(route(node(0), {"bar"}, {.is_shard_pubsub = true}), here);
    node(0).config().allow_pubsubshard_when_down = false;
    EXPECT_EQ(route(node(0), {"bar"}, {.is_shard_pubsub = true}), down);
}

TEST_F(Route, DownClusterServesReadsWhereAllowed) {
    bring_down();
    node(0).config().allow_reads_when_down = true;
    EXPECT_EQ(route(node(0), {"bar"}), here);
    EXPECT_EQ(route(node(0), {"bar"}, {.is_write = true}),
              "CLUSTERDOWN The cluster is down and only accepts read commands");
    EXPECT_EQ(route(node(0), {"bar"}, {.is_write = true, .is_exec = true}), here);
    EXPECT_EQ(route(node(0), {"foo"}), "MOVED 12182 127.0.0.1:7002");
}

TEST_F(Route, MigrateRunsOnBothSidesOfAnOpenSlot) {
    mark_migrating();
    EXPECT_EQ(route(node(0), {"bar"}, {.is_migrate = true}), here);
    EXPECT_EQ(route(node(1), {"bar"}, {.is_migrate = true}), here);
    EXPECT_EQ(route(node(2), {"bar"}, {.is_migrate = true}), "MOVED 5061 127.0.0.1:7000");
}

TEST_F(Route, MigratingSlotServesWhatIsHereAndAsksForTheRest) {
    node(0).keys = {"bar", "{bar}2"};
    mark_migrating();
    EXPECT_EQ(route(node(0), {"bar"}), here);
    EXPECT_EQ(route(node(0), {"bar", "{bar}2"}), here);
    EXPECT_EQ(route(node(0), {"bar", "{bar}3"}), try_again);
    EXPECT_EQ(route(node(0), {"{bar}3"}), "ASK 5061 127.0.0.1:7001");
    EXPECT_EQ(route(node(0), {"{bar}3", "{bar}4"}), "ASK 5061 127.0.0.1:7001");
    EXPECT_EQ(route(node(0), {"{bar}3", "{bar}3"}, {.is_write = true}), "ASK 5061 127.0.0.1:7001");
}

TEST_F(Route, MigratingSlotKeepsItsChannels) {
    mark_migrating();
    EXPECT_EQ(route(node(0), {"bar"}, {.is_shard_pubsub = true}), here);
}

TEST_F(Route, OtherSlotsOfAMigratingNodeAreNotConcerned) {
    mark_migrating();
    EXPECT_EQ(route(node(0), {"hello"}), here);  // slot 866
}

TEST_F(Route, ImportingSlotServesAskingSessionsOnly) {
    node(1).keys = {"bar"};
    mark_migrating();
    EXPECT_EQ(route(node(1), {"bar"}), "MOVED 5061 127.0.0.1:7000");
    EXPECT_EQ(route(node(1), {"bar"}, {.session_asking = true}), here);
    EXPECT_EQ(route(node(1), {"{bar}3"}, {.is_write = true, .session_asking = true}), here);
    EXPECT_EQ(route(node(1), {"{bar}3"}, {.is_write = true, .is_restore_asking = true}), here);
    EXPECT_EQ(route(node(1), {"{bar}3", "{bar}3"}, {.session_asking = true}), here);
    EXPECT_EQ(route(node(1), {"bar", "{bar}3"}, {.session_asking = true}), try_again);
    EXPECT_EQ(route(node(1), {"{bar}3", "{bar}4"}, {.session_asking = true}), try_again);
}

TEST_F(Route, AskingChangesNothingWhereTheSlotIsNotImported) {
    mark_migrating();
    EXPECT_EQ(route(node(2), {"bar"}, {.session_asking = true}), "MOVED 5061 127.0.0.1:7000");
    EXPECT_EQ(route(node(1), {"foo"}, {.session_asking = true}), "MOVED 12182 127.0.0.1:7002");
}

TEST_F(Route, ReplicasKnowNothingOfOpenSlots) {
    mark_migrating();
    cluster_.run_ms(3000);
    EXPECT_EQ(route(node(3), {"{bar}3"}, {.session_readonly = true}), here);
    EXPECT_EQ(route(node(4), {"bar"}, {.session_asking = true}), "MOVED 5061 127.0.0.1:7000");
}

TEST_F(Route, EndpointOfARedirectIsAsConfigured) {
    auto const give_name = [](NodeConfig& config) {
        if (config.port == 7000) {
            config.hostname = "first.example.com";
        }
    };
    TestCluster named{{.configure = give_name}};
    named[1].config().preferred_endpoint_type = EndpointType::hostname;
    EXPECT_EQ(route(named[1], {"bar"}), "MOVED 5061 first.example.com:7000");
    EXPECT_EQ(route(named[1], {"foo"}), "MOVED 12182 ?:7002");
    named[1].config().preferred_endpoint_type = EndpointType::unknown_endpoint;
    EXPECT_EQ(route(named[1], {"bar"}), "MOVED 5061 :7000");
}

}  // namespace
}  // namespace keyslot::sim::test
