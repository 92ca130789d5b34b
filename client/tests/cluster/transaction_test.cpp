// MULTI and EXEC, with and without watched keys.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/redis_cluster.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Replies = std::vector<Result<Reply>>;

/// How often a node executed a command.
int executions(Setting& setting, std::string_view command) {
    int count = 0;
    for (sim::ExecutionRecord const& execution : setting.world.executions()) {
        count += execution.arguments[0] == command && !execution.from_replication ? 1 : 0;
    }
    return count;
}

TEST(Transaction, runs_its_commands_together_and_gives_a_reply_to_each) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        auto pipe = setting.redis.pipeline({.transaction = true});
        pipe.set("{t}a", "1").incr("{t}a").get("{t}a").incr("{t}b");
        Replies const replies = co_await pipe.execute();
        EXPECT_EQ(replies.size(), 4u);
        EXPECT_EQ(replies[1]->as_integer(), 2);
        EXPECT_EQ(replies[2]->text(), "2");
        EXPECT_TRUE((co_await pipe.execute()).empty()) << "nothing is left in it";
        for (sim::ExecutionRecord const& execution : setting.world.executions()) {
            EXPECT_TRUE(execution.in_transaction || execution.arguments[0] != "INCR");
        }
    });
}

TEST(Transaction, tells_an_error_inside_exec_in_its_place_or_throws_it) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        auto pipe = setting.redis.pipeline({.transaction = true});
        pipe.set("{t}s", "x").incr("{t}s").incr("{t}n");
        Replies const replies = co_await pipe.execute({.raise_on_error = false});
        EXPECT_TRUE(replies[0]);
        EXPECT_EQ(replies[1].error().outcome, Outcome::executed);
        EXPECT_EQ(replies[2]->as_integer(), 1);
        pipe.incr("{t}s").incr("{t}n");
        auto const failed = co_await pipe.execute({}, as_result);
        EXPECT_EQ(failed.error().code, ErrorCode::response);
        EXPECT_EQ(co_await setting.redis.get("{t}n"), "2");
    });
}

TEST(Transaction, that_cannot_be_queued_does_not_run_at_all) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        auto pipe = setting.redis.pipeline({.transaction = true});
        pipe.set("{t}a", "1").execute_command({"INCR"});
        auto const failed = co_await pipe.execute({}, as_result);
        EXPECT_EQ(failed.error().outcome, Outcome::not_executed);
        EXPECT_THAT(failed.error().message, HasSubstr("wrong number of arguments"));
        EXPECT_EQ(co_await setting.redis.get("{t}a"), std::nullopt);

        pipe.set("a", "1").set("b", "1");
        auto const crossed = co_await pipe.execute({}, as_result);
        EXPECT_EQ(crossed.error().code, ErrorCode::cross_slot);
        EXPECT_EQ(co_await setting.redis.get("a"), std::nullopt);
    });
}

// client-bugs 68, 69: redirected as a whole, and the map learns of it.
TEST(Transaction, follows_its_slot_as_a_whole) {
    Setting setting({}, {.refresh_period = 0ms});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{t}a", "0");
        setting.move_slot_of("{t}a", setting.other_master("{t}a"));
        co_await setting.world.sleep(1s);
        auto pipe = setting.redis.pipeline({.transaction = true});
        pipe.incr("{t}a").incr("{t}b");
        Replies const replies = co_await pipe.execute();
        EXPECT_EQ(replies[0]->as_integer(), 1);
        EXPECT_EQ(executions(setting, "INCR"), 2);
        EXPECT_EQ(setting.redis.stats().moved, 1u);
        pipe.incr("{t}a");
        co_await pipe.execute();
        EXPECT_EQ(setting.redis.stats().moved, 1u);
    });
}

// client-bugs 19: one ASKING before MULTI is for all of it. 20: keys in two places.
TEST(Transaction, runs_once_while_its_slot_is_on_the_move) {
    for (std::uint32_t const stall_after : {0u, 1u, 2u}) {
        Setting setting;
        setting.run([&]() -> asio::awaitable<void> {
            co_await setting.redis.set("{t}a", "0");
            co_await setting.redis.set("{t}b", "0");
            std::uint16_t const slot = AsyncRedisCluster::keyslot("{t}a");
            setting.faults.start(sim::Migrate{.slots = {{slot, slot}},
                                              .to = setting.other_master("{t}a").name(),
                                              .keys_per_step = 1,
                                              .stall_after_keys = stall_after,
                                              .resume_after = 2s});
            co_await setting.world.sleep(1s);
            auto pipe = setting.redis.pipeline({.transaction = true});
            pipe.incr("{t}a").incr("{t}b");
            Replies const replies = co_await pipe.execute();
            EXPECT_EQ(replies[0]->as_integer(), 1) << stall_after;
            EXPECT_EQ(replies[1]->as_integer(), 1) << stall_after;
            co_await setting.world.sleep(5s);
            EXPECT_EQ(co_await setting.redis.get("{t}a"), "1");
            EXPECT_EQ(co_await setting.redis.get("{t}b"), "1");
        });
    }
}

