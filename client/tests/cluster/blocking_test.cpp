// Commands that block at the server: on connections of their own, with what time they have.
#include "client/tests/cluster/setting.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A call that is let run while the test does something else.
struct Waiting {
    std::optional<Result<Reply>> result;
    Duration took{};

    Waiting(Setting& setting, std::span<std::string_view const> words, CallOptions options = {}) {
        Instant const start = setting.world.now();
        setting.redis.with(options).execute(words, as_result([&, start](Result<Reply> reply) {
                                                took = setting.world.now() - start;
                                                result = std::move(reply);
                                            }));
    }
    Waiting(Waiting const&) = delete;
    bool done() const { return result.has_value(); }
    Failure const& error() const { return result->error(); }
    /// The reply; fails the test without one.
    ReplyView reply() const {
        EXPECT_TRUE(done());
        EXPECT_TRUE(done() && *result) << (done() ? error().to_string() : "");
        return done() && *result ? (*result)->view() : none_.view();
    }

private:
    Reply none_;
};

std::string_view second(ReplyView pair) {
    return pair.is_aggregate() && pair.size() == 2 ? pair[1].text() : "no pair";
}

TEST(BlockingCommand, does_not_hold_up_other_calls) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{q}other", "x");
        Waiting pop(setting, args("BLPOP", "q", "0"));
        co_await setting.world.sleep(10ms);
        Instant const start = setting.world.now();
        EXPECT_EQ(co_await setting.redis.get("{q}other"), "x");
        EXPECT_LT(setting.world.now() - start, 10ms);
        co_await setting.redis.execute(args("RPUSH", "q", "job"));
        co_await setting.world.sleep(10ms);
        EXPECT_EQ(second(pop.reply()), "job");
    });
}

TEST(BlockingCommand, has_its_own_time_and_then_that_of_any_call) {
    Setting setting({}, {.call_timeout = 1s});
    setting.run([&]() -> asio::awaitable<void> {
        Waiting pop(setting, args("BLPOP", "q", "3"));
        Waiting forever(setting, args("BLPOP", "q", "0"));
        Waiting limited(setting, args("BLPOP", "q", "0"), {.timeout = 2s});
        co_await setting.world.sleep(2min);
        EXPECT_TRUE(pop.reply().is_null());
        EXPECT_GE(pop.took, 3s);
        EXPECT_LT(pop.took, 3500ms);
        EXPECT_FALSE(forever.done());
        EXPECT_EQ(limited.error().code, ErrorCode::timeout);
        EXPECT_EQ(limited.error().outcome, Outcome::unknown);
        co_await setting.redis.execute(args("RPUSH", "q", "late"));
        co_await setting.world.sleep(10ms);
        EXPECT_TRUE(forever.done());
    });
}

// client-bugs 85: the server ends the wait with MOVED; what is left of the time goes on at the new owner.
TEST(BlockingCommand, goes_on_at_the_new_owner_with_the_time_that_remains) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{q}x", "x");
        Waiting pop(setting, args("BLPOP", "q", "10"));
        Waiting in_vain(setting, args("BLMPOP", "10", "1", "{q}none", "LEFT"));
        co_await setting.world.sleep(4s);
        setting.move_slot_of("q", setting.other_master("q"));
        co_await setting.world.sleep(2s);
        EXPECT_FALSE(pop.done());
        EXPECT_EQ(setting.redis.stats().moved, 2u);
        co_await setting.redis.execute(args("RPUSH", "q", "job"));
        co_await setting.world.sleep(10ms);
        EXPECT_EQ(second(pop.reply()), "job");
        co_await setting.world.sleep(10s);
        EXPECT_TRUE(in_vain.reply().is_null());
        EXPECT_GE(in_vain.took, 10s);
        EXPECT_LT(in_vain.took, 10500ms);
    });
}

