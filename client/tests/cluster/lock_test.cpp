// Locks on one key, under failure.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/redis_cluster.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace keyslot {
namespace {

using namespace std::chrono_literals;

sim::ClusterSpec const with_replicas{.masters = 3, .replicas_per_master = 1, .node_timeout = 2s};

TEST(Lock, is_had_by_one_at_a_time_and_counts_its_grants) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncLock mine = setting.redis.lock("job", {.timeout = 10s, .blocking = false});
        AsyncLock other = setting.redis.lock("job", {.timeout = 10s, .blocking = false});
        EXPECT_FALSE(co_await mine.locked());
        EXPECT_TRUE(co_await mine.acquire());
        EXPECT_EQ(mine.fencing_number(), 1);
        EXPECT_FALSE(co_await other.acquire());
        EXPECT_EQ(other.fencing_number(), std::nullopt);
        EXPECT_TRUE(co_await other.locked());
        EXPECT_TRUE(co_await mine.owned());
        EXPECT_FALSE(co_await other.owned());
        co_await mine.release();
        EXPECT_FALSE(co_await mine.owned());
        EXPECT_TRUE(co_await other.acquire());
        EXPECT_EQ(other.fencing_number(), 2);
    });
}

TEST(Lock, waits_until_it_is_free_or_its_patience_ends) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncLock holder = setting.redis.lock("job", {.timeout = 3s});
        co_await holder.acquire();
        AsyncLock hasty = setting.redis.lock("job", {.timeout = 3s, .blocking_timeout = 1s});
        Instant const start = setting.world.now();
        EXPECT_FALSE(co_await hasty.acquire());
        EXPECT_LE(setting.world.now() - start, 1s);
        EXPECT_GE(setting.world.now() - start, 850ms);
        AsyncLock patient = setting.redis.lock("job", {.timeout = 3s, .blocking_timeout = 10s});
        EXPECT_TRUE(co_await patient.acquire());
        EXPECT_GE(setting.world.now() - start, 2900ms) << "when the first one has expired";
        EXPECT_LE(setting.world.now() - start, 3200ms);
        auto const late = co_await holder.release(as_result);
        EXPECT_EQ(late.error().code, ErrorCode::lock_not_owned);
        EXPECT_TRUE(co_await patient.owned()) << "it is not the first one's to release";
    });
}

TEST(Lock, can_be_made_to_last_longer_by_its_owner_only) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncLock lock = setting.redis.lock("{job}", {.timeout = 2s});
        auto const before = co_await lock.extend(1s, as_result);
        EXPECT_EQ(before.error().code, ErrorCode::lock);
        co_await lock.acquire();
        co_await lock.extend(5s);
        EXPECT_GT(co_await setting.redis.pttl("{job}"), 6500);
        co_await lock.extend(1s, {.replace_ttl = true});
        EXPECT_LE(co_await setting.redis.pttl("{job}"), 1000);
        co_await lock.reacquire();
        EXPECT_GT(co_await setting.redis.pttl("{job}"), 1900);
        co_await setting.world.sleep(3s);
        auto const after = co_await lock.reacquire(as_result);
        EXPECT_EQ(after.error().code, ErrorCode::lock_not_owned);
        auto const released = co_await lock.release(as_result);
        EXPECT_EQ(released.error().code, ErrorCode::lock) << "it knows by now";
    });
}

TEST(Lock, without_a_timeout_lasts_and_cannot_be_extended) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncLock lock = setting.redis.lock("a}b{c");
        co_await lock.acquire();
        co_await setting.world.sleep(3600s);
        EXPECT_TRUE(co_await lock.owned());
        auto const extended = co_await lock.extend(1s, as_result);
        EXPECT_EQ(extended.error().code, ErrorCode::lock);
        co_await lock.release();
        EXPECT_FALSE(co_await lock.locked());
    });
}

TEST(Lock, whose_grant_was_lost_on_the_way_is_found_to_be_had) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("job:warm", "1");
        std::string const owner = setting.cluster.owner_of("job").name();
        setting.faults.start(sim::Partition{
            .from = {owner.c_str()}, .to = {"clients"}, .one_way = true, .duration = 3s});
        AsyncLock lock = setting.redis.lock("job", {.timeout = 60s, .blocking_timeout = 10s});
        EXPECT_TRUE(co_await lock.acquire());
        EXPECT_EQ(lock.fencing_number(), 1) << "granted once";
        EXPECT_TRUE(co_await lock.owned());
    });
}

TEST(Lock, that_cannot_be_confirmed_tells_that_it_may_be_held) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.get("job");
        std::string const owner = setting.cluster.owner_of("job").name();
        setting.faults.start(sim::Partition{
            .from = {owner.c_str()}, .to = {"clients"}, .one_way = true, .duration = 30s});
        AsyncLock lock = setting.redis.lock("job", {.timeout = 60s, .blocking = false});
        auto const had = co_await lock.acquire(as_result);
        EXPECT_FALSE(had);
        EXPECT_EQ(had.error().outcome, Outcome::unknown);
        EXPECT_EQ(lock.fencing_number(), std::nullopt);
    });
}

