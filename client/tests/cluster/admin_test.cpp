// The CLUSTER commands as typed functions.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/redis_cluster.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot {
namespace {

using namespace std::chrono_literals;

sim::ClusterSpec const six{.masters = 3, .replicas_per_master = 1, .node_timeout = 2s};

void check_queries(int protocol) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster(six);
    RedisCluster redis{world.host("app"),
                       {.startup_nodes = cluster.startup_nodes(), .protocol = protocol}};
    ClusterInfo const info = redis.cluster_info();
    EXPECT_TRUE(info.ok);
    EXPECT_EQ(info.slots_assigned, 16384);
    EXPECT_EQ(info.known_nodes, 6);
    EXPECT_EQ(info.size, 3);
    EXPECT_EQ(info.find("cluster_state"), "ok");

    ClusterNode const replica = redis.get_replicas().front();
    std::vector<ClusterNodeInfo> const nodes = redis.on(replica).cluster_nodes();
    EXPECT_EQ(nodes.size(), 6u);
    std::size_t slots = 0;
    for (ClusterNodeInfo const& node : nodes) {
        EXPECT_EQ(node.myself, node.node.id == replica.id);
        EXPECT_EQ(node.primary_id.empty(), node.node.role == NodeRole::primary);
        for (auto const& [first, last] : node.slots) {
            slots += static_cast<std::size_t>(last - first) + 1;
        }
    }
    EXPECT_EQ(slots, 16384u);

    std::vector<ClusterSlots> const ranges = redis.cluster_slots();
    EXPECT_EQ(ranges.size(), 3u);
    EXPECT_EQ(ranges[0].nodes.size(), 2u);
    EXPECT_EQ(ranges[0].nodes[0].role, NodeRole::primary);
    EXPECT_TRUE(redis.get_node(ranges[0].nodes[1].id));

    std::vector<ClusterShard> const shards = redis.cluster_shards();
    EXPECT_EQ(shards.size(), 3u);
    for (ClusterShard const& shard : shards) {
        EXPECT_EQ(shard.slots.size(), 1u);
        EXPECT_EQ(shard.nodes.size(), 2u);
        EXPECT_EQ(shard.nodes[0].health, "online");
        EXPECT_TRUE(redis.get_node(shard.nodes[0].endpoint,
                                   static_cast<std::uint16_t>(shard.nodes[0].port)));
    }
    EXPECT_EQ(redis.cluster_keyslot("a"), redis.keyslot("a"));
    EXPECT_EQ(redis.on(replica).cluster_myid(), replica.id);
    ClusterNode const primary = redis.get_primaries().front();
    EXPECT_EQ(redis.cluster_replicas(primary.id).size(), 1u);
    EXPECT_EQ(redis.cluster_count_failure_reports(primary.id), 0);
    EXPECT_FALSE(redis.cluster_links().empty());
    EXPECT_EQ(redis.on(TargetNodes::all_nodes).cluster_info().size(), 6u);
}

TEST(Admin, reads_what_the_nodes_say_with_resp3) { check_queries(3); }
TEST(Admin, reads_what_the_nodes_say_with_resp2) { check_queries(2); }

TEST(Admin, asks_the_owner_of_a_slot_for_its_keys) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster({});
    RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    for (std::string const tag : {"a", "b", "c", "d", "e"}) {
        redis.set("{" + tag + "}1", "v");
        redis.set("{" + tag + "}2", "v");
        EXPECT_EQ(redis.cluster_countkeysinslot(redis.keyslot(tag)), 2);
        EXPECT_THAT(redis.cluster_getkeysinslot(redis.keyslot(tag), 10),
                    testing::UnorderedElementsAre("{" + tag + "}1", "{" + tag + "}2"));
        auto pipe = redis.pipeline();
        pipe.cluster_countkeysinslot(redis.keyslot(tag));
        EXPECT_EQ(pipe.execute()[0]->as_integer(), 2);
    }
    EXPECT_EQ(redis.on(cluster.startup_nodes()).cluster_countkeysinslot(redis.keyslot("a")).size(),
              3u);
}

// As redis-cli --cluster reshard does it, with the functions of the client alone.
asio::awaitable<void> move_slot(AsyncRedisCluster& redis, std::uint16_t slot,
                                ClusterNode const& from, ClusterNode const& to) {
    co_await redis.cluster_setslot(to, from.id, slot, SlotState::importing);
    co_await redis.cluster_setslot(from, to.id, slot, SlotState::migrating);
    for (;;) {
        auto source = redis.on(from);
        std::vector<std::string> const keys = co_await source.cluster_getkeysinslot(slot, 3);
        if (keys.empty()) {
            break;
        }
        co_await source.migrate(to.host, to.port, keys, 1000ms);
    }
    co_await redis.cluster_setslot(to, to.id, slot, SlotState::node);
    co_await redis.cluster_setslot(from, to.id, slot, SlotState::node);
}

