// What the client says it would do with a command.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/explain.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot {
namespace {

using testing::HasSubstr;

sim::ClusterSpec const six{.masters = 3, .replicas_per_master = 1};

TEST(Explain, sends_nothing_and_knows_no_node_before_the_first_topology) {
    Setting setting;
    Explanation const said = setting.redis.explain({"GET", "a"});
    EXPECT_EQ(said.command, "get");
    EXPECT_EQ(said.parts.at(0).slot, setting.redis.keyslot("a"));
    EXPECT_EQ(said.parts[0].node, std::nullopt);
    EXPECT_TRUE(said.nodes.empty());
    EXPECT_THAT(said.why, HasSubstr("topology has not been fetched"));
    EXPECT_EQ(setting.redis.stats().connects, 0u);
}

TEST(Explain, tells_slot_node_and_rule) {
    Setting setting(six);
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        co_await redis.set("a", "1");
        std::uint64_t const calls = redis.stats().calls;
        ClusterNode const owner = *redis.get_node_from_key("a");

        Explanation const write = redis.explain(args("SET", "a", "1"));
        EXPECT_EQ(write.nodes, std::vector{owner});
        EXPECT_FALSE(write.reads || write.repeatable || write.blocks || write.refused_with);
        EXPECT_TRUE(redis.explain(args("GET", "a")).repeatable);
        EXPECT_TRUE(redis.explain(args("BLPOP", "a", "0")).blocks);

        Explanation const all = redis.explain(args("DBSIZE"));
        EXPECT_TRUE(all.is_for_all_nodes);
        EXPECT_EQ(all.nodes.size(), 3u);
        EXPECT_EQ(all.response_policy, "agg_sum");
        EXPECT_FALSE(redis.explain(args("RANDOMWORD")).is_for_all_nodes);
        EXPECT_EQ(
            redis.explain(args("CLUSTER", "COUNTKEYSINSLOT", std::to_string(redis.keyslot("a"))))
                .nodes,
            std::vector{owner});
        EXPECT_EQ(redis.stats().calls, calls);
    });
}

TEST(Explain, tells_what_would_be_refused_and_how_it_can_be_split) {
    Setting setting(six);
    Explanation const said = setting.redis.explain({"MGET", "a", "b", "{a}2"});
    EXPECT_EQ(said.refused_with, ErrorCode::cross_slot);
    EXPECT_EQ(said.split_by, "mget_nonatomic");
    EXPECT_EQ(said.parts.size(), 2u);
    EXPECT_THAT(said.parts[0].keys, testing::ElementsAre("a", "{a}2"));
    EXPECT_THAT(said.to_string(), HasSubstr("refused with "));
    EXPECT_EQ(setting.redis.explain({"SINTER", "a", "b"}).split_by, "");
    EXPECT_EQ(setting.redis.explain(Words()).refused_with, ErrorCode::invalid_argument);
}

TEST(Explain, names_the_replicas_that_may_answer_a_read) {
    Setting setting(six, {.read_from_replicas = true});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        EXPECT_EQ(setting.redis.explain(args("GET", "a")).nodes.size(), 2u);
        EXPECT_EQ(setting.redis.explain(args("SET", "a", "1")).nodes.size(), 1u);
        CallOptions const at_primary{.read_from_replicas = false};
        EXPECT_EQ(setting.redis.explain(args("GET", "a"), at_primary).nodes.size(), 1u);
    });
}

}  // namespace
}  // namespace keyslot
