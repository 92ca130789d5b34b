// The whole client on the simulator: what a caller sees when nothing, or something, goes wrong.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/events.hpp>
#include <keyslot/redis_cluster.hpp>
#include <keyslot/sim/world.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Client, reaches_every_slot_with_one_start_up_node) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 300; ++i) {
            std::string const key = "key:" + std::to_string(i);
            EXPECT_TRUE(co_await setting.redis.set(key, std::to_string(i)));
            EXPECT_EQ(co_await setting.redis.get(key), std::to_string(i));
        }
    });
    EXPECT_EQ(setting.redis.stats().moved, 0u);
    EXPECT_EQ(setting.redis.stats().refreshes, 1u);
    EXPECT_EQ(setting.redis.get_primaries().size(), 3u);
}

TEST(Client, types_replies_and_throws_the_servers_errors) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        EXPECT_EQ(co_await redis.get("none"), std::nullopt);
        EXPECT_EQ(co_await redis.incrby("n", 41), 41);
        EXPECT_EQ(co_await redis.incr("n"), 42);
        EXPECT_DOUBLE_EQ(co_await redis.incrbyfloat("f", 1.5), 1.5);
        EXPECT_FALSE(co_await redis.set("n", "x", {.nx = true}));
        EXPECT_EQ(co_await redis.append("s", "abc"), 3);
        EXPECT_EQ(co_await redis.getrange("s", 1, -1), "bc");
        EXPECT_TRUE(co_await redis.expire("s", 100s));
        EXPECT_EQ(co_await redis.ttl("s"), 100);
        EXPECT_EQ(co_await redis.type("s"), "string");
        EXPECT_TRUE(co_await redis.mset(std::array{KeyValue{"{t}a", "1"}, KeyValue{"{t}b", "2"}}));
        auto const values = co_await redis.mget(args("{t}a", "{t}x", "{t}b"));
        EXPECT_THAT(values, testing::ElementsAre("1", std::nullopt, "2"));
        EXPECT_EQ(co_await redis.del(args("{t}a", "{t}b")), 2);
        Reply const reply = co_await redis.execute(args("GETRANGE", "s", "0", "0"));
        EXPECT_EQ(reply.text(), "a");

        Result<long long> const wrong = co_await redis.incr("s", as_result);
        EXPECT_FALSE(wrong);
        EXPECT_EQ(wrong.error().code, ErrorCode::response);
        EXPECT_EQ(wrong.error().outcome, Outcome::executed);
        EXPECT_EQ(wrong.error().message, "ERR value is not an integer or out of range");
    });
}

TEST(Client, refuses_keys_of_several_slots_before_anything_is_sent) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        bool thrown = false;
        try {
            co_await setting.redis.mget(args("a", "b"));
        } catch (ClusterCrossSlotError const& error) {
            thrown = true;
            EXPECT_EQ(error.outcome(), Outcome::not_executed);
        }
        EXPECT_TRUE(thrown);
    });
    EXPECT_EQ(setting.redis.stats().connects, 0u);
}

TEST(Client, pipelines_calls_over_one_connection_per_node) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        auto pipe = setting.redis.pipeline();
        for (int i = 0; i < 500; ++i) {
            pipe.set("k" + std::to_string(i), std::to_string(i));
        }
        for (int i = 0; i < 500; ++i) {
            pipe.get("k" + std::to_string(i));
        }
        auto const replies = co_await pipe.execute();
        EXPECT_EQ(replies.size(), 1000u);
        for (std::size_t i = 0; i < 500; ++i) {
            EXPECT_EQ(replies[500 + i]->text(), std::to_string(i));
        }
        EXPECT_TRUE(pipe.empty());
    });
    EXPECT_EQ(setting.redis.stats().connects, 3u);
}

