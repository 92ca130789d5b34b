// Reads that replicas answer.
#include "client/tests/cluster/setting.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using Strategy = LoadBalancingStrategy;

sim::ClusterSpec const with_replicas{.masters = 3, .replicas_per_master = 2, .node_timeout = 2s};

/// Who executed the reads of a key.
std::map<std::size_t, int> readers_of(Setting& setting) {
    std::map<std::size_t, int> readers;
    for (sim::ExecutionRecord const& execution : setting.world.executions()) {
        if (execution.arguments[0] == "GET") {
            ++readers[execution.node];
        }
    }
    return readers;
}

TEST(ReplicaReads, are_shared_out_as_the_strategy_says) {
    for (auto const& [strategy, readers] :
         {std::pair{Strategy::round_robin, 3u}, std::pair{Strategy::round_robin_replicas, 2u},
          std::pair{Strategy::random_replica, 2u}, std::pair{Strategy::lowest_latency, 1u}}) {
        Setting setting(with_replicas, {.load_balancing_strategy = strategy});
        setting.run([&]() -> asio::awaitable<void> {
            co_await setting.redis.set("a", "1");
            co_await setting.world.sleep(100ms);
            for (int i = 0; i < 10; ++i) {
                co_await setting.redis.get("a");
            }
            setting.world.clear_executions();
            for (int i = 0; i < 60; ++i) {
                EXPECT_EQ(co_await setting.redis.get("a"), "1");
            }
            auto const counts = readers_of(setting);
            EXPECT_EQ(counts.size(), readers);
            for (auto const& [node, count] : counts) {
                EXPECT_NEAR(count, 60.0 / readers, strategy == Strategy::random_replica ? 15 : 1);
            }
        });
        EXPECT_EQ(setting.redis.stats().moved, 0u);
    }
}

TEST(ReplicaReads, are_not_for_writes_nor_for_calls_that_say_so) {
    Setting setting(with_replicas, {.load_balancing_strategy = Strategy::random_replica});
    setting.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 20; ++i) {
            co_await setting.redis.incr("n");
            EXPECT_EQ(co_await setting.redis.with({.read_from_replicas = false}).get("n"),
                      std::to_string(i + 1));
        }
    });
    EXPECT_EQ(setting.redis.stats().replica_reads, 0u);
    EXPECT_EQ(setting.redis.stats().moved, 0u);
}

// client-bugs 66: in a pipeline too.
TEST(ReplicaReads, work_in_pipelines_without_redirections) {
    Setting setting(with_replicas, {.load_balancing_strategy = Strategy::round_robin_replicas});
    setting.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 50; ++i) {
            co_await setting.redis.set("k" + std::to_string(i), "v");
        }
        co_await setting.world.sleep(100ms);
        auto pipe = setting.redis.pipeline();
        for (int i = 0; i < 50; ++i) {
            pipe.get("k" + std::to_string(i));
        }
        for (auto const& reply : co_await pipe.execute()) {
            EXPECT_EQ(reply->text(), "v");
        }
        EXPECT_EQ(setting.redis.stats().replica_reads, 50u);
        EXPECT_EQ(setting.redis.stats().moved, 0u);
    });
}

// client-bugs 91: READONLY is said again on a new connection.
TEST(ReplicaReads, go_on_after_a_replicas_connection_was_lost) {
    Setting setting(with_replicas, {.load_balancing_strategy = Strategy::round_robin_replicas});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        co_await setting.world.sleep(100ms);
        for (int i = 0; i < 4; ++i) {
            for (int n = 0; n < 10; ++n) {
                EXPECT_EQ(co_await setting.redis.get("a"), "1");
            }
            setting.faults.start(
                sim::Reset{.from = {"clients"},
                           .to = {"node-4", "node-5", "node-6", "node-7", "node-8", "node-9"}});
            co_await setting.world.sleep(1s);
        }
        EXPECT_EQ(setting.redis.stats().moved, 0u);
    });
}

/// Reads the key "a", which is "1", so often.
asio::awaitable<void> read_without_waiting(Setting& setting, int times) {
    for (int i = 0; i < times; ++i) {
        Instant const start = setting.world.now();
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_LE(setting.world.now() - start, 5ms) << "read " << i;
        co_await setting.world.sleep(10ms);
    }
}

// Whoever is asked in turn, the dead one costs a read nothing but the way there.
TEST(ReplicaReads, do_not_wait_for_a_primary_that_is_dead) {
    for (Strategy const strategy : {Strategy::round_robin, Strategy::lowest_latency}) {
        Setting setting({.masters = 3, .replicas_per_master = 1, .require_full_coverage = false},
                        {.load_balancing_strategy = strategy});
        setting.run([&]() -> asio::awaitable<void> {
            co_await setting.redis.set("a", "1");
            co_await setting.world.sleep(100ms);
            for (int i = 0; i < 4; ++i) {
                co_await setting.redis.get("a");
            }
            setting.cluster.owner_of("a").crash();
            co_await read_without_waiting(setting, 500);
        });
    }
}