TEST(Lock, that_was_granted_in_vain_is_taken_back) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.get("job");
        std::string const owner = setting.cluster.owner_of("job").name();
        setting.faults.start(sim::Partition{
            .from = {owner.c_str()}, .to = {"clients"}, .one_way = true, .duration = 2s});
        AsyncLock lock = setting.redis.lock("job", {.timeout = 60s, .blocking = false});
        auto const had = co_await lock.acquire(as_result);
        EXPECT_FALSE(had);
        EXPECT_EQ(had.error().outcome, Outcome::not_executed);
        EXPECT_FALSE(co_await lock.locked()) << "nobody waits for a minute";
    });
}

TEST(Lock, can_be_had_again_after_a_failover) {
    Setting setting(with_replicas);
    setting.run([&]() -> asio::awaitable<void> {
        AsyncLock lock = setting.redis.lock("job", {.timeout = 60s});
        co_await lock.acquire();
        co_await setting.world.sleep(100ms);
        setting.cluster.owner_of("job").crash();
        AsyncLock next =
            setting.redis.lock("job", {.timeout = 60s, .sleep = 50ms, .blocking_timeout = 30s});
        co_await setting.world.sleep(10s);
        EXPECT_TRUE(co_await lock.owned()) << "the replica knew it";
        co_await lock.release();
        EXPECT_TRUE(co_await next.acquire());
        EXPECT_EQ(next.fencing_number(), 2);
    });
}

TEST(Lock, lets_two_never_work_at_once_while_masters_come_and_go) {
    Setting setting(with_replicas);
    int inside = 0;
    int worst = 0;
    int turns = 0;
    long long last_number = 0;
    setting.run([&]() -> asio::awaitable<void> {
        for (int worker = 0; worker < 4; ++worker) {
            asio::co_spawn(
                setting.redis.get_executor(),
                [&]() -> asio::awaitable<void> {
                    for (int turn = 0; turn < 20; ++turn) {
                        AsyncLock lock = setting.redis.lock(
                            "job", {.timeout = 20s, .sleep = 50ms, .blocking_timeout = 60s});
                        auto const had = co_await lock.acquire(as_result);
                        if (!had || !*had) {
                            continue;
                        }
                        worst = std::max(worst, ++inside);
                        EXPECT_GT(*lock.fencing_number(), last_number);
                        last_number = *lock.fencing_number();
                        co_await setting.world.sleep(200ms);
                        --inside;
                        ++turns;
                        static_cast<void>(co_await lock.release(as_result));
                    }
                },
                asio::detached);
        }
        for (int i = 0; i < 3; ++i) {
            co_await setting.world.sleep(8s);
            setting.move_slot_of("job", setting.other_master("job"));
            std::string const owner = setting.cluster.owner_of("job").name();
            setting.faults.start(
                sim::Partition{.from = {"clients"}, .to = {owner.c_str()}, .duration = 2s});
        }
        co_await setting.world.sleep(200s);
    });
    EXPECT_EQ(worst, 1);
    EXPECT_GE(turns, 70);
}

TEST(Lock, can_be_given_up_while_it_is_waited_for) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncLock holder = setting.redis.lock("job", {.timeout = 60s});
        co_await holder.acquire();
        AsyncLock waiter = setting.redis.lock("job", {.timeout = 60s});
        asio::cancellation_signal signal;
        std::optional<Result<bool>> had;
        waiter.acquire(as_result(asio::bind_cancellation_slot(
            signal.slot(), [&](Result<bool> result) { had.emplace(std::move(result)); })));
        co_await setting.world.sleep(5s);
        EXPECT_FALSE(had);
        signal.emit(asio::cancellation_type::all);
        co_await setting.world.sleep(1ms);
        EXPECT_TRUE(had && had->error().code == ErrorCode::cancelled);
        co_await holder.release();
        co_await setting.world.sleep(1s);
        EXPECT_FALSE(co_await waiter.locked());
    });
}

TEST(Lock, ends_its_waiting_with_the_client) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncLock holder = setting.redis.lock("job");
        co_await holder.acquire();
        AsyncLock waiter = setting.redis.lock("job");
        std::optional<Result<bool>> had;
        waiter.acquire(as_result([&](Result<bool> result) { had.emplace(std::move(result)); }));
        co_await setting.world.sleep(5s);
        setting.redis.close();
        co_await setting.world.sleep(1ms);
        EXPECT_TRUE(had && had->error().code == ErrorCode::closed);
    });
}

TEST(Lock, serves_the_blocking_client) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster({});
    RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    Lock lock = redis.lock("job", {.timeout = 10s});
    EXPECT_TRUE(lock.acquire());
    EXPECT_TRUE(lock.owned());
    lock.extend(1s);
    lock.reacquire();
    lock.release();
    EXPECT_FALSE(lock.locked());
    EXPECT_THROW(lock.release(), LockError);
    lock.acquire();
    world.run_for(11s);
    EXPECT_THROW(lock.release(), LockNotOwnedError);
}

}  // namespace
}  // namespace keyslot
