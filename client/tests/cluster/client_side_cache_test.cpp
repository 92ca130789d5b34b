// Client-side caching on the simulator, which tracks as Redis does.
#include "client/tests/cluster/setting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace keyslot {
namespace {

using namespace std::chrono_literals;

/// A client with a cache, and another that changes things behind its back.
struct CacheSetting : Setting {
    AsyncRedisCluster other;

    explicit CacheSetting(sim::ClusterSpec const& spec = {}, ClusterOptions options = {},
                          ClientSideCacheOptions const& cache = {})
        : Setting(spec, with_cache(std::move(options), cache)),
          other(world.host("other"),
                {.startup_nodes = cluster.startup_nodes(), .call_timeout = 30s}) {}

    static ClusterOptions with_cache(ClusterOptions options, ClientSideCacheOptions const& cache) {
        options.client_side_cache = cache;
        return options;
    }
    ClientSideCacheStats stats() const { return redis.client_side_cache_stats(); }
    asio::awaitable<void> notice() { return world.sleep(1ms); }  // more than one way's delay
};

TEST(ClientSideCache, answers_a_second_read_from_memory_until_somebody_changes_the_key) {
    CacheSetting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        co_await redis.execute(args("PING"));  // what is asked before there is a map is not kept
        co_await setting.other.set("a", "1");
        co_await setting.other.execute(args("HSET", "h", "f", "v"));
        EXPECT_EQ(co_await redis.get("a"), "1");
        EXPECT_EQ((co_await redis.execute(args("HGET", "h", "f"))).text(), "v");
        Instant const begin = setting.world.now();
        EXPECT_EQ(co_await redis.get("a"), "1");
        EXPECT_EQ((co_await redis.execute(args("HGET", "h", "f"))).text(), "v");
        EXPECT_EQ(setting.world.now(), begin);
        EXPECT_EQ(setting.stats().hits, 2u);
        co_await setting.other.set("a", "2");
        co_await setting.notice();
        EXPECT_EQ(co_await redis.get("a"), "2");
        EXPECT_EQ(setting.stats().invalidations, 1u);
    });
}

TEST(ClientSideCache, shows_the_client_its_own_writes_in_the_order_of_its_calls) {
    CacheSetting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        for (int i = 0; i < 50; ++i) {
            std::string const value = std::to_string(i);
            co_await redis.set("a", value);
            EXPECT_EQ(co_await redis.get("a"), value);
            EXPECT_EQ(co_await redis.get("a"), value);
            auto pipe = redis.pipeline();
            pipe.append("a", "x").get("a").append("a", "y").get("a");
            auto const replies = co_await pipe.execute();
            EXPECT_EQ(replies[1]->text(), value + "x");
            EXPECT_EQ(replies[3]->text(), value + "xy");
            co_await redis.execute(args("EVAL", "redis.call('SET', KEYS[1], 'z')", "1", "a"),
                                   as_result);
            Result<std::optional<std::string>> const seen = co_await redis.get("a", as_result);
            EXPECT_NE(seen.value(), value);
            auto transaction = redis.transaction();
            transaction.multi().set("a", "t");
            co_await transaction.execute();
            EXPECT_EQ(co_await redis.get("a"), "t");
        }
    });
}

TEST(ClientSideCache, forgets_what_expires_and_what_is_flushed) {
    CacheSetting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        co_await setting.other.set("a", "1", {.px = 200ms});
        co_await setting.other.set("b", "1");
        EXPECT_EQ(co_await redis.get("a"), "1");
        EXPECT_EQ(co_await redis.get("b"), "1");
        co_await setting.world.sleep(1s);
        EXPECT_EQ(co_await redis.get("a"), std::nullopt);
        EXPECT_EQ(co_await redis.get("b"), "1");
        co_await setting.other.on(*setting.other.get_node_from_key("b")).execute(args("FLUSHALL"));
        co_await setting.notice();
        EXPECT_EQ(co_await redis.get("b"), std::nullopt);
    });
}

