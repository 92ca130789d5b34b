// What a client tells of itself, and what it never tells.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/events.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// Every event as a line.
class Diary : public ClusterObserver {
public:
    std::vector<std::string> lines;

    void on_redirection(events::Redirection const& event) override {
        write({event.is_ask ? "ask " : "moved ", event.from, " -> ", event.to});
    }
    void on_retry(events::Retry const& event) override {
        write({"retry ", event.command, ": ", event.reason});
    }
    void on_refresh_begun(events::RefreshBegun const& event) override {
        write({"refresh ", event.reason});
    }
    void on_refresh_ended(events::RefreshEnded const& event) override {
        write({event.success ? "refreshed " : "not refreshed ", event.problems});
    }
    void on_connected(events::Connected const& event) override {
        write({"connected ", event.node});
    }
    void on_disconnected(events::Disconnected const& event) override {
        write({"disconnected ", event.node, ": ", event.reason});
    }
    void on_topology_changed(events::TopologyChanged const& event) override {
        write({"topology ", std::to_string(event.version)});
        versions.push_back(event.version);
    }
    void on_call_ended(events::CallEnded const& event) override {
        write({"call ", event.command, " at ", event.node, ": ",
               event.error ? to_string(*event.error) : "reply", " ", to_string(event.outcome)});
        last_latency = event.latency;
    }

    std::vector<std::uint64_t> versions;
    Duration last_latency{};

private:
    void write(std::initializer_list<std::string_view> words) {
        std::string& line = lines.emplace_back();
        for (std::string_view const word : words) {
            line += word;
        }
    }
};

TEST(Observer, hears_of_connections_refreshes_and_calls) {
    auto const diary = std::make_shared<Diary>();
    Setting setting({}, {.observer = diary});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "hidden-value");
        std::string const owner = setting.redis.get_node_from_key("a")->name();
        EXPECT_THAT(diary->lines, Contains("refresh start"));
        EXPECT_THAT(diary->lines, Contains("refreshed "));
        EXPECT_THAT(diary->lines, Contains("connected " + owner));
        EXPECT_THAT(diary->lines, Contains("call SET at " + owner + ": reply executed"));
        EXPECT_GT(diary->last_latency, 0ms);
        auto const wrong = co_await setting.redis.incr("a", as_result);
        EXPECT_THAT(diary->lines, Contains("call INCR at " + owner + ": response executed"));
    });
}

TEST(Observer, hears_of_redirections_retries_and_lost_connections) {
    auto const diary = std::make_shared<Diary>();
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s},
                    {.observer = diary});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        setting.move_slot_of("a", setting.other_master("a"));
        co_await setting.world.sleep(2s);
        co_await setting.redis.set("a", "2");
        EXPECT_THAT(diary->lines, Contains(testing::StartsWith("moved ")));
        EXPECT_THAT(diary->lines, Contains("refresh moved"));
        co_await setting.world.sleep(100ms);
        setting.cluster.owner_of("a").crash();
        co_await setting.redis.with({.timeout = 20s}).get("a");
        EXPECT_THAT(diary->lines, Contains(testing::StartsWith("retry GET: ")));
        EXPECT_THAT(diary->lines, Contains(testing::StartsWith("disconnected ")));
        EXPECT_THAT(diary->lines, Contains("refresh connection_failed"));
        EXPECT_GE(diary->versions.size(), 2u);
        EXPECT_TRUE(std::is_sorted(diary->versions.begin(), diary->versions.end()));
    });
}

TEST(NodeStats, count_what_each_node_did_and_how_long_it_took) {
    Setting setting({.masters = 3, .replicas_per_master = 1});
    setting.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 100; ++i) {
            co_await setting.redis.set("a", "1");
        }
        static_cast<void>(co_await setting.redis.incr("{a}none", as_result));
        static_cast<void>(co_await setting.redis.lpush("a", "x", as_result));
        auto const stats = setting.redis.node_stats();
        EXPECT_EQ(stats.size(), 6u);
        std::string const owner = setting.redis.get_node_from_key("a")->name();
        for (NodeStats const& node : stats) {
            if (node.node.name() == owner) {
                EXPECT_EQ(node.connects, 1u);
                EXPECT_GE(node.replies, 102u);
                EXPECT_EQ(node.errors, 1u);
                EXPECT_EQ(node.latency.count(), node.replies);
                EXPECT_GT(node.latency.percentile(0.5), 0ms);
                EXPECT_LE(node.latency.percentile(0.5), node.latency.max());
            } else {
                EXPECT_LE(node.replies, 3u) << "no more than a topology";
            }
        }
    });
}

// Passwords in every option and in the arguments of commands: none of them is in any text.
TEST(Secrets, are_in_no_event_and_in_no_error) {
    auto const diary = std::make_shared<Diary>();
    std::vector<std::string> texts;
    auto const note = [&texts](auto const& result) {
        if (!result) {
            texts.push_back(result.error().to_string());
            try {
                throw_error(result.failure());
            } catch (std::exception const& error) {
                texts.push_back(error.what());
            }
            texts.push_back(make_error_code(result.error()).message());
        }
    };
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s},
                    {.username = "s3cret-user",
                     .password = "s3cret-password",
                     .call_timeout = 2s,
                     .observer = diary});
    setting.run([&]() -> asio::awaitable<void> {
        note(co_await setting.redis.get("s3cret-key", as_result));  // a user that nobody knows
    });
    EXPECT_FALSE(texts.empty());

    Setting known({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s},
                  {.call_timeout = 2s, .observer = diary});
    known.run([&]() -> asio::awaitable<void> {
        auto& redis = known.redis;
        note(co_await redis.execute(args("AUTH", "s3cret-user", "s3cret-password"), as_result));
        note(co_await redis.execute(args("HELLO", "3", "AUTH", "s3cret-user", "s3cret-password"),
                                    as_result));
        note(co_await redis.execute(args("ACL", "SETUSER", "s3cret-user", "s3cret-rule"),
                                    as_result));
        note(co_await redis.execute(args("MSET", "s3cret-a", "1", "s3cret-b", "2"), as_result));
        note(co_await redis.set("k", "s3cret-value", as_result));
        note(co_await redis.incr("k", as_result));
        known.move_slot_of("k", known.other_master("k"));
        co_await known.world.sleep(1s);
        note(co_await redis.set("k", "s3cret-value", as_result));
        known.cluster.owner_of("k").crash();
        note(co_await redis.set("k", "s3cret-value", as_result));
        auto pipe = redis.pipeline({.transaction = true});
        pipe.set("k", "s3cret-value").incr("k");
        note(co_await pipe.execute({}, as_result));
        AsyncLock lock = redis.lock("k", {.blocking_timeout = 1s});
        note(co_await lock.acquire(as_result));
    });
    texts.insert(texts.end(), diary->lines.begin(), diary->lines.end());
    EXPECT_GT(texts.size(), 20u);
    for (std::string const& text : texts) {
        // The server itself names an ACL rule that it cannot read; who sets rules is told of them.
        if (text.find("ACL SETUSER") == std::string::npos) {
            EXPECT_THAT(text, Not(HasSubstr("s3cret")));
        }
    }
}

}  // namespace
}  // namespace keyslot
