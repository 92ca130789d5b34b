// Scans of the whole cluster and of one key, while nothing happens and while everything does.
// client-bugs 88: a cursor belongs to its node. client-bugs 89: a missing node is left out and told.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/redis_cluster.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>

namespace keyslot {
namespace {

using namespace std::chrono_literals;

asio::awaitable<std::set<std::string>> fill(AsyncRedisCluster& redis, int count) {
    std::map<std::string, std::string> pairs;
    std::set<std::string> keys;
    for (int n = 0; n < count; ++n) {
        pairs["key:" + std::to_string(n)] = "v";
        keys.insert("key:" + std::to_string(n));
    }
    (co_await redis.mset_nonatomic(pairs)).value();
    co_return keys;
}

/// All pages, with a pause before each; how often each key came.
asio::awaitable<std::map<std::string, int>> collect(Setting& setting, AsyncScan<std::string>& scan,
                                                    Duration pause) {
    std::map<std::string, int> found;
    while (auto const page = co_await scan.next()) {
        EXPECT_FALSE(page->empty());
        for (std::string const& key : *page) {
            ++found[key];
        }
        if (pause > 0ms) {
            co_await setting.world.sleep(pause);
        }
    }
    co_return found;
}

int missing_of(std::set<std::string> const& keys, std::map<std::string, int> const& found) {
    int missing = 0;
    for (std::string const& key : keys) {
        missing += found.contains(key) ? 0 : 1;
    }
    return missing;
}

TEST(Scan, gives_every_key_of_a_quiet_cluster_once) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        std::set<std::string> const keys = co_await fill(setting.redis, 300);
        co_await setting.redis.lpush("list", args("a"));
        auto scan = setting.redis.scan_iter({.match = "key:*", .count = 7});
        auto const found = co_await collect(setting, scan, 0ms);
        EXPECT_EQ(found.size(), 300u);
        EXPECT_EQ(missing_of(keys, found), 0);
        for (auto const& [key, times] : found) {
            EXPECT_EQ(times, 1) << key;
        }
        EXPECT_TRUE(scan.uncovered().empty());
        EXPECT_EQ(co_await scan.next(), std::nullopt) << "the end stays the end";
        auto lists = setting.redis.scan_iter({.type = "list"});
        auto const only = co_await collect(setting, lists, 0ms);
        EXPECT_THAT(only, testing::ElementsAre(testing::Pair("list", 1)));
    });
}

// client-bugs 88, 89
TEST(Scan, gives_every_key_while_slots_move_and_primaries_fail_over) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s});
        setting.run([&]() -> asio::awaitable<void> {
            std::set<std::string> const keys = co_await fill(setting.redis, 400);
            co_await setting.world.sleep(1s);
            auto const at = [seed](int what) {
                return std::chrono::milliseconds(
                    (seed * 7919 + static_cast<unsigned>(what) * 104729) % 1500);
            };
            auto scan = setting.redis.scan_iter({.count = 5});
            std::string const targets[] = {"node-1", "node-2", "node-3"};
            setting.faults.start(sim::Migrate{.slots = {{0, 40}}, .to = targets[seed % 3]});
            setting.faults.start(
                sim::Migrate{.slots = {{8000, 8040}}, .to = targets[(seed + 1) % 3]});
            asio::co_spawn(
                setting.redis.get_executor(),
                [&]() -> asio::awaitable<void> {
                    co_await setting.world.sleep(at(1));
                    if (seed % 2 == 0) {
                        setting.faults.start(
                            sim::Migrate{.slots = {{12000, 12060}}, .to = targets[(seed / 2) % 3]});
                    }
                    co_await setting.world.sleep(at(2));
                    if (seed % 3 != 0) {
                        setting.cluster.owner_of("key:7").crash();
                    }
                },
                asio::detached);
            auto const found = co_await collect(setting, scan, 20ms);
            EXPECT_EQ(missing_of(keys, found), 0) << "seed " << seed;
            // What a crash has left half-way is nowhere until somebody mends it, and is told.
            for (auto const& [first, last] : scan.uncovered()) {
                EXPECT_NE(seed % 3, 0u) << "nothing crashed";
                EXPECT_TRUE(last <= 40 || (first >= 8000 && last <= 8040) ||
                            (first >= 12000 && last <= 12060))
                    << "seed " << seed << ": " << first << "-" << last;
            }
        });
    }
}

TEST(Scan, gives_the_keys_of_a_slot_that_is_half_way_between_two_nodes_all_the_time) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        std::set<std::string> keys = co_await fill(setting.redis, 50);
        for (int n = 0; n < 100; ++n) {
            std::string const key = "{tag}" + std::to_string(n);
            co_await setting.redis.set(key, "v");
            keys.insert(key);
        }
        std::uint16_t const slot = setting.redis.keyslot("tag");
        setting.faults.start(sim::Migrate{.slots = {{slot, slot}},
                                          .to = setting.other_master("tag").name(),
                                          .keys_per_step = 5,
                                          .stall_after_keys = 40});
        co_await setting.world.sleep(2s);
        auto scan = setting.redis.scan_iter({.count = 5});
        auto const found = co_await collect(setting, scan, 0ms);
        EXPECT_EQ(missing_of(keys, found), 0);
        EXPECT_TRUE(scan.uncovered().empty());
    });
}