TEST(ReplicaReads, do_not_wait_for_a_primary_that_loads) {
    Setting setting(with_replicas, {.load_balancing_strategy = Strategy::round_robin});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        co_await setting.world.sleep(100ms);
        setting.faults.start(
            sim::ForgeReply{.node = "owner of a",
                            .command = "get",
                            .times = 1000000,
                            .error = "LOADING Redis is loading the dataset in memory"});
        co_await read_without_waiting(setting, 200);
    });
}

// client-bugs 25
TEST(ReplicaReads, pass_over_a_replica_that_is_loading_or_down) {
    Setting setting({.masters = 3, .replicas_per_master = 2},
                    {.load_balancing_strategy = Strategy::round_robin_replicas});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        co_await setting.world.sleep(100ms);
        co_await setting.redis.get("a");
        co_await setting.redis.get("a");
        std::string const replica = "replica of " + setting.cluster.owner_of("a").name();
        setting.faults.start(
            sim::ForgeReply{.node = replica.c_str(),
                            .command = "get",
                            .times = 1000000,
                            .error = "LOADING Redis is loading the dataset in memory"});
        for (int i = 0; i < 40; ++i) {
            Instant const start = setting.world.now();
            EXPECT_EQ(co_await setting.redis.get("a"), "1");
            EXPECT_LT(setting.world.now() - start, 10ms);
            co_await setting.world.sleep(100ms);
        }
        setting.faults.start(sim::Crash{.node = replica.c_str()});
        for (int i = 0; i < 40; ++i) {
            EXPECT_EQ(co_await setting.redis.get("a"), "1");
            co_await setting.world.sleep(100ms);
        }
    });
}

// client-bugs 26
TEST(ReplicaReads, pass_over_replicas_that_have_lost_their_master) {
    Setting setting(with_replicas, {.load_balancing_strategy = Strategy::round_robin_replicas});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        for (ClusterNode const& node : setting.redis.get_nodes()) {
            co_await setting.redis.on(node).execute(
                args("CONFIG", "SET", "replica-serve-stale-data", "no"));
        }
        co_await setting.world.sleep(100ms);
        setting.cluster.owner_of("a").crash();
        for (int i = 0; i < 50; ++i) {
            auto const value = co_await setting.redis.with({.timeout = 10s}).get("a", as_result);
            EXPECT_TRUE(value) << value.error().to_string();
            co_await setting.world.sleep(100ms);
        }
    });
}

// client-bugs 27: nothing to find is no failure of the node.
TEST(ReplicaReads, of_what_is_not_there_do_not_make_a_replica_avoided) {
    Setting setting(with_replicas, {.load_balancing_strategy = Strategy::round_robin_replicas,
                                    .confirm_missing = false});
    setting.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 20; ++i) {
            EXPECT_EQ(co_await setting.redis.get("none"), std::nullopt);
        }
        auto const readers = readers_of(setting);
        EXPECT_EQ(readers.size(), 2u);
        for (auto const& [node, count] : readers) {
            EXPECT_EQ(count, 10);
        }
    });
}

TEST(ReplicaReads, do_not_miss_keys_that_are_on_the_move) {
    Setting setting(with_replicas, {.load_balancing_strategy = Strategy::round_robin_replicas});
    setting.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 20; ++i) {
            co_await setting.redis.set("{m}" + std::to_string(i), "v");
        }
        co_await setting.world.sleep(100ms);
        std::uint16_t const slot = AsyncRedisCluster::keyslot("m");
        setting.faults.start(sim::Migrate{.slots = {{slot, slot}},
                                          .to = setting.other_master("m").name(),
                                          .stall_after_keys = 10,
                                          .resume_after = 5s});
        for (int round = 0; round < 100; ++round) {
            for (int i = 0; i < 20; ++i) {
                EXPECT_EQ(co_await setting.redis.get("{m}" + std::to_string(i)), "v");
            }
            co_await setting.world.sleep(80ms);
        }
        EXPECT_GT(setting.redis.stats().asked, 0u);
    });
}

TEST(ReplicaReads, follow_a_filter_and_can_do_without_the_primary) {
    Setting setting(with_replicas,
                    {.load_balancing_strategy = Strategy::round_robin,
                     .replicas_only = true,
                     .replica_filter = [](ClusterNode const& node) { return node.port % 2 == 0; }});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        co_await setting.world.sleep(100ms);
        for (int i = 0; i < 10; ++i) {
            EXPECT_EQ(co_await setting.redis.get("a"), "1");
        }
        EXPECT_EQ(readers_of(setting).size(), 1u);
    });
    Setting none(with_replicas, {.load_balancing_strategy = Strategy::round_robin,
                                 .replicas_only = true,
                                 .replica_filter = [](ClusterNode const&) { return false; }});
    none.run([&]() -> asio::awaitable<void> {
        co_await none.redis.set("a", "1");
        auto const value = co_await none.redis.with({.timeout = 500ms}).get("a", as_result);
        EXPECT_EQ(value.error().outcome, Outcome::not_executed);
    });
}

}  // namespace
}  // namespace keyslot