TEST(ClientSideCache, does_not_keep_that_a_key_is_missing) {
    CacheSetting setting;
    setting.run([&]() -> asio::awaitable<void> {
        EXPECT_EQ(co_await setting.redis.get("a"), std::nullopt);
        // The slot begins to move: from now on a new key comes into being at the other node.
        setting.faults.start(sim::Migrate{.slots = {{15495, 15495}},
                                          .to = setting.other_master("a").name(),
                                          .stall_at = sim::MigrationStep::keys});
        co_await setting.world.sleep(100ms);
        co_await setting.other.set("a", "1");
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_EQ(setting.stats().entries, 0u) << "told by a node that is not the owner yet";
    });
}

TEST(ClientSideCache, gives_a_slot_up_when_it_moves) {
    CacheSetting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.other.set("a", "1");
        co_await setting.other.set("b", "1");
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_EQ(co_await setting.redis.get("b"), "1");
        setting.move_slot_of("a", setting.other_master("a"));
        co_await setting.world.sleep(5s);
        co_await setting.other.set("a", "2");
        EXPECT_EQ(co_await setting.redis.get("a"), "2");
        EXPECT_EQ(co_await setting.redis.get("a"), "2");
        co_await setting.other.set("a", "3");
        co_await setting.notice();
        EXPECT_EQ(co_await setting.redis.get("a"), "3");
    });
}

TEST(ClientSideCache, gives_up_what_a_connection_knew_that_ends) {
    CacheSetting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.other.set("a", "1");
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        setting.world.reset_streams({"app"}, {});
        co_await setting.notice();
        EXPECT_EQ(setting.stats().entries, 0u);
        co_await setting.other.set("a", "2");
        EXPECT_EQ(co_await setting.redis.get("a"), "2");
    });
}

// The node is gone without a trace, another takes over, and nobody says that the key has changed.
TEST(ClientSideCache, is_no_longer_behind_than_it_takes_to_find_a_black_hole) {
    CacheSetting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 1s},
                         {.health_check_interval = 1s});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.other.set("a", "1");
        co_await setting.world.sleep(100ms);
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        setting.cluster.owner_of("a").crash(sim::CrashStyle::power);
        co_await setting.other.with({.timeout = 30s, .repeatable = true}).set("a", "2");
        co_await setting.world.sleep(2100ms);
        EXPECT_EQ(co_await setting.redis.with({.timeout = 20s}).get("a"), "2");
    });
}

TEST(ClientSideCache, keeps_nothing_without_resp3) {
    CacheSetting setting({}, {.protocol = 2});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.other.set("a", "1");
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        co_await setting.other.set("a", "2");
        EXPECT_EQ(co_await setting.redis.get("a"), "2");
        EXPECT_EQ(setting.stats().entries, 0u);
    });
}

// Slots move and connections break all the time; what is read is never older than a notice takes.
TEST(ClientSideCache, is_never_behind_while_slots_move_and_connections_break) {
    CacheSetting setting;
    setting.run([&]() -> asio::awaitable<void> {
        std::vector<std::string> const keys{"a", "b", "c", "{a}d", "e"};
        std::map<std::string, long long> written;
        std::uint64_t random = 3;
        for (int i = 0; i < 3000; ++i) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            std::string const& key = keys[(random >> 33) % keys.size()];
            if (i % 500 == 100) {
                setting.move_slot_of(key, setting.other_master(key));
            }
            if (i % 211 == 0) {
                setting.world.reset_streams({"app"}, {});
            }
            if ((random >> 40) % 4 == 0) {
                written[key] = co_await setting.other.incr(key);
                co_await setting.world.sleep(1ms);
            } else {
                auto const value = co_await setting.redis.with({.timeout = 30s}).get(key);
                EXPECT_EQ(value ? std::stoll(*value) : 0, written[key]) << key << " at step " << i;
            }
        }
    });
    EXPECT_GT(setting.stats().hits, 300u);
    EXPECT_GT(setting.stats().flushed, 10u);
}

}  // namespace
}  // namespace keyslot