// client-bugs 89
TEST(Scan, leaves_out_a_node_that_is_gone_and_says_which_slots_those_are) {
    Setting setting({.masters = 3, .replicas_per_master = 0, .require_full_coverage = false});
    setting.run([&]() -> asio::awaitable<void> {
        std::set<std::string> const keys = co_await fill(setting.redis, 200);
        sim::Member& dead = setting.cluster.owner_of("key:0");
        dead.crash();
        auto scan = setting.redis.scan_iter({.patience = 500ms});
        EXPECT_EQ(scan.uncovered().size(), 1u) << "nothing is done yet";
        auto const found = co_await collect(setting, scan, 0ms);
        for (std::string const& key : keys) {
            EXPECT_EQ(found.contains(key), &setting.cluster.owner_of(key) != &dead) << key;
        }
        std::size_t uncovered = 0;
        for (auto const& [first, last] : scan.uncovered()) {
            uncovered += static_cast<std::size_t>(last - first) + 1;
            for (std::string const& key : keys) {
                std::uint16_t const slot = setting.redis.keyslot(key);
                EXPECT_TRUE(slot < first || slot > last || !found.contains(key));
            }
        }
        EXPECT_NEAR(static_cast<double>(uncovered), 16384.0 / 3, 2);
    });
}

// client-bugs 88
TEST(Scan, of_a_key_begins_again_when_another_node_answers_and_never_asks_a_replica) {
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s},
                    {.read_from_replicas = true});
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        for (int n = 0; n < 600; ++n) {
            ScoredMember const member{"m" + std::to_string(n), 1.0 * n};
            co_await redis.zadd("z", member);
        }
        co_await setting.world.sleep(1s);
        auto scan = redis.zscan_iter("z", {.count = 20}, {.timeout = 20s});
        std::set<std::string> found;
        int pages = 0;
        while (auto const page = co_await scan.next()) {
            for (ScoredMember const& member : *page) {
                found.insert(member.member);
            }
            if (++pages == 4) {
                setting.cluster.owner_of("z").crash();
            }
        }
        EXPECT_EQ(found.size(), 600u);
        EXPECT_EQ(redis.stats().replica_reads, 0u);
    });
}

TEST(Scan, can_be_cancelled_and_goes_on_where_it_was) {
    Setting setting;
    asio::cancellation_signal signal;
    setting.run([&]() -> asio::awaitable<void> {
        std::set<std::string> const keys = co_await fill(setting.redis, 100);
        auto scan = setting.redis.scan_iter({.count = 10});
        auto const first = co_await scan.next();
        std::optional<ErrorCode> code;
        scan.next(as_result(asio::bind_cancellation_slot(
            signal.slot(), [&](auto result) { code = result.error().code; })));
        std::optional<ErrorCode> second;
        scan.next(as_result([&](auto result) { second = result.error().code; }));
        co_await setting.world.sleep(50us);
        signal.emit(asio::cancellation_type::terminal);
        co_await setting.world.sleep(5ms);
        EXPECT_EQ(code, ErrorCode::cancelled);
        EXPECT_EQ(second, ErrorCode::invalid_argument) << "one at a time";
        auto found = co_await collect(setting, scan, 0ms);
        for (std::string const& key : *first) {
            ++found[key];
        }
        EXPECT_EQ(missing_of(keys, found), 0);
    });
}

TEST(Scan, fails_like_a_call_when_there_is_no_cluster) {
    sim::World world{sim::Seed{7}};
    AsyncRedisCluster redis{world.host("app"),
                            {.startup_nodes = {{"10.9.9.9", 7000}}, .call_timeout = 500ms}};
    world.run([&]() -> asio::awaitable<void> {
        auto scan = redis.scan_iter();
        auto const page = co_await scan.next(as_result);
        EXPECT_FALSE(page);
    });
}

TEST(Scan, is_a_range_for_the_blocking_client) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster({});
    RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    std::set<std::string> keys;
    for (int n = 0; n < 50; ++n) {
        keys.insert("key:" + std::to_string(n));
        redis.set("key:" + std::to_string(n), "v");
        redis.hset("h", "f" + std::to_string(n), "v");
        redis.sadd("s", {"m" + std::to_string(n)});
    }
    std::set<std::string> found;
    auto scan = redis.scan_iter({.match = "key:*"});
    for (std::string const& key : scan) {
        found.insert(key);
    }
    EXPECT_EQ(found, keys);
    EXPECT_TRUE(scan.uncovered().empty());
    std::size_t fields = 0;
    for (auto const& [field, value] : redis.hscan_iter("h")) {
        EXPECT_EQ(value, "v");
        ++fields;
    }
    EXPECT_EQ(fields, 50u);
    EXPECT_EQ(redis.sscan_iter("s", {.match = "m1"}).next()->size(), 1u);
    EXPECT_EQ(redis.sscan_iter("none").next(), std::nullopt);
}

}  // namespace
}  // namespace keyslot