TEST(Client, a_pipeline_tells_each_commands_error_in_its_place_or_throws_the_first) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        auto pipe = setting.redis.pipeline();
        pipe.set("s", "x").incr("s").get("s");
        auto const replies = co_await pipe.execute({.raise_on_error = false});
        EXPECT_TRUE(replies[0]);
        EXPECT_EQ(replies[1].error().code, ErrorCode::response);
        EXPECT_EQ(replies[2]->text(), "x");

        pipe.incr("s");
        bool thrown = false;
        try {
            co_await pipe.execute();
        } catch (ResponseError const&) {
            thrown = true;
        }
        EXPECT_TRUE(thrown);
    });
}

sim::Fault answer_down(Setting& setting, std::string command, std::uint32_t times,
                       std::string error = "CLUSTERDOWN The cluster is down") {
    sim::ForgeReply rule;
    rule.command = std::move(command);
    rule.times = times;
    rule.error = std::move(error);
    return setting.world.forge_reply(rule);
}

// The node came back between the two: what was refused first cannot run first any more.
TEST(Client, a_command_of_a_pipeline_fails_when_a_later_one_on_its_key_has_run) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.get("a");  // connected
        auto const down = answer_down(setting, "INCR", 1);
        auto pipe = setting.redis.pipeline();
        pipe.incr("{a}n").append("{a}other", "x").append("{a}n", "7").get("{a}n");
        auto const replies = co_await pipe.execute({.raise_on_error = false});
        EXPECT_EQ(replies[0].error().code, ErrorCode::cluster_down);
        EXPECT_EQ(replies[0].error().outcome, Outcome::not_executed);
        EXPECT_TRUE(replies[1]);
        EXPECT_EQ(replies[3]->text(), "7");
        EXPECT_EQ(co_await setting.redis.get("{a}n"), "7");
    });
}

TEST(Client, a_command_of_a_pipeline_that_a_loading_node_refused_fails_likewise) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.get("a");  // connected
        auto const loading =
            answer_down(setting, "INCR", 1, "LOADING Redis is loading the dataset in memory");
        auto pipe = setting.redis.pipeline();
        pipe.incr("a").append("a", "7");
        auto const replies = co_await pipe.execute({.raise_on_error = false});
        EXPECT_EQ(replies[0].error().code, ErrorCode::response);
        EXPECT_EQ(replies[0].error().outcome, Outcome::not_executed);
        EXPECT_TRUE(replies[1]);
    });
}

/// Stops the streams when a call begins to wait.
struct StallOnRetry : ClusterObserver {
    sim::World* world = nullptr;
    std::optional<sim::Fault> stall;
    void on_retry(events::Retry const&) override { stall = world->stall({"app"}, {}); }
};

TEST(Client, a_command_of_a_pipeline_that_was_refused_waits_for_what_becomes_of_those_behind_it) {
    auto const staller = std::make_shared<StallOnRetry>();
    ClusterOptions options;
    options.observer = staller;
    Setting setting({}, options);
    staller->world = &setting.world;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.get("a");  // connected
        auto const down = answer_down(setting, "INCR", 1);
        auto const shredded = setting.world.shred({"app"}, {});
        auto pipe = setting.redis.pipeline();
        pipe.incr("a").append("a", "7");
        detail::PipelineReplies replies;
        auto const execute = [&]() -> asio::awaitable<void> {
            replies = co_await pipe.execute({.raise_on_error = false});
        };
        asio::co_spawn(setting.redis.get_executor(), execute(), asio::detached);
        co_await setting.world.sleep(500ms);
        EXPECT_TRUE(staller->stall);
        EXPECT_TRUE(replies.empty()) << "far beyond the back-off";
        staller->stall.reset();
        co_await setting.world.sleep(1ms);
        EXPECT_EQ(replies.size(), 2u);
        EXPECT_EQ(replies[0].error().code, ErrorCode::cluster_down);
        EXPECT_EQ(replies[0].error().outcome, Outcome::not_executed);
        EXPECT_TRUE(replies[1]);
        EXPECT_EQ(co_await setting.redis.get("a"), "7");
    });
}

