#include "client/tests/topology/resp_text.hpp"
#include "client/topology/slot_map.hpp"

#include <gtest/gtest.h>

namespace keyslot::topology {
namespace {

using namespace resp_text;

struct Outcome {
    std::optional<ClusterView> view;
    std::string problem;
};

Outcome read(std::string const& resp, bool tls = false) {
    Outcome outcome;
    Reply const reply = parse(resp);
    outcome.view = parse_cluster_shards(reply, "asked", tls, outcome.problem);
    return outcome;
}

struct NodeText {
    std::string id;
    std::string endpoint = bulk("10.0.0.1");
    int port = 7000;
    std::string role = "master";
    std::string health = "online";
};

std::string node2(NodeText const& node) {
    return array({bulk("id"), bulk(node.id), bulk("port"), integer(node.port), bulk("ip"),
                  bulk("10.9.9.9"), bulk("endpoint"), node.endpoint, bulk("role"), bulk(node.role),
                  bulk("replication-offset"), integer(280), bulk("health"), bulk(node.health)});
}

std::string node3(NodeText const& node) {
    return map3({bulk("id"), bulk(node.id), bulk("port"), integer(node.port), bulk("ip"),
                 bulk("10.9.9.9"), bulk("endpoint"), node.endpoint, bulk("role"), bulk(node.role),
                 bulk("replication-offset"), integer(280), bulk("health"), bulk(node.health)});
}

std::string shard(std::string const& slots, std::string const& nodes) {
    return array({bulk("slots"), slots, bulk("nodes"), nodes});
}

TEST(ClusterShards, Resp2AndResp3GiveTheSameView) {
    NodeText const primary{.id = "m1"};
    NodeText const replica{.id = "r1", .port = 7003, .role = "replica", .health = "loading"};
    std::string const slots = array({integer(0), integer(99), integer(200), integer(16383)});
    auto const two = read(array({shard(slots, array({node2(primary), node2(replica)}))}));
    auto const three = read(array(
        {map3({bulk("slots"), slots, bulk("nodes"), array({node3(primary), node3(replica)})})}));
    ASSERT_TRUE(two.view) << two.problem;
    ASSERT_TRUE(three.view) << three.problem;
    EXPECT_EQ(two.view->shards, three.view->shards);
    Shard const& found = two.view->shards.at(0);
    EXPECT_EQ(found.slots, (std::vector<SlotRange>{{0, 99}, {200, 16383}}));
    EXPECT_EQ(found.primary,
              (Node{.id = "m1", .address = {"10.0.0.1", 7000}, .aliases = {{"10.9.9.9", 7000}}}));
    ASSERT_EQ(found.replicas.size(), 1u);
    EXPECT_EQ(
        found.replicas[0],
        (Node{"r1", {"10.0.0.1", 7003}, Role::replica, Health::loading, {{"10.9.9.9", 7003}}}));
}

// A failed-over primary keeps an entry of its own; a node that just joined has one, too: ASK may
// lead there (client-bugs 15).
TEST(ClusterShards, ShardsWithoutSlotsAreKept) {
    auto const [view, problem] =
        read(array({shard(array({}), array({node2({.id = "old", .port = 7001, .health = "fail"})})),
                    shard(array({integer(0), integer(16383)}), array({node2({.id = "new"})}))}));
    ASSERT_TRUE(view) << problem;
    ASSERT_EQ(view->shards.size(), 2u);
    EXPECT_EQ(view->shards[0].primary.health, Health::fail);
    EXPECT_TRUE(view->shards[0].slots.empty());
}

TEST(ClusterShards, ReplicaMayStandBeforeItsPrimary) {
    auto const [view, problem] =
        read(array({shard(array({integer(0), integer(1)}),
                          array({node2({.id = "r", .role = "replica"}), node2({.id = "m"})}))}));
    ASSERT_TRUE(view) << problem;
    EXPECT_EQ(view->shards.at(0).primary.id, "m");
}

TEST(ClusterShards, OfTwoPrimariesTheOnlineOneCounts) {
    auto const [view, problem] = read(
        array({shard(array({integer(0), integer(1)}),
                     array({node2({.id = "dead", .health = "fail"}), node2({.id = "alive"})}))}));
    ASSERT_TRUE(view) << problem;
    EXPECT_EQ(view->shards.at(0).primary.id, "alive");
}

TEST(ClusterShards, OfTwoShardsThatClaimASlotTheOnlineOneGetsIt) {
    std::string const slots = array({integer(0), integer(9)});
    auto const [view, problem] =
        read(array({shard(slots, array({node2({.id = "dead", .health = "fail"})})),
                    shard(slots, array({node2({.id = "alive", .port = 7001})}))}));
    ASSERT_TRUE(view) << problem;
    EXPECT_TRUE(view->shards[0].slots.empty());
    EXPECT_EQ(view->shards[1].slots, (std::vector<SlotRange>{{0, 9}}));
}

// client-bugs 10
TEST(ClusterShards, EndpointsFollowTheRulesOfUnknownHosts) {
    std::string const slots = array({integer(0), integer(16383)});
    for (std::string const& endpoint : {bulk(""), null2(), null3()}) {
        auto const [view, problem] =
            read(array({shard(slots, array({node2({.id = "m", .endpoint = endpoint})}))}));
        ASSERT_TRUE(view) << problem;
        EXPECT_EQ(view->shards.at(0).primary.address, (HostPort{"asked", 7000}));
    }
    auto const unknown =
        read(array({shard(slots, array({node2({.id = "m", .endpoint = bulk("?")})}))}));
    ASSERT_TRUE(unknown.view);
    EXPECT_EQ(unknown.view->covered_slots(), 0u);
    auto const no_port = read(array({shard(slots, array({node2({.id = "m", .port = 0})}))}));
    ASSERT_TRUE(no_port.view);
    EXPECT_EQ(no_port.view->covered_slots(), 0u);
}

TEST(ClusterShards, TheTlsPortIsTakenForTlsOnly) {
    std::string const node = map3({bulk("id"), bulk("m"), bulk("port"), integer(7000),
                                   bulk("tls-port"), integer(7100), bulk("endpoint"), bulk("h"),
                                   bulk("role"), bulk("master"), bulk("health"), bulk("online")});
    std::string const slots = array({integer(0), integer(16383)});
    std::string const both = array({shard(slots, array({node}))});
    EXPECT_EQ(read(both, true).view.value().shards.at(0).primary.address.port, 7100);
    EXPECT_EQ(read(both, false).view.value().shards.at(0).primary.address.port, 7000);
}

// Something before the node may speak TLS for it, as CLUSTER SLOTS, which has one port, takes for granted.
TEST(ClusterShards, WithoutATlsPortTlsIsSpokenToThePortThatThereIs) {
    std::string const slots = array({integer(0), integer(16383)});
    std::string const plain_only = array({shard(slots, array({node2({.id = "m"})}))});
    EXPECT_EQ(read(plain_only, true).view.value().shards.at(0).primary.address.port, 7000);
}

TEST(ClusterShards, FieldsOfLaterVersionsArePassedOver) {
    std::string const node =
        map3({bulk("availability-zone"), array({bulk("x")}), bulk("id"), bulk("m"), bulk("port"),
              integer(7000), bulk("endpoint"), bulk("h"), bulk("role"), bulk("master")});
    auto const [view, problem] =
        read(array({map3({bulk("id"), bulk("shard-id"), bulk("slots"),
                          array({integer(0), integer(16383)}), bulk("nodes"), array({node})})}));
    ASSERT_TRUE(view) << problem;
    EXPECT_EQ(view->covered_slots(), 16384u);
}

TEST(ClusterShards, MalformedRepliesAreRefusedWithTheReason) {
    struct {
        std::string resp, problem;
    } const cases[] = {
        {error("ERR unknown subcommand 'SHARDS'. Try CLUSTER HELP."),
         "CLUSTER SHARDS: the node answered: ERR unknown subcommand 'SHARDS'. Try CLUSTER HELP."},
        {bulk("x"), "CLUSTER SHARDS: an array was expected, the reply is of type bulk string"},
        {array({integer(1)}), "CLUSTER SHARDS: entry 1 is not a map"},
        {array({array({bulk("slots")})}), "CLUSTER SHARDS: entry 1 is not a map"},
        {array({array({bulk("slots"), array({})})}),
         "CLUSTER SHARDS: entry 1 has no slots or no nodes"},
        {array({shard(array({integer(1)}), array({}))}),
         "CLUSTER SHARDS: entry 1 has slots that are not pairs"},
        {array({shard(array({integer(2), integer(1)}), array({}))}),
         "CLUSTER SHARDS: entry 1 has slots that are not ranges in order"},
        {array({shard(array({integer(2), integer(20000)}), array({}))}),
         "CLUSTER SHARDS: entry 1 has slots that are not ranges in order"},
        {array({shard(array({}), bulk("m"))}),
         "CLUSTER SHARDS: entry 1 has nodes that are not an array"},
        {array({shard(array({}), array({bulk("m")}))}),
         "CLUSTER SHARDS: entry 1 has a node that is not a map"},
        {array({shard(array({}), array({array({bulk("port"), integer(1)})}))}),
         "CLUSTER SHARDS: entry 1 has a node without id or role"},
    };
    for (auto const& bad : cases) {
        auto const [view, problem] = read(bad.resp);
        EXPECT_FALSE(view) << bad.problem;
        EXPECT_EQ(problem, bad.problem);
    }
}

}  // namespace
}  // namespace keyslot::topology