TEST(BlockingCommand, takes_nothing_once_it_is_cancelled) {
    Setting setting;
    asio::cancellation_signal signal;
    setting.run([&]() -> asio::awaitable<void> {
        std::optional<Result<Reply>> result;
        setting.redis.execute(
            args("BLPOP", "q", "0"),
            as_result(asio::bind_cancellation_slot(
                signal.slot(), [&](Result<Reply> reply) { result = std::move(reply); })));
        co_await setting.world.sleep(100ms);
        signal.emit(asio::cancellation_type::terminal);
        co_await setting.world.sleep(10ms);
        EXPECT_EQ(result->error().code, ErrorCode::cancelled);
        EXPECT_EQ(result->error().outcome, Outcome::unknown);
        co_await setting.redis.execute(args("RPUSH", "q", "job"));
        co_await setting.world.sleep(100ms);
        Reply const left = co_await setting.redis.execute(args("LLEN", "q"));
        EXPECT_EQ(left.as_integer(), 1);
    });
}

TEST(BlockingCommand, connections_are_used_again_and_are_bounded) {
    Setting setting({}, {.max_connections = 2});
    setting.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 5; ++i) {
            Waiting pop(setting, args("BLPOP", "q", "0.01"));
            co_await setting.world.sleep(100ms);
            EXPECT_TRUE(pop.reply().is_null());
        }
        EXPECT_LE(setting.redis.stats().connects, 3u) << "topology and shared link, one of its own";
        Waiting first(setting, args("BLPOP", "q", "0"));
        Waiting second(setting, args("BLPOP", "q", "0"));
        Waiting third(setting, args("BLPOP", "q", "0"));
        co_await setting.world.sleep(10ms);
        EXPECT_EQ(third.error().code, ErrorCode::queue_full);
        EXPECT_EQ(third.error().outcome, Outcome::not_executed);
        EXPECT_THAT(third.error().message, HasSubstr("max_connections 2"));
    });
}

// client-bugs 48, 49: a blocked connection cannot be asked whether its node lives; the shared one is.
TEST(BlockingCommand, ends_when_its_node_falls_silent) {
    for (bool const cut_off : {false, true}) {
        Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s});
        setting.run([&]() -> asio::awaitable<void> {
            Waiting pop(setting, args("BLPOP", "q", "0"));
            co_await setting.world.sleep(1s);
            std::string const owner = setting.cluster.owner_of("q").name();
            if (cut_off) {
                setting.faults.start(sim::Partition{.from = {"clients"}, .to = {owner.c_str()}});
            } else {
                setting.faults.start(sim::Pause{.node = owner.c_str()});
            }
            co_await setting.world.sleep(10s);
            EXPECT_TRUE(pop.done()) << cut_off;
            EXPECT_EQ(pop.error().outcome, Outcome::unknown);
        });
    }
}

TEST(BlockingCommand, waits_on_when_its_master_steps_down) {
    Setting setting({.masters = 3, .replicas_per_master = 1});
    setting.run([&]() -> asio::awaitable<void> {
        Waiting pop(setting, args("BLPOP", "q", "0"));
        co_await setting.world.sleep(1s);
        std::string const replica = "replica of " + setting.cluster.owner_of("q").name();
        setting.faults.start(sim::Failover{.node = replica.c_str()});
        co_await setting.world.sleep(5s);
        EXPECT_FALSE(pop.done()) << (pop.done() ? pop.error().to_string() : "");
        co_await setting.redis.execute(args("RPUSH", "q", "job"));
        co_await setting.world.sleep(1s);
        EXPECT_TRUE(pop.done());
    });
}

TEST(BlockingCommand, wait_counts_the_replicas_that_have_what_was_written) {
    Setting setting({.masters = 3, .replicas_per_master = 2});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("k", "1");
        ClusterNode const owner = *setting.redis.get_node_from_key("k");
        Reply const both = co_await setting.redis.on(owner).execute(args("WAIT", "2", "1000"));
        EXPECT_EQ(both.as_integer(), 2);

        std::string const replica = "replica of " + setting.cluster.owner_of("k").name();
        setting.faults.start(sim::Partition{.from = {replica.c_str()},
                                            .to = {setting.cluster.owner_of("k").name()}});
        co_await setting.world.sleep(10ms);
        co_await setting.redis.set("k", "2");
        Reply const one = co_await setting.redis.on(owner).execute(args("WAIT", "2", "100"));
        EXPECT_EQ(one.as_integer(), 1) << "the connection of WAIT is another than that of SET";
    });
}

}  // namespace
}  // namespace keyslot
