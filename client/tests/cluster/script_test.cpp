// Scripts by their SHA-1, and who waits for whom in a pipeline.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/redis_cluster.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace keyslot {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view increment = "return redis.call('INCRBY', KEYS[1], ARGV[1])";

/// Every node forgets its scripts.
asio::awaitable<void> flush_scripts(Setting& setting) {
    for (ClusterNode const& node : setting.redis.get_primaries()) {
        co_await setting.redis.on(node).script_flush();
    }
}

int executions(Setting& setting, std::string_view command) {
    int count = 0;
    for (sim::ExecutionRecord const& execution : setting.world.executions()) {
        count += execution.arguments[0] == command && !execution.from_replication ? 1 : 0;
    }
    return count;
}

// client-bugs 86
TEST(Script, runs_on_nodes_that_do_not_know_it) {
    Setting setting;
    Script const script = setting.redis.register_script(increment);
    EXPECT_EQ(script.sha().size(), 40u);
    setting.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 20; ++i) {
            std::string const key = "k" + std::to_string(i);
            Reply const first = co_await setting.redis.run(script, key, "5");
            EXPECT_EQ(first.as_integer(), 5);
            Reply const second = co_await script.call(setting.redis, key, "2");
            EXPECT_EQ(second.as_integer(), 7);
        }
        EXPECT_LE(executions(setting, "EVAL"), 3) << "once per node";
        std::string const loaded = co_await setting.redis.script_load(increment);
        EXPECT_EQ(loaded, script.sha());
    });
}

// client-bugs 86
TEST(Script, runs_after_a_failover_and_after_its_slot_has_moved) {
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s});
    Script const script = setting.redis.register_script(increment);
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.run(script, "{s}n", "1");
        setting.move_slot_of("{s}n", setting.other_master("{s}n"));
        co_await setting.world.sleep(2s);
        co_await setting.redis.run(script, "{s}n", "1");
        co_await setting.world.sleep(100ms);
        setting.cluster.owner_of("{s}n").crash();
        co_await setting.world.sleep(10s);
        Reply const last = co_await setting.redis.run(script, "{s}n", "1");
        EXPECT_EQ(last.as_integer(), 3);
    });
}

// client-bugs 86: and what stands behind it sees what it has done.
TEST(Script, keeps_its_place_in_a_pipeline) {
    Setting setting;
    Script const script = setting.redis.register_script(increment);
    setting.run([&]() -> asio::awaitable<void> {
        for (int round = 0; round < 3; ++round) {
            co_await setting.redis.set("n", "1");
            auto pipe = setting.redis.pipeline();
            pipe.incr("n").run(script, "n", "10").get("n").run(script, "n", "100").get("n");
            auto const replies = co_await pipe.execute();
            EXPECT_EQ(replies[1]->as_integer(), 12);
            EXPECT_EQ(replies[2]->text(), "12");
            EXPECT_EQ(replies[3]->as_integer(), 112);
            EXPECT_EQ(replies[4]->text(), "112");
            co_await flush_scripts(setting);
        }
    });
}

TEST(Script, keeps_its_place_among_calls_that_nobody_waits_for) {
    Setting setting;
    Script const script = setting.redis.register_script(increment);
    setting.run([&]() -> asio::awaitable<void> {
        std::string value;
        setting.redis.run(script, "n", "10", [](std::exception_ptr, Reply const&) {});
        setting.redis.get("n", [&](std::exception_ptr, std::optional<std::string> const& got) {
            value = got.value_or("");
        });
        co_await setting.world.sleep(1s);
        EXPECT_EQ(value, "10");
    });
}

TEST(Script, runs_inside_transactions) {
    Setting setting;
    Script const script = setting.redis.register_script(increment);
    setting.run([&]() -> asio::awaitable<void> {
        auto pipe = setting.redis.pipeline({.transaction = true});
        pipe.incr("n").run(script, "n", "10").get("n");
        auto replies = co_await pipe.execute();
        EXPECT_EQ(replies[2]->text(), "11");

        co_await flush_scripts(setting);
        auto transaction = setting.redis.transaction();
        co_await transaction.watch(args("n"));
        Reply const at_once = co_await transaction.run(script, "{n}m", "4");
        EXPECT_EQ(at_once.as_integer(), 4);
        transaction.multi().run(script, "n", "1");
        replies = co_await transaction.execute();
        EXPECT_EQ(replies[0]->as_integer(), 12);
    });
}

TEST(Script, that_only_reads_runs_on_replicas) {
    Setting setting({.masters = 3, .replicas_per_master = 1},
                    {.load_balancing_strategy = LoadBalancingStrategy::round_robin_replicas});
    Script const script = setting.redis.register_script("return redis.call('GET', KEYS[1])");
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("k", "v");
        co_await setting.world.sleep(100ms);
        for (int i = 0; i < 3; ++i) {
            Reply const value = co_await setting.redis.run_ro(script, "k", {});
            EXPECT_EQ(value.text(), "v");
        }
        EXPECT_GE(setting.redis.stats().replica_reads, 3u);
    });
}

TEST(Script, that_was_not_registered_is_the_callers_business) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        auto const reply = co_await setting.redis.evalsha(std::string(40, 'a'), "k", {}, as_result);
        EXPECT_EQ(reply.error().outcome, Outcome::not_executed);
        try {
            co_await setting.redis.evalsha(std::string(40, 'a'), "k", {});
            ADD_FAILURE() << "it must throw";
        } catch (NoScriptError const&) {}
    });
}

TEST(Script, serves_the_blocking_client) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster({});
    RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    Script const script = redis.register_script(increment);
    EXPECT_EQ(redis.run(script, {"n"}, {"3"}).as_integer(), 3);
    EXPECT_EQ(script.call(redis, "n", "3").as_integer(), 6);
}

// client-bugs 61
TEST(Pipeline, holds_back_what_stands_behind_a_command_of_several_keys) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{t}a", "old");
        co_await setting.redis.set("{t}b", "old");
        std::uint16_t const slot = AsyncRedisCluster::keyslot("{t}");
        setting.faults.start(sim::Migrate{.slots = {{slot, slot}},
                                          .to = setting.other_master("{t}").name(),
                                          .stall_after_keys = 1,
                                          .resume_after = 2s});
        co_await setting.world.sleep(500ms);
        auto pipe = setting.redis.pipeline();
        pipe.mset({{"{t}a", "new"}, {"{t}b", "new"}})
            .get("{t}a")
            .get("{t}b")
            .mget({"{t}a", "{t}b"});
        auto const replies = co_await pipe.execute();
        EXPECT_EQ(replies[1]->text(), "new");
        EXPECT_EQ(replies[2]->text(), "new");
        EXPECT_EQ(replies[3]->view()[1].text(), "new");
        EXPECT_GT(setting.redis.stats().retries, 0u) << "TRYAGAIN";
    });
}

TEST(Pipeline, lets_reads_pass_reads_of_several_keys) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{t}a", "1");
        auto pipe = setting.redis.pipeline();
        for (int i = 0; i < 100; ++i) {
            pipe.mget({"{t}a", "{t}b"}).get("{t}a");
        }
        Instant const start = setting.world.now();
        co_await pipe.execute();
        Duration const reads = setting.world.now() - start;
        co_await setting.redis.get("{t}a");
        EXPECT_LT(reads, 3 * (setting.world.now() - start - reads)) << "all at once";
    });
}

}  // namespace
}  // namespace keyslot