TEST(Client,
     a_command_of_a_pipeline_fails_when_nobody_knows_whether_a_later_one_on_its_key_has_run) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.get("a");  // connected
        auto const down = answer_down(setting, "INCR", 1);
        constexpr std::uint32_t into_the_second = 36;
        setting.faults.start(sim::CutStream{.from = {setting.cluster.owner_of("a").name()},
                                            .to = {"clients"},
                                            .after_bytes = into_the_second,
                                            .streams = 1});
        co_await setting.world.sleep(1ms);
        auto pipe = setting.redis.pipeline();
        pipe.incr("a").append("a", "7");
        auto const replies = co_await pipe.execute({.raise_on_error = false});
        EXPECT_EQ(replies[0].error().outcome, Outcome::not_executed);
        EXPECT_EQ(replies[1].error().outcome, Outcome::unknown);
    });
}

TEST(Client, a_command_of_a_pipeline_that_was_refused_is_sent_again_before_those_behind_it) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.get("a");  // connected
        auto const down = answer_down(setting, "*", 3);
        auto pipe = setting.redis.pipeline();
        pipe.incr("{a}n").append("{a}n", "7").append("{a}m", "x");
        auto const replies = co_await pipe.execute();
        EXPECT_EQ(replies[0]->as_integer(), 1);
        EXPECT_EQ(co_await setting.redis.get("{a}n"), "17");
    });
}

TEST(Client, what_a_pipeline_has_not_written_yet_waits_behind_a_command_that_was_refused) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.get("a");  // connected
        auto const down = answer_down(setting, "INCR", 1);
        std::string const more_than_a_window(4 << 20, 'x');
        auto pipe = setting.redis.pipeline();
        pipe.incr("{a}n").set("{a}large", more_than_a_window).append("{a}n", "7");
        auto const replies = co_await pipe.execute();
        EXPECT_EQ(replies[0]->as_integer(), 1);
        EXPECT_EQ(co_await setting.redis.get("{a}n"), "17");
    });
}

TEST(Client, survives_the_failover_of_a_master) {
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("user:1", "ada");
        co_await setting.world.sleep(100ms);
        sim::Member& owner = setting.cluster.owner_of("user:1");
        owner.crash();
        EXPECT_EQ(co_await setting.redis.with({.timeout = 20s}).get("user:1"), "ada");
        EXPECT_TRUE(co_await setting.redis.set("user:1", "grace"));
    });
}

TEST(Client, answers_of_healthy_shards_are_not_delayed_by_a_dead_one) {
    Setting setting({.masters = 3, .replicas_per_master = 0, .require_full_coverage = false});
    setting.run([&]() -> asio::awaitable<void> {
        for (auto const* key : {"a", "b", "c", "d", "e", "f"}) {
            co_await setting.redis.set(key, "x");
        }
        sim::Member& dead = setting.cluster.owner_of("a");
        dead.crash(sim::CrashStyle::power);
        asio::co_spawn(
            setting.redis.get_executor(),
            [&]() -> asio::awaitable<void> { (void)co_await setting.redis.get("a", as_result); },
            asio::detached);
        Instant const begin = setting.world.now();
        for (auto const* key : {"b", "c", "d", "e", "f"}) {
            if (&setting.cluster.owner_of(key) != &dead) {
                EXPECT_EQ(co_await setting.redis.get(key), "x");
            }
        }
        EXPECT_LT(setting.world.now() - begin, 10ms);
    });
}

// client-bugs 56: an INCR that may have run is never sent again.
TEST(Client, a_write_whose_reply_is_lost_fails_with_outcome_unknown_and_ran_at_most_once) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.incr("hits");
        auto const owner = setting.cluster.owner_of("hits").name();
        auto cut = setting.world.partition({owner}, {"app"}, sim::Direction::one_way);
        Result<long long> const lost = co_await setting.redis.incr("hits", as_result);
        EXPECT_FALSE(lost);
        EXPECT_EQ(lost.error().outcome, Outcome::unknown);
    });
    setting.run(
        [&]() -> asio::awaitable<void> { EXPECT_EQ(co_await setting.redis.get("hits"), "2"); });
}