TEST(Transaction, is_not_taken_for_done_by_an_answer_of_another_size) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{t}a", "0");
        setting.faults.start(
            sim::ForgeReply{.node = "owner of {t}a", .command = "exec", .reply = "*1\r\n:1\r\n"});
        co_await setting.world.sleep(1ms);
        auto pipe = setting.redis.pipeline({.transaction = true});
        pipe.incr("{t}a").incr("{t}a");
        auto const result = co_await pipe.execute({.raise_on_error = false}, as_result);
        EXPECT_EQ(result.error().code, ErrorCode::protocol);
        EXPECT_NE(result.error().outcome, Outcome::not_executed);
    });
}

TEST(Transaction, is_never_sent_again_once_exec_may_have_run) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{t}a", "0");
        setting.faults.start(sim::CutStream{
            .from = {"owner of {t}a"}, .to = {"clients"}, .after_bytes = 3, .streams = 1});
        co_await setting.world.sleep(1ms);
        auto pipe = setting.redis.pipeline({.transaction = true});
        pipe.incr("{t}a");
        auto const result = co_await pipe.execute({}, as_result);
        EXPECT_FALSE(result);
        EXPECT_NE(result.error().outcome, Outcome::not_executed);
        co_await setting.world.sleep(5s);
        EXPECT_EQ(co_await setting.redis.get("{t}a"), "1");
    });
}

TEST(WatchedTransaction, runs_when_nobody_has_touched_what_it_has_read) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{u}balance", "5");
        auto tx = setting.redis.transaction();
        co_await tx.watch(args("{u}balance"));
        auto const balance = co_await tx.get("{u}balance");
        tx.multi().set("{u}balance", *balance + "0").incr("{u}changes");
        Replies const replies = co_await tx.execute();
        EXPECT_EQ(replies[1]->as_integer(), 1);
        EXPECT_EQ(co_await setting.redis.get("{u}balance"), "50");
    });
}

TEST(WatchedTransaction, does_not_run_when_a_watched_key_has_changed) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        auto tx = setting.redis.transaction();
        co_await tx.watch(args("{u}a", "{u}b"));
        co_await setting.redis.set("{u}b", "other");
        tx.multi().set("{u}a", "mine");
        auto const result = co_await tx.execute({}, as_result);
        EXPECT_EQ(result.error().code, ErrorCode::watch);
        EXPECT_EQ(result.error().outcome, Outcome::not_executed);
        EXPECT_EQ(co_await setting.redis.get("{u}a"), std::nullopt);
    });
}

TEST(WatchedTransaction, keeps_to_one_slot_and_can_be_given_up) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        auto tx = setting.redis.transaction();
        co_await tx.watch(args("{u}a"));
        auto const elsewhere = co_await tx.get("b", as_result);
        EXPECT_EQ(elsewhere.error().code, ErrorCode::cross_slot);
        tx.multi().set("{u}a", "mine");
        tx.discard();
        co_await setting.redis.set("{u}a", "other");
        co_await tx.unwatch();
        tx.multi().set("{u}a", "mine");
        EXPECT_TRUE(co_await tx.execute({}, as_result)) << "nothing is watched any more";
        EXPECT_EQ(co_await setting.redis.get("{u}a"), "mine");
    });
}

// client-bugs 67: what was watched is not watched where the slot has gone.
TEST(WatchedTransaction, fails_when_its_slot_has_moved) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{u}a", "1");
        auto tx = setting.redis.transaction();
        co_await tx.watch(args("{u}a"));
        EXPECT_EQ(co_await tx.get("{u}a"), "1");
        setting.move_slot_of("{u}a", setting.other_master("{u}a"));
        co_await setting.world.sleep(1s);
        tx.multi().set("{u}a", "2");
        auto const result = co_await tx.execute({}, as_result);
        EXPECT_EQ(result.error().code, ErrorCode::watch) << result.error().to_string();
        EXPECT_EQ(co_await setting.redis.get("{u}a"), "1");

        auto again = setting.redis.transaction();
        co_await again.watch(args("{u}a"));
        again.multi().set("{u}a", "2");
        EXPECT_TRUE(co_await again.execute({}, as_result));
    });
}

TEST(WatchedTransaction, fails_when_its_connection_is_lost) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        auto tx = setting.redis.transaction();
        co_await tx.watch(args("{u}a"));
        std::string const owner = setting.cluster.owner_of("{u}a").name();
        setting.faults.start(sim::Reset{.from = {"clients"}, .to = {owner.c_str()}});
        co_await setting.world.sleep(10ms);
        auto const read = co_await tx.get("{u}a", as_result);
        EXPECT_FALSE(read);
        tx.multi().set("{u}a", "2");
        auto const result = co_await tx.execute({}, as_result);
        EXPECT_EQ(result.error().code, ErrorCode::watch);
        EXPECT_EQ(result.error().outcome, Outcome::not_executed);
    });
}

