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

Outcome read(std::string const& resp, std::string_view asked_host = "asked") {
    Outcome outcome;
    Reply const reply = parse(resp);
    outcome.view = parse_cluster_slots(reply, asked_host, outcome.problem);
    return outcome;
}

std::string node(std::string const& host, int port, std::string_view id) {
    return array({host, integer(port), bulk(id), array({})});
}

std::string range(int first, int last, std::string const& primary) {
    return array({integer(first), integer(last), primary});
}

TEST(ClusterSlots, GivesPrimariesReplicasAndSlots) {
    auto const [view, problem] =
        read(array({array({integer(0), integer(5460), node(bulk("10.0.0.1"), 7000, "m1"),
                           node(bulk("10.0.0.2"), 7003, "r1")}),
                    array({integer(5461), integer(16383), node(bulk("10.0.0.3"), 7001, "m2")})}));
    ASSERT_TRUE(view) << problem;
    ASSERT_EQ(view->shards.size(), 2u);
    Shard const& shard = view->shards[0];
    EXPECT_EQ(shard.primary, (Node{"m1", {"10.0.0.1", 7000}, Role::primary, Health::online}));
    ASSERT_EQ(shard.replicas.size(), 1u);
    EXPECT_EQ(shard.replicas[0], (Node{"r1", {"10.0.0.2", 7003}, Role::replica, Health::online}));
    EXPECT_EQ(shard.slots, (std::vector<SlotRange>{{0, 5460}}));
    EXPECT_EQ(view->covered_slots(), 16384u);
}

TEST(ClusterSlots, GathersTheRangesOfOnePrimaryInOneShard) {
    auto const [view, problem] =
        read(array({range(0, 9, node(bulk("a"), 1, "m1")), range(10, 19, node(bulk("b"), 2, "m2")),
                    range(20, 29, node(bulk("a"), 1, "m1"))}));
    ASSERT_TRUE(view) << problem;
    ASSERT_EQ(view->shards.size(), 2u);
    EXPECT_EQ(view->shards[0].slots, (std::vector<SlotRange>{{0, 9}, {20, 29}}));
}

TEST(ClusterSlots, GathersByAddressWhereThereAreNoIds) {
    auto const old = [](std::string_view host, int port) {
        return array({bulk(host), integer(port)});
    };
    auto const [view, problem] = read(
        array({range(0, 9, old("a", 1)), range(10, 19, old("a", 2)), range(20, 29, old("a", 1))}));
    ASSERT_TRUE(view) << problem;
    ASSERT_EQ(view->shards.size(), 2u);
    EXPECT_EQ(view->shards[0].slots.size(), 2u);
    EXPECT_EQ(view->shards[1].primary.address, (HostPort{"a", 2}));
}

// client-bugs 10: unknown-endpoint gives null, a node that does not know its own address gives "".
TEST(ClusterSlots, NullAndEmptyEndpointsStandForTheHostThatWasAsked) {
    for (std::string const& host : {null2(), null3(), bulk("")}) {
        auto const [view, problem] = read(array({range(0, 16383, node(host, 7005, "m1"))}));
        ASSERT_TRUE(view) << problem;
        EXPECT_EQ(view->shards.at(0).primary.address, (HostPort{"asked", 7005}));
    }
}

// client-bugs 10: "?" is a node whose host is not known, port 0 a failed one.
TEST(ClusterSlots, NodesThatCannotBeDialledAreLeftOut) {
    auto const [view, problem] = read(
        array({range(0, 9, node(bulk("?"), 7000, "m1")), range(10, 19, node(bulk(""), 0, "m2")),
               array({integer(20), integer(29), node(bulk("c"), 7002, "m3"),
                      node(bulk("?"), 7003, "r3"), node(bulk("d"), 7004, "r4")})}));
    ASSERT_TRUE(view) << problem;
    ASSERT_EQ(view->shards.size(), 1u);
    EXPECT_EQ(view->covered_slots(), 10u);
    ASSERT_EQ(view->shards[0].replicas.size(), 1u);
    EXPECT_EQ(view->shards[0].replicas[0].id, "r4");
}

TEST(ClusterSlots, MetadataOfAnyKindIsPassedOver) {
    std::string const metadata =
        map3({bulk("hostname"), bulk("h"), bulk("availability-zone"), null3()});
    auto const [view, problem] = read(array(
        {range(0, 16383, array({bulk("a"), integer(1), bulk("m1"), metadata, bulk("more")}))}));
    ASSERT_TRUE(view) << problem;
    EXPECT_EQ(view->covered_slots(), 16384u);
}

TEST(ClusterSlots, AnEmptyReplyIsAViewWithoutSlots) {
    auto const [view, problem] = read(array({}));
    ASSERT_TRUE(view) << problem;
    EXPECT_EQ(view->covered_slots(), 0u);
}

TEST(ClusterSlots, ASlotClaimedTwiceGoesToTheFirst) {
    auto const [view, problem] = read(
        array({range(0, 10, node(bulk("a"), 1, "m1")), range(5, 20, node(bulk("b"), 2, "m2"))}));
    ASSERT_TRUE(view) << problem;
    EXPECT_EQ(view->shards[0].slots, (std::vector<SlotRange>{{0, 10}}));
    EXPECT_EQ(view->shards[1].slots, (std::vector<SlotRange>{{11, 20}}));
    EXPECT_EQ(view->covered_slots(), 21u);
}

TEST(ClusterSlots, MalformedRepliesAreRefusedWithTheReason) {
    struct {
        std::string resp, problem;
    } const cases[] = {
        {error("LOADING Redis is loading the dataset in memory"),
         "CLUSTER SLOTS: the node answered: LOADING Redis is loading the dataset in memory"},
        {integer(5), "CLUSTER SLOTS: an array was expected, the reply is of type integer"},
        {null3(), "CLUSTER SLOTS: an array was expected, the reply is of type null"},
        {array({integer(1)}), "CLUSTER SLOTS: entry 1 is not a range with its nodes"},
        {array({array({integer(0), integer(1)})}),
         "CLUSTER SLOTS: entry 1 is not a range with its nodes"},
        {array({range(5, 4, node(bulk("a"), 1, "m"))}),
         "CLUSTER SLOTS: entry 1 does not begin with two slots in order"},
        {array({range(0, 16384, node(bulk("a"), 1, "m"))}),
         "CLUSTER SLOTS: entry 1 does not begin with two slots in order"},
        {array({range(-1, 4, node(bulk("a"), 1, "m"))}),
         "CLUSTER SLOTS: entry 1 does not begin with two slots in order"},
        {array({range(0, 1, node(bulk("a"), 1, "m")), range(2, 4, bulk("m"))}),
         "CLUSTER SLOTS: entry 2 names a node that is not [host, port, id]"},
        {array({range(0, 1, array({bulk("a"), bulk("port")}))}),
         "CLUSTER SLOTS: entry 1 names a node without a host and a port"},
    };
    for (auto const& bad : cases) {
        auto const [view, problem] = read(bad.resp);
        EXPECT_FALSE(view) << bad.problem;
        EXPECT_EQ(problem, bad.problem);
    }
}

}  // namespace
}  // namespace keyslot::topology