TEST(Client, one_error_names_every_start_up_node_and_why) {
    Setting setting({.masters = 1},
                    {.startup_nodes = {{"10.0.0.1", 9999}, {"10.9.9.9", 7000}, {"no.such.host", 1}},
                     .call_timeout = 3s});
    setting.run([&]() -> asio::awaitable<void> {
        Result<std::optional<std::string>> const nothing =
            co_await setting.redis.get("a", as_result);
        EXPECT_FALSE(nothing);
        EXPECT_EQ(nothing.error().code, ErrorCode::cluster_unreachable);
        EXPECT_EQ(nothing.error().outcome, Outcome::not_executed);
        EXPECT_THAT(nothing.error().message, HasSubstr("10.0.0.1:9999"));
        EXPECT_THAT(nothing.error().message, HasSubstr("10.9.9.9:7000"));
        EXPECT_THAT(nothing.error().message, HasSubstr("no.such.host:1"));
    });
}

TEST(Client, a_cancelled_call_completes_at_once_and_its_reply_reaches_nobody) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{t}a", "A");
        co_await setting.redis.set("{t}b", "B");
        asio::cancellation_signal signal;
        std::optional<ErrorCode> seen;
        setting.redis.get("{t}a",
                          as_result(asio::bind_cancellation_slot(
                              signal.slot(), [&](Result<std::optional<std::string>> result) {
                                  seen = result.error().code;
                              })));
        co_await setting.world.sleep(50us);  // it is on its way
        signal.emit(asio::cancellation_type::terminal);
        EXPECT_EQ(co_await setting.redis.get("{t}b"), "B");
        EXPECT_EQ(seen, ErrorCode::cancelled);
    });
}

TEST(Client, every_call_ends_by_its_deadline) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "x");
        setting.cluster.owner_of("a").pause();
        Instant const begin = setting.world.now();
        auto const result = co_await setting.redis.with({.timeout = 300ms}).get("a", as_result);
        EXPECT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::timeout);
        EXPECT_LE(setting.world.now() - begin, 301ms);
    });
}

TEST(Client, closing_completes_the_calls_under_way) {
    Setting setting;
    int closed = 0;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "x");
        for (int i = 0; i < 3; ++i) {
            setting.redis.get("a", as_result([&](Result<std::optional<std::string>> result) {
                                  closed +=
                                      !result && result.error().code == ErrorCode::closed ? 1 : 0;
                              }));
        }
        co_await setting.world.sleep(10us);
        setting.redis.close();
        auto const late = co_await setting.redis.get("a", as_result);
        EXPECT_EQ(late.error().code, ErrorCode::closed);
    });
    EXPECT_EQ(closed, 3);
}

// An attempt that was given up may have been executed, or may still be, when the next one has not begun.
TEST(Client, closing_does_not_deny_an_attempt_of_before) {
    Setting setting;
    std::optional<Outcome> outcome;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "x");
        sim::Member& owner = setting.cluster.owner_of("a");
        owner.pause();
        setting.redis.with({.repeatable = true})
            .execute(args("INCR", "a{a}"),
                     as_result([&](Result<Reply> result) { outcome = result.error().outcome; }));
        co_await setting.world.sleep(10ms);
        owner.crash();
        setting.faults.start(sim::RefuseConnects{.from = {"app"}, .to = {owner.name()}});
        co_await setting.world.sleep(100ms);
        setting.redis.close();
        co_await setting.world.sleep(1ms);
    });
    EXPECT_EQ(outcome, Outcome::unknown);
}

