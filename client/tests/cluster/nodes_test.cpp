// The nodes as the client shows them, and commands for nodes that the caller names.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/redis_cluster.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace keyslot {
namespace {

sim::ClusterSpec const six{.masters = 3, .replicas_per_master = 1};

TEST(Nodes, are_the_start_up_nodes_before_there_is_a_topology) {
    Setting setting(six);
    AsyncRedisCluster const& redis = setting.redis;
    EXPECT_EQ(redis.get_nodes(), setting.cluster.startup_nodes());
    EXPECT_TRUE(redis.get_replicas().empty());
    EXPECT_TRUE(redis.get_default_node());
    EXPECT_EQ(redis.get_node_from_key("a"), std::nullopt);
}

TEST(Nodes, are_found_by_name_id_role_and_key) {
    Setting setting(six);
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        co_await redis.set("a", "1");
        EXPECT_EQ(redis.get_nodes().size(), 6u);
        EXPECT_EQ(redis.get_primaries().size(), 3u);
        EXPECT_EQ(redis.get_replicas().size(), 3u);
        for (ClusterNode const& node : redis.get_nodes()) {
            EXPECT_EQ(redis.get_node(node.host, node.port), node);
            EXPECT_EQ(redis.get_node(node.id), node);
            EXPECT_EQ(redis.get_node(node.name()), node);
        }
        EXPECT_EQ(redis.get_node("nobody", 1), std::nullopt);
        EXPECT_EQ(redis.get_default_node()->role, NodeRole::primary);
        EXPECT_EQ(redis.get_default_node(), redis.get_default_node());
        EXPECT_EQ(redis.get_master_node_by_key("a")->port,
                  setting.cluster.owner_of("a").address().port);
        std::set<std::string> drawn;
        for (int n = 0; n < 100; ++n) {
            drawn.insert(redis.get_random_node()->id);
        }
        EXPECT_EQ(drawn.size(), 6u);
        std::size_t keys = 0;
        for (NodeKeys const& group : redis.get_nodes_by_keys({"a", "b", "c", "{a}2"})) {
            keys += group.keys.size();
            for (std::string const& key : group.keys) {
                EXPECT_EQ(redis.get_node_from_key(key), group.node);
            }
        }
        EXPECT_EQ(keys, 4u);
        EXPECT_EQ(redis.keyslot("{a}2"), redis.keyslot("a"));
    });
}

TEST(Nodes, take_commands_that_name_them) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster(six);
    RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    auto const all = redis.execute_command_on_nodes({"CLUSTER", "MYID"}, TargetNodes::all_nodes);
    EXPECT_EQ(all.size(), 6u);
    for (auto const& [node, reply] : all) {
        EXPECT_EQ(reply->text(), node.id);
    }
    ClusterNode const replica = redis.get_replicas().front();
    auto const one = redis.execute_command_on_nodes({"CLUSTER", "MYID"}, replica);
    EXPECT_EQ(one.at(0).result->text(), replica.id);
    auto const two = redis.execute_command_on_nodes({"PING"}, redis.get_primaries());
    EXPECT_EQ(two.size(), 3u);
    EXPECT_EQ(redis.execute_command({"PING"}).text(), "PONG");
}

}  // namespace
}  // namespace keyslot
