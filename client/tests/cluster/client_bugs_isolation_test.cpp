// What other clients got wrong when a node is dead, slow or gone while calls are on their way to it
// (client-bugs, parts A5 to A9), one test for each number.
#include "client/tests/cluster/setting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::vector<sim::HostName> all_nodes(sim::Cluster& cluster) {
    std::vector<sim::HostName> names;
    for (sim::Member& node : cluster.nodes()) {
        names.emplace_back(node.name().c_str());
    }
    return names;
}

/// How often nodes have executed a command that begins with these words.
std::ptrdiff_t executions_of(Setting& setting, std::string_view name, std::string_view key = {}) {
    return std::ranges::count_if(setting.world.executions(), [&](auto const& record) {
        return record.arguments[0] == name && (key.empty() || record.arguments[1] == key);
    });
}

/// How many of these commands nodes have executed within one second at most.
std::ptrdiff_t most_in_a_second(Setting& setting, std::string_view name) {
    std::vector<Instant> at;
    for (auto const& record : setting.world.executions()) {
        if (record.arguments[0] == name) {
            at.push_back(record.at);
        }
    }
    std::ptrdiff_t most = 0;
    for (auto first = at.begin(); first != at.end(); ++first) {
        most = std::max(most, std::upper_bound(first, at.end(), *first + 1s) - first);
    }
    return most;
}

// client-bugs 52: memory grows while a node does not answer.
TEST(ClientBugs52,
     what_waits_for_a_node_that_does_not_answer_is_bounded_and_the_rest_fails_at_once) {
    Setting setting({}, {.queue_calls_max = 10});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        std::string elsewhere = "b";
        while (&setting.cluster.owner_of(elsewhere) == &setting.cluster.owner_of("a")) {
            elsewhere += 'b';
        }
        setting.cluster.owner_of("a").pause();
        Instant const start = setting.world.now();
        int refused = 0;
        int waited = 0;
        for (int i = 0; i < 1000; ++i) {
            setting.redis.get(
                "a", as_result([&](Result<std::optional<std::string>> const& result) {
                    EXPECT_FALSE(result);
                    bool const is_refusal = result.error().code == ErrorCode::queue_full;
                    EXPECT_TRUE(!is_refusal || result.error().outcome == Outcome::not_executed);
                    EXPECT_TRUE(!is_refusal || setting.world.now() == start) << "at once";
                    ++(is_refusal ? refused : waited);
                }));
        }
        co_await setting.world.sleep(1ms);
        EXPECT_EQ(refused, 990);
        EXPECT_EQ(co_await setting.redis.set(elsewhere, "1"), true) << "other nodes have room";
        co_await setting.world.sleep(6s);
        EXPECT_EQ(waited, 10);
    });
}

// client-bugs 58: everything that was queued while the node was away comes at the moment of its return.
TEST(ClientBugs58, what_failed_with_a_node_comes_back_to_it_spread_in_time_and_writes_do_not) {
    constexpr int calls = 500;
    constexpr int limit = 100;
    Setting setting({.masters = 3, .node_timeout = 60s, .require_full_coverage = false},
                    {.call_timeout = 120s, .retries_per_second_max = limit});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{a}r", "1");
        co_await setting.world.sleep(10ms);
        std::string const owner = setting.cluster.owner_of("{a}r").name();
        int read = 0;
        int unknown = 0;
        int done = 0;
        for (int i = 0; i < calls; ++i) {
            setting.redis.get("{a}r", as_result([&](auto const& result) {
                                  read += result ? 1 : 0;
                                  ++done;
                              }));
            setting.redis.incr(
                "{a}w", as_result([&](auto const& result) {
                    unknown += !result && result.error().outcome == Outcome::unknown ? 1 : 0;
                    ++done;
                }));
        }
        co_await setting.world.sleep(150us);  // they are there, and no reply is back
        setting.world.clear_executions();
        setting.faults.start(sim::Crash{.node = owner.c_str(), .restart_after = 2s});
        co_await setting.world.sleep(100s);
        EXPECT_EQ(done, 2 * calls);
        EXPECT_EQ(read, calls);
        EXPECT_GT(unknown, 0);
        EXPECT_EQ(executions_of(setting, "INCR"), 0)
            << "it may have run: that is its caller's to know";
        EXPECT_LE(most_in_a_second(setting, "GET"), 2 * limit)
            << "a second's worth at once, then one by one";
    });
}

// client-bugs 60: the redirection of one command is no reason to send the others again.
TEST(ClientBugs60, what_ran_in_a_pipeline_before_a_redirection_runs_once) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{t}a", "0");
        sim::Member& other = setting.other_master("{t}a");
        sim::ForgeReply rule;
        rule.command = "INCR";
        rule.nth = 2;
        rule.error = "MOVED " + std::to_string(AsyncRedisCluster::keyslot("{t}a")) + " " +
                     other.address().address + ":" + std::to_string(other.address().port);
        auto const forged = setting.world.forge_reply(rule);
        auto pipe = setting.redis.pipeline();
        pipe.incr("{t}a").incr("{t}b").incr("{t}c");
        auto const replies = co_await pipe.execute();
        for (auto const& reply : replies) {
            EXPECT_EQ(reply->as_integer(), 1);
        }
        for (char const* const key : {"{t}a", "{t}b", "{t}c"}) {
            EXPECT_EQ(executions_of(setting, "INCR", key), 1) << key;
        }
    });
}