TEST(Client, closing_does_not_deny_what_several_nodes_were_told) {
    Setting setting;
    std::optional<Failure> failure;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "x");
        co_await setting.redis.execute(args("DBSIZE"));
        setting.redis.execute(args("FLUSHALL"),
                              as_result([&](Result<Reply> result) { failure = result.error(); }));
        co_await setting.world.sleep(50us);
        setting.redis.close();
        co_await setting.world.sleep(1ms);
    });
    EXPECT_EQ(failure->code, ErrorCode::closed);
    EXPECT_EQ(failure->outcome, Outcome::unknown);
}

TEST(Client, destroying_it_with_calls_under_way_is_safe) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster();
    auto redis = std::make_unique<AsyncRedisCluster>(
        world.host("app"), ClusterOptions{.startup_nodes = cluster.startup_nodes()});
    int completed = 0;
    for (int i = 0; i < 10; ++i) {
        redis->incr("n", [&](std::exception_ptr, long long) { ++completed; });
    }
    world.run_for(250us);
    redis.reset();
    world.run_for(1s);
    EXPECT_EQ(completed, 10);
}

TEST(Client, a_completion_may_destroy_the_client) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster();
    auto redis = std::make_unique<AsyncRedisCluster>(
        world.host("app"), ClusterOptions{.startup_nodes = cluster.startup_nodes()});
    int completed = 0;
    for (int i = 0; i < 10; ++i) {
        redis->incr("n", [&](std::exception_ptr, long long) {
            ++completed;
            redis.reset();
        });
    }
    world.run_for(1s);
    EXPECT_EQ(completed, 10);
}

TEST(Client, closing_with_patience_lets_the_calls_under_way_complete) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        int completed = 0;
        for (int i = 0; i < 100; ++i) {
            setting.redis.incr(
                "n", [&](std::exception_ptr failure, long long) { completed += failure ? 0 : 1; });
        }
        asio::awaitable<bool> closing = setting.redis.close(1s);
        EXPECT_TRUE(co_await std::move(closing));
        EXPECT_EQ(completed, 100);
        auto const late = co_await setting.redis.incr("n", as_result);
        EXPECT_EQ(late.error().code, ErrorCode::closed);
        EXPECT_EQ(late.error().outcome, Outcome::not_executed);
        EXPECT_TRUE(co_await setting.redis.close(1s)) << "nothing is left to wait for";
    });
}

TEST(Client, closing_with_patience_takes_no_calls_and_ends_what_takes_longer) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        std::optional<ErrorCode> blocked;
        std::optional<ErrorCode> refused;
        setting.redis.execute(args("BLPOP", "q", "0"),
                              as_result([&](Result<Reply> r) { blocked = r.error().code; }));
        setting.world.schedule(setting.world.now() + 100ms, [&] {
            setting.redis.incr("n",
                               as_result([&](Result<long long> r) { refused = r.error().code; }));
        });
        Instant const start = setting.world.now();
        EXPECT_FALSE(co_await setting.redis.close(2s));
        EXPECT_EQ(setting.world.now() - start, 2s);
        EXPECT_EQ(blocked, ErrorCode::closed);
        EXPECT_EQ(refused, ErrorCode::closed);
    });
}

TEST(Client, authenticates_and_says_why_when_it_cannot) {
    Setting good({.password = "secret"}, {.password = "secret"});
    good.run([&]() -> asio::awaitable<void> { EXPECT_TRUE(co_await good.redis.set("a", "x")); });
    Setting bad({.password = "secret"}, {.password = "wrong", .call_timeout = 1s});
    bad.run([&]() -> asio::awaitable<void> {
        auto const result = co_await bad.redis.set("a", "x", as_result);
        EXPECT_FALSE(result);
        EXPECT_THAT(result.error().message, HasSubstr("WRONGPASS"));
    });
}