TEST(Admin, moves_slots_under_load_without_an_error_or_a_lost_write) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        for (int n = 0; n < 20; ++n) {
            co_await redis.set("{tag}" + std::to_string(n), "v");
        }
        bool stop = false;
        bool stopped = false;
        long long written = 0;
        asio::co_spawn(
            redis.get_executor(),
            [&]() -> asio::awaitable<void> {
                while (!stop) {
                    std::string const key = "{tag}n" + std::to_string(written % 7);
                    co_await redis.incr(key);
                    ++written;
                }
                stopped = true;
            },
            asio::detached);
        std::uint16_t const slot = redis.keyslot("tag");
        for (int round = 0; round < 3; ++round) {
            ClusterNode const from = *redis.get_node_from_key("tag");
            ClusterNode to = from;
            for (ClusterNode const& node : redis.get_primaries()) {
                to = node.id != from.id ? node : to;
            }
            co_await move_slot(redis, slot, from, to);
            co_await setting.world.sleep(1s);
            EXPECT_EQ(setting.cluster.owner_of("tag").id(), to.id);
            auto const there = co_await redis.on(to).cluster_nodes();
            for (ClusterNodeInfo const& node : there) {
                EXPECT_TRUE(node.moving.empty());
            }
        }
        stop = true;
        co_await setting.world.sleep(100ms);
        EXPECT_TRUE(stopped);
        long long sum = 0;
        for (int n = 0; n < 7; ++n) {
            sum += std::stoll((co_await redis.get("{tag}n" + std::to_string(n))).value_or("0"));
        }
        EXPECT_EQ(sum, written);
        EXPECT_EQ(co_await redis.cluster_countkeysinslot(slot), 27);
    });
}

TEST(Admin, marks_and_unmarks_slots_and_shows_them) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster({});
    RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    redis.cluster_info();
    ClusterNode const from = *redis.get_node_from_key("a");
    ClusterNode const to =
        *redis.get_node(redis.get_primaries()[0] == from ? redis.get_primaries()[1].id
                                                         : redis.get_primaries()[0].id);
    std::uint16_t const slot = redis.keyslot("a");
    auto const moving = [&] {
        for (ClusterNodeInfo const& node : redis.on(from).cluster_nodes()) {
            if (node.myself) {
                return node.moving;
            }
        }
        return std::vector<MovingSlot>();
    };
    EXPECT_TRUE(redis.cluster_setslot(from, to.id, slot, SlotState::migrating));
    EXPECT_EQ(moving(), (std::vector<MovingSlot>{{slot, false, to.id}}));
    EXPECT_TRUE(redis.cluster_setslot_stable(from, slot));
    EXPECT_TRUE(moving().empty());
    EXPECT_THROW(redis.cluster_addslots(to, slot), ResponseError) << "it is another's";
    EXPECT_TRUE(redis.cluster_delslots(to, slot));
    EXPECT_TRUE(redis.cluster_save_config(to));
    EXPECT_GT(redis.cluster_bumpepoch(to).epoch, 0u);
    EXPECT_THROW(redis.cluster_set_config_epoch(to, 1), ResponseError);
}

TEST(Admin, has_a_replica_take_over_and_a_node_become_a_replica) {
    Setting setting(six);
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        co_await redis.set("a", "1");
        co_await setting.world.sleep(1s);
        ClusterNode const before = *redis.get_node_from_key("a");
        auto const replicas = co_await redis.cluster_replicas(before.id);
        EXPECT_EQ(replicas.size(), 1u);
        ClusterNode const replica = replicas[0].node;
        EXPECT_TRUE(co_await redis.cluster_failover(replica));
        co_await setting.world.sleep(3s);
        EXPECT_EQ(setting.cluster.owner_of("a").id(), replica.id);
        EXPECT_EQ(co_await redis.get("a"), "1");
        EXPECT_TRUE(co_await redis.cluster_failover(before, FailoverMode::takeover));
        co_await setting.world.sleep(3s);
        EXPECT_EQ(setting.cluster.owner_of("a").id(), before.id);

        ClusterNode other = before;
        for (ClusterNode const& node : redis.get_primaries()) {
            other = node.id != before.id && node.id != replica.id ? node : other;
        }
        EXPECT_TRUE(co_await redis.cluster_replicate(replica, other.id));
        co_await setting.world.sleep(3s);
        EXPECT_EQ((co_await redis.cluster_replicas(other.id)).size(), 2u);
        EXPECT_TRUE(co_await redis.cluster_reset(replica, ResetMode::soft));
        EXPECT_TRUE(co_await redis.cluster_meet(replica, other.host, other.port));
        EXPECT_TRUE(co_await redis.cluster_forget(other, replica.id));
    });
}

}  // namespace
}  // namespace keyslot
