// Replicas that are behind, and callers who must see their own writes.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/redis_cluster.hpp>

#include <gtest/gtest.h>

#include <string>

namespace keyslot {
namespace {

using namespace std::chrono_literals;

sim::ClusterSpec const with_replicas{.masters = 3, .replicas_per_master = 1, .node_timeout = 2s};
ClusterOptions const from_replicas{.load_balancing_strategy =
                                       LoadBalancingStrategy::round_robin_replicas};

/// What the key's master writes comes to its replica so much later.
void slow_down_replica_of(Setting& setting, std::string_view key, Duration delay) {
    std::string const replica = "replica of " + setting.cluster.owner_of(key).name();
    setting.faults.start(sim::Lag{.node = replica.c_str(), .delay = delay});
}

TEST(Session, sees_its_own_writes_however_late_the_replicas_are) {
    Setting setting(with_replicas, from_replicas);
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.world.sleep(10s);  // until all nodes know all replicas
        co_await setting.redis.set("n", "0");
        co_await setting.world.sleep(100ms);
        co_await setting.redis.get("n");
        EXPECT_EQ(setting.redis.stats().replica_reads, 1u);
        slow_down_replica_of(setting, "n", 1s);
        auto mine = setting.redis.session();
        int stale = 0;
        for (int i = 1; i <= 50; ++i) {
            co_await mine.incr("n");
            stale += co_await setting.redis.get("n") != std::to_string(i) ? 1 : 0;
            EXPECT_EQ(co_await mine.get("n"), std::to_string(i));
            co_await setting.world.sleep(150ms);
            EXPECT_EQ(co_await mine.get("n"), std::to_string(i));
        }
        EXPECT_GT(stale, 25) << setting.redis.stats().replica_reads << " replica reads;"
                             << "who has no session reads what the replica has";
    });
}

TEST(Session, reads_from_replicas_again_once_they_have_its_writes) {
    Setting setting(with_replicas, from_replicas);
    setting.run([&]() -> asio::awaitable<void> {
        auto mine = setting.redis.session();
        co_await mine.set("a", "1");
        co_await mine.get("a");
        EXPECT_EQ(setting.redis.stats().replica_reads, 0u);
        co_await setting.world.sleep(3s);
        co_await mine.get("a");
        co_await setting.world.sleep(3s);
        EXPECT_EQ(co_await mine.with({.timeout = 1s}).get("a"), "1");
        EXPECT_GE(setting.redis.stats().replica_reads, 1u);
        std::uint64_t const before = setting.redis.stats().replica_reads;
        for (int i = 0; i < 10; ++i) {
            EXPECT_EQ(co_await mine.get("a"), "1");
        }
        EXPECT_EQ(setting.redis.stats().replica_reads, before + 10);
    });
}

TEST(Session, keeps_its_word_through_a_planned_failover) {
    Setting setting(with_replicas, from_replicas);
    setting.run([&]() -> asio::awaitable<void> {
        auto mine = setting.redis.session();
        for (int i = 1; i <= 60; ++i) {
            co_await mine.incr("n");
            EXPECT_EQ(co_await mine.get("n"), std::to_string(i));
            if (i % 20 == 0) {
                std::string const replica = "replica of " + setting.cluster.owner_of("n").name();
                setting.faults.start(sim::Failover{.node = replica.c_str()});
            }
            co_await setting.world.sleep(300ms);
            EXPECT_EQ(co_await mine.get("n"), std::to_string(i));
        }
    });
}

TEST(Session, serves_the_blocking_client) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster(with_replicas);
    ClusterOptions options = from_replicas;
    options.startup_nodes = cluster.startup_nodes();
    RedisCluster redis{world.host("app"), options};
    auto mine = redis.session();
    mine.set("a", "1");
    EXPECT_EQ(mine.get("a"), "1");
    EXPECT_EQ(redis.stats().replica_reads, 0u);
}

TEST(ReplicaLag, makes_reads_pass_over_those_that_are_too_far_behind) {
    ClusterOptions options = from_replicas;
    options.max_replica_lag_bytes = 200;
    options.lag_check_interval = 500ms;
    Setting setting(with_replicas, options);
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        co_await setting.world.sleep(2s);
        co_await setting.redis.get("a");
        EXPECT_EQ(setting.redis.stats().replica_reads, 1u) << "it is up to date";
        slow_down_replica_of(setting, "a", 20s);
        for (int i = 0; i < 20; ++i) {
            co_await setting.redis.set("a", "a value of some length");
        }
        co_await setting.world.sleep(2s);
        for (int i = 0; i < 10; ++i) {
            EXPECT_EQ(co_await setting.redis.get("a"), "a value of some length");
        }
        EXPECT_EQ(setting.redis.stats().replica_reads, 1u);
        co_await setting.world.sleep(30s);
        EXPECT_EQ(co_await setting.redis.get("a"), "a value of some length");
        EXPECT_EQ(setting.redis.stats().replica_reads, 2u) << "it has caught up";
    });
}

TEST(ReplicaLag, is_asked_for_by_nobody_who_does_not_want_to_know) {
    Setting setting(with_replicas, from_replicas);
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        co_await setting.world.sleep(10s);
        for (sim::ExecutionRecord const& execution : setting.world.executions()) {
            EXPECT_NE(execution.arguments[0], "INFO");
        }
    });
}

}  // namespace
}  // namespace keyslot