TEST(Client, sends_a_call_to_the_node_it_names_and_follows_no_redirection) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        co_await redis.set("a", "1");
        for (ClusterNode const& node : redis.get_primaries()) {
            Reply const id = co_await redis.on(node).execute(args("CLUSTER", "MYID"));
            EXPECT_EQ(id.text(), node.id);
            auto const value = co_await redis.on(node).get("a", as_result);
            if (node == redis.get_node_from_key("a")) {
                EXPECT_EQ(value.value(), "1");
            } else {
                EXPECT_THAT(value.error().message, testing::StartsWith("MOVED"));
            }
        }
    });
}

TEST(Client, gives_up_a_node_that_cannot_be_reached_when_no_other_may_answer) {
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        ClusterNode const owner = *setting.redis.get_node_from_key("a");
        setting.cluster.owner_of("a").crash();
        auto const before = setting.world.now();
        auto const result = co_await setting.redis.on(owner)
                                .with({.timeout = 60s})
                                .execute(args("PING"), as_result);
        EXPECT_EQ(result.error().code, ErrorCode::connection);
        EXPECT_LT(setting.world.now() - before, 4s);
    });
}

TEST(BlockingClient, drives_the_simulated_world) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster();
    RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    EXPECT_TRUE(redis.set("a", "1"));
    EXPECT_EQ(redis.incr("a"), 2);
    EXPECT_THROW(redis.mget({"a", "b"}), ClusterCrossSlotError);
    auto pipe = redis.pipeline();
    pipe.get("a").get("b");
    auto const replies = pipe.execute();
    EXPECT_EQ(replies[0]->text(), "2");
    EXPECT_TRUE(replies[1]->is_null());
    EXPECT_EQ(redis.get_primaries().size(), 3u);
    EXPECT_TRUE(redis.close(std::chrono::seconds{1}));
    EXPECT_THROW(redis.get("a"), Error);
}

// Redis tells "tls-port" and no "port" then.
TEST(ClusterClient, reads_the_ports_of_a_cluster_that_speaks_tls_only) {
    Setting setting({.tls = true}, {.tls = TlsOptions()});
    setting.run([&]() -> asio::awaitable<void> {
        for (char const* const key : {"a", "b", "c", "d"}) {
            EXPECT_TRUE(co_await setting.redis.set(key, "1"));
        }
        EXPECT_EQ(setting.redis.get_primaries().size(), 3u);
        EXPECT_EQ(setting.redis.stats().moved, 0u);
    });
}

TEST(ClusterClient, verifies_each_node_by_the_name_or_address_that_it_dials) {
    Setting setting({.tls_port = sim::TlsPort{.authority = "ca.crt"},
                     .announce_hostnames = true,
                     .endpoint_type = sim::EndpointType::hostname},
                    {.tls = TlsOptions{.ca_file = "ca.crt"}});
    setting.run([&]() -> asio::awaitable<void> {
        for (std::string const key : {"a", "b", "c"}) {
            co_await setting.redis.set(key, "1");
        }
    });
}

TEST(ClusterClient, asks_tls_server_name_for_the_name_of_each_node) {
    Setting setting({.tls_port = sim::TlsPort{.names = {"redis.example"}}},
                    {.tls = TlsOptions(), .tls_server_name = [](ClusterNode const&) {
                         return std::string("redis.example");
                     }});
    setting.run([&]() -> asio::awaitable<void> {
        for (std::string const key : {"a", "b", "c"}) {
            co_await setting.redis.set(key, "1");
        }
    });
}

TEST(ClusterClient, says_why_a_certificate_is_refused) {
    Setting setting({.tls_port = sim::TlsPort{.names = {"redis.example"}}},
                    {.tls = TlsOptions(), .call_timeout = 1s});
    setting.run([&]() -> asio::awaitable<void> {
        Result<bool> const set = co_await setting.redis.set("a", "1", as_result);
        EXPECT_THAT(set.error().to_string(), HasSubstr("it is for other names"));
    });
}

}  // namespace
}  // namespace keyslot
