// Commands split by slot. client-bugs 93: a split command does not look atomic, each key has its outcome.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/redis_cluster.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::vector<std::string> some_keys(int count) {
    std::vector<std::string> keys;
    for (int n = 0; n < count; ++n) {
        keys.push_back("key:" + std::to_string(n));
    }
    return keys;
}

std::map<std::string, std::string> pairs_of(std::vector<std::string> const& keys,
                                            std::string const& value) {
    std::map<std::string, std::string> pairs;
    for (std::string const& key : keys) {
        pairs[key] = value + key;
    }
    return pairs;
}

TEST(MultiKey, is_split_by_slot_as_the_first_call_of_a_client_and_gives_values_in_the_keys_order) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        std::vector<std::string> keys = some_keys(100);
        std::map<std::string, std::string> const pairs = pairs_of(keys, "v");
        auto const done = co_await redis.mset_nonatomic(pairs);
        EXPECT_TRUE(done.value());
        keys.push_back("none");
        keys.push_back("key:7");
        auto const read = co_await redis.mget_nonatomic(keys);
        EXPECT_EQ(read.value().size(), 102u);
        for (std::size_t n = 0; n < 100; ++n) {
            EXPECT_EQ(read.value()[n], "v" + keys[n]);
        }
        EXPECT_EQ(read.value()[100], std::nullopt);
        EXPECT_EQ(read.value()[101], "vkey:7");
        EXPECT_EQ((co_await redis.exists_nonatomic(keys)).value(), 101);
        EXPECT_EQ((co_await redis.touch_nonatomic(keys)).value(), 101);
        EXPECT_EQ((co_await redis.del_nonatomic(args("key:1", "key:2", "no"))).value(), 2);
        EXPECT_EQ((co_await redis.unlink_nonatomic(keys)).value(), 98);
    });
}

TEST(MultiKey, without_keys_is_done_at_once) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        EXPECT_TRUE((co_await setting.redis.mget_nonatomic(Words())).value().empty());
        EXPECT_EQ((co_await setting.redis.del_nonatomic(Words())).value(), 0);
        EXPECT_TRUE((co_await setting.redis.mset_nonatomic(KeyValues())).value());
    });
    EXPECT_EQ(setting.redis.stats().connects, 0u);
}

// client-bugs 93
TEST(MultiKey, tells_which_keys_failed_when_one_shard_does_not_answer) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        std::vector<std::string> const keys = some_keys(30);
        (co_await redis.mset_nonatomic(pairs_of(keys, "old"))).value();
        sim::Member& dead = setting.cluster.owner_of("key:3");
        setting.faults.start(sim::Pause{.node = dead.name()});
        co_await setting.world.sleep(1ms);
        auto const written =
            co_await redis.with({.timeout = 300ms}).mset_nonatomic(pairs_of(keys, "new"));
        EXPECT_FALSE(written.complete());
        std::set<std::string> failed;
        for (KeyFailure const& failure : written.failures()) {
            failed.insert(failure.key);
            EXPECT_EQ(failure.failure->code, ErrorCode::timeout);
            EXPECT_EQ(failure.failure->outcome, Outcome::unknown);
        }
        for (std::string const& key : keys) {
            EXPECT_EQ(failed.contains(key), &setting.cluster.owner_of(key) == &dead) << key;
        }
        EXPECT_EQ(written.failure()->outcome, Outcome::unknown);
        EXPECT_THAT(written.failure()->message,
                    HasSubstr(std::to_string(failed.size()) + " of 30 keys failed"));
        EXPECT_THROW(static_cast<void>(written.value()), TimeoutError);

        auto const read = co_await redis.with({.timeout = 300ms}).mget_nonatomic(keys);
        EXPECT_EQ(read.failures().size(), failed.size());
        for (std::size_t n = 0; n < keys.size(); ++n) {
            EXPECT_EQ(read.partial()[n],
                      failed.contains(keys[n]) ? std::nullopt : std::optional("new" + keys[n]));
        }
    });
}

TEST(MultiKey, follows_redirections_while_slots_move) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        std::vector<std::string> const keys = some_keys(60);
        (co_await redis.mset_nonatomic(pairs_of(keys, "v"))).value();
        setting.faults.start(sim::Migrate{.slots = {{0, 300}}, .to = "node-3"});
        for (int round = 0; round < 40; ++round) {
            co_await setting.world.sleep(50ms);
            EXPECT_EQ((co_await redis.exists_nonatomic(keys)).value(), 60);
            (co_await redis.mset_nonatomic(pairs_of(keys, "w"))).value();
        }
    });
    EXPECT_GT(setting.redis.stats().moved + setting.redis.stats().asked, 0u);
}

TEST(MultiKey, ends_with_all_its_parts_when_it_is_cancelled) {
    Setting setting;
    asio::cancellation_signal signal;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        co_await redis.set("key:0", "v");
        for (auto const* node : {"node-1", "node-2", "node-3"}) {
            setting.faults.start(sim::Pause{.node = node});
        }
        co_await setting.world.sleep(1ms);
        std::optional<SplitCount> result;
        redis.del_nonatomic(
            some_keys(9),
            as_result(asio::bind_cancellation_slot(
                signal.slot(), [&](Result<SplitCount> got) { result = std::move(*got); })));
        co_await setting.world.sleep(10ms);
        EXPECT_FALSE(result);
        signal.emit(asio::cancellation_type::terminal);
        co_await setting.world.sleep(1ms);
        EXPECT_TRUE(result);
        EXPECT_EQ(result->failures().size(), 9u);
        EXPECT_EQ(result->failures()[0].failure->code, ErrorCode::cancelled);
        EXPECT_EQ(result->partial(), 0);
    });
}

TEST(MultiKey, is_there_for_the_blocking_client) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster({});
    RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    EXPECT_TRUE(redis.mset_nonatomic({{"a", "1"}, {"b", "2"}}).value());
    EXPECT_THAT(redis.with({.timeout = 1s}).mget_nonatomic({"b", "x", "a"}).value(),
                testing::ElementsAre("2", std::nullopt, "1"));
    EXPECT_EQ(redis.del_nonatomic({"a", "b"}, as_result)->value(), 2);
}

}  // namespace
}  // namespace keyslot
