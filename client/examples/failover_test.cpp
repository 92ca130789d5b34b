// A test of one's own code on the simulator: a master dies, the application does not notice.
#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/redis_cluster.hpp>
#include <keyslot/sim/world.hpp>

#include <gtest/gtest.h>

namespace asio = boost::asio;
namespace sim = keyslot::sim;
using namespace std::chrono_literals;

TEST(Checkout, SurvivesAFailover) {
    sim::World world{sim::Seed{42}};
    sim::Cluster& cluster = world.add_cluster({.masters = 3, .replicas_per_master = 1});
    keyslot::AsyncRedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    world.run([&]() -> asio::awaitable<void> {
        co_await redis.set("user:1", "ada");
        cluster.owner_of("user:1").crash();
        co_await world.sleep(20s);  // virtual: takes microseconds
        EXPECT_EQ(co_await redis.get("user:1"), "ada");
    });
}

TEST(Checkout, WorksWithTheBlockingClientToo) {
    sim::World world{sim::Seed{42}};
    sim::Cluster& cluster = world.add_cluster({.masters = 3});
    keyslot::RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    redis.set("user:1", "ada", {.ex = 60s});
    EXPECT_EQ(redis.get("user:1"), "ada");
    world.run_for(61s);
    EXPECT_EQ(redis.get("user:1"), std::nullopt);
}