TEST(WatchedTransaction, is_tried_again_until_nobody_interferes) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{u}n", "10");
        int attempts = 0;
        auto const body = [&](AsyncTransaction& tx) -> asio::awaitable<void> {
            auto const n = co_await tx.get("{u}n");
            if (++attempts < 4) {
                co_await setting.redis.incr("{u}n");
            }
            tx.multi().set("{u}n", std::to_string(std::stoi(*n) * 2));
        };
        co_await setting.redis.transaction(args("{u}n"), body);
        EXPECT_EQ(attempts, 4);
        EXPECT_EQ(co_await setting.redis.get("{u}n"), "26");

        attempts = -1000;
        bool gave_up = false;
        try {
            co_await setting.redis.transaction(args("{u}n"), body, 5);
        } catch (WatchError const&) {
            gave_up = true;
        }
        EXPECT_TRUE(gave_up);
        EXPECT_EQ(attempts, -995);
    });
}

// client-bugs 71: given back once, and clean.
TEST(WatchedTransaction, gives_its_connection_back_or_closes_it) {
    Setting setting({}, {.max_connections = 1});
    setting.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 10; ++i) {
            auto tx = setting.redis.transaction();
            co_await tx.watch(args("{u}a"));
            if (i % 3 == 0) {
                tx.multi().incr("{u}a");
                co_await tx.execute();
            } else if (i % 3 == 1) {
                co_await tx.unwatch();
            }  // else the destructor
        }
        auto tx = setting.redis.transaction();
        co_await tx.watch(args("{u}a"));
        asio::cancellation_signal signal;
        setting.faults.start(sim::Pause{.node = "owner of {u}a", .duration = 500ms});
        co_await setting.world.sleep(1ms);
        tx.unwatch(asio::bind_cancellation_slot(signal.slot(), [](std::exception_ptr, bool) {}));
        signal.emit(asio::cancellation_type::terminal);
        co_await setting.world.sleep(1s);
        auto next = setting.redis.transaction();
        co_await next.watch(args("{u}a"));
        co_await setting.redis.set("{u}b", "x");
        next.multi().incr("{u}a");
        EXPECT_TRUE(co_await next.execute({}, as_result));
    });
}

// client-bugs 71: whoever has the connection next would find its EXEC undone by a key that it never watched.
TEST(WatchedTransaction, that_is_given_up_leaves_no_watch_behind) {
    Setting setting({}, {.max_connections = 1});
    setting.run([&]() -> asio::awaitable<void> {
        {
            auto given_up = setting.redis.transaction();
            co_await given_up.watch(args("{u}a"));
        }
        co_await setting.world.sleep(10ms);
        co_await setting.redis.set("{u}a", "changed");
        auto next = setting.redis.transaction();
        co_await next.watch(args("{u}b"));
        next.multi().incr("{u}b");
        EXPECT_TRUE(co_await next.execute({}, as_result));
    });
}

TEST(Pipeline, is_cancelled_as_a_whole) {
    Setting setting;
    asio::cancellation_signal signal;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        setting.faults.start(sim::Pause{.node = "owner of a", .duration = 500ms});
        co_await setting.world.sleep(1ms);
        auto pipe = setting.redis.pipeline();
        for (int i = 0; i < 30000; ++i) {
            pipe.get("a");
        }
        std::optional<Replies> replies;
        pipe.execute({.raise_on_error = false},
                     asio::bind_cancellation_slot(
                         signal.slot(), [&](std::exception_ptr, Replies got) { replies = got; }));
        co_await setting.world.sleep(10ms);
        signal.emit(asio::cancellation_type::terminal);
        co_await setting.world.sleep(10ms);
        EXPECT_TRUE(replies);
        EXPECT_EQ(replies->size(), 30000u);
        EXPECT_EQ(replies->front().error().code, ErrorCode::cancelled);
        EXPECT_EQ(replies->back().error().code, ErrorCode::cancelled);
        EXPECT_EQ(replies->back().error().outcome, Outcome::not_executed);
    });
}

TEST(BlockingTransaction, has_the_same_face) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster();
    RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    redis.set("{u}a", "1");
    {
        Transaction tx = redis.transaction();
        tx.watch({"{u}a"});
        EXPECT_EQ(tx.get("{u}a"), "1");
        tx.multi().incr("{u}a");
        EXPECT_EQ(tx.execute().front()->as_integer(), 2);
        tx.watch({"{u}a"});
        redis.set("{u}a", "7");
        tx.multi().incr("{u}a");
        EXPECT_THROW(tx.execute(), WatchError);
    }
    int attempts = 0;
    redis.transaction(args("{u}a"), [&](Transaction& tx) {
        if (++attempts == 1) {
            redis.incr("{u}a");
        }
        tx.multi().incr("{u}a");
    });
    EXPECT_EQ(attempts, 2);
    EXPECT_EQ(redis.get("{u}a"), "9");
    auto pipe = redis.pipeline({.transaction = true});
    pipe.incr("{u}a").incr("{u}a");
    EXPECT_EQ(pipe.execute().back()->as_integer(), 11);
}

}  // namespace
}  // namespace keyslot