// client-bugs 62
TEST(ClientBugs62, a_pipeline_and_a_transaction_made_before_a_slot_moved_follow_it) {
    for (bool const is_transaction : {false, true}) {
        Setting setting({}, {.refresh_period = 0ms});
        setting.run([&]() -> asio::awaitable<void> {
            co_await setting.redis.set("{t}a", "1");
            auto pipe = setting.redis.pipeline({.transaction = is_transaction});
            pipe.incr("{t}a").get("{t}a");
            setting.move_slot_of("{t}a", setting.other_master("{t}a"));
            co_await setting.world.sleep(1s);
            auto const replies = co_await pipe.execute();
            EXPECT_EQ(replies[1]->text(), "2") << is_transaction;
            EXPECT_EQ(executions_of(setting, "INCR"), 1) << is_transaction;
        });
    }
}

// client-bugs 73: the node goes from the map and its calls fail, and what they complete calls at once.
TEST(ClientBugs73, a_handler_may_call_while_the_node_of_its_call_is_given_up) {
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 1s},
                    {.call_timeout = 15s});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        co_await setting.world.sleep(1s);
        std::string const owner = setting.cluster.owner_of("a").name();
        int failed = 0;
        int followed = 0;
        for (int i = 0; i < 50; ++i) {
            setting.redis.incr("{a}n", as_result([&](auto const& result) {
                                   failed += result ? 0 : 1;
                                   setting.redis.get("a", as_result([&](auto const& again) {
                                                         followed += again && *again == "1" ? 1 : 0;
                                                     }));
                               }));
        }
        setting.faults.start(sim::Crash{.node = owner.c_str()});
        co_await setting.world.sleep(30s);
        EXPECT_GT(failed, 0);
        EXPECT_EQ(followed, 50);
    });
}

// client-bugs 75: they waited for a connection to a node that is not the owner any more.
TEST(ClientBugs75, calls_that_wait_for_a_connection_go_where_the_slot_went) {
    Setting setting({}, {.connect_timeout = 3s, .call_timeout = 10s});
    setting.run([&]() -> asio::awaitable<void> {
        std::string const owner = setting.cluster.owner_of("a").name();
        setting.faults.start(
            sim::BlackHoleConnects{.from = {"clients"}, .to = {owner.c_str()}, .duration = 8s});
        int done = 0;
        for (int i = 0; i < 100; ++i) {
            setting.redis.set("a", "1",
                              as_result([&](auto const& result) { done += result ? 1 : 0; }));
        }
        co_await setting.world.sleep(100ms);
        EXPECT_EQ(done, 0);
        Instant const moved_at = setting.world.now();
        setting.move_slot_of("a", setting.other_master("a"));
        while (done < 100 && setting.world.now() - moved_at < 10s) {
            co_await setting.world.sleep(100ms);
        }
        EXPECT_EQ(done, 100);
        EXPECT_LT(setting.world.now() - moved_at, 6s);
    });
}

// client-bugs 76: a redirection of one slot is no affair of the other nodes' connections.
TEST(ClientBugs76, a_refresh_leaves_the_connections_alone) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        std::string queue = "q";
        while (&setting.cluster.owner_of(queue) == &setting.cluster.owner_of("a")) {
            queue += 'q';
        }
        std::optional<bool> popped;
        setting.redis.execute(args("BLPOP", queue, "0"), as_result([&](Result<Reply> const& reply) {
                                  popped = static_cast<bool>(reply);
                              }));
        co_await setting.world.sleep(10ms);
        std::uint64_t const refreshes = setting.redis.stats().refreshes;
        setting.move_slot_of("a", setting.other_master("a"));
        co_await setting.world.sleep(1s);
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        co_await setting.world.sleep(1s);
        EXPECT_GT(setting.redis.stats().refreshes, refreshes);
        EXPECT_EQ(setting.redis.stats().disconnects, 0u);
        EXPECT_FALSE(popped) << "it still waits";
        co_await setting.redis.execute(args("RPUSH", queue, "job"));
        co_await setting.world.sleep(10ms);
        EXPECT_EQ(popped, true);
    });
}

// client-bugs 77: all of a dead node's connections are taken.
TEST(ClientBugs77, nobody_waits_for_a_connection_longer_than_the_deadline) {
    Setting setting({}, {.max_connections = 2});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("q", "not a list");
        setting.cluster.owner_of("q").pause();
        Instant const start = setting.world.now();
        int done = 0;
        for (int i = 0; i < 20; ++i) {
            auto client = setting.redis.with({.timeout = 3s});
            client.execute(args("BLPOP", "q", "1"), as_result([&](Result<Reply> const& reply) {
                               EXPECT_FALSE(reply);
                               EXPECT_LE(setting.world.now() - start, 4s + 1ms);
                               ++done;
                           }));
        }
        co_await setting.world.sleep(10s);
        EXPECT_EQ(done, 20);
    });
}

// client-bugs 96: the connection is there and ends before it may be used.
TEST(ClientBugs96, a_connection_that_breaks_in_its_handshake_is_made_again) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        setting.faults.start(sim::CutStream{
            .from = all_nodes(setting.cluster), .to = {"clients"}, .after_bytes = 5, .streams = 3});
        EXPECT_TRUE(co_await setting.redis.set("a", "1"));
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_GE(setting.redis.stats().disconnects, 3u);
        EXPECT_EQ(executions_of(setting, "SET"), 1);
    });
}

}  // namespace
}  // namespace keyslot
