#include "simulator/tests/world/telnet.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;

/// Publishes 60 KB until nobody listens any more, at most so many times; returns how often it took.
asio::awaitable<int> publish_until_deaf(Telnet& publisher, int times_max) {
    std::string const payload(60'000, 'x');
    for (int times = 1; times <= times_max; ++times) {
        if (co_await publisher.call("PUBLISH a " + payload) == ":0\r\n") {
            co_return times;
        }
    }
    co_return times_max + 1;
}

class SlowSubscriber : public testing::Test {
protected:
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster({.masters = 1});
};

// The window takes a megabyte, and the node keeps as much as the limit allows.
TEST_F(SlowSubscriber, is_dropped_when_it_leaves_too_much_unread) {
    int times = 0;
    world.run([&]() -> asio::awaitable<void> {
        Telnet subscriber{world, "app", cluster[0].address()};
        Telnet publisher{world, "app", cluster[0].address()};
        co_await subscriber.connect();
        co_await publisher.connect();
        EXPECT_EQ(
            co_await publisher.call("CONFIG SET client-output-buffer-limit \"pubsub 2mb 0 0\""),
            "+OK\r\n");
        co_await subscriber.call("SUBSCRIBE a");
        times = co_await publish_until_deaf(publisher, 100);
    });
    EXPECT_GT(times, 3'000'000 / 60'000);
    EXPECT_LT(times, 3'300'000 / 60'000);
}

TEST_F(SlowSubscriber, may_exceed_the_soft_limit_for_a_while) {
    int times = 0;
    world.run([&]() -> asio::awaitable<void> {
        Telnet subscriber{world, "app", cluster[0].address()};
        Telnet publisher{world, "app", cluster[0].address()};
        co_await subscriber.connect();
        co_await publisher.connect();
        co_await publisher.call("CONFIG SET client-output-buffer-limit \"pubsub 0 100kb 5\"");
        co_await subscriber.call("SUBSCRIBE a");
        times = co_await publish_until_deaf(publisher, 30);
        co_await world.sleep(4s);
        EXPECT_EQ(co_await publisher.call("PUBLISH a x"), ":1\r\n");
        co_await world.sleep(3s);
        EXPECT_EQ(co_await publisher.call("PUBLISH a x"), ":0\r\n");
    });
    EXPECT_EQ(times, 31);
}

TEST(SlowClient, is_dropped_when_it_leaves_too_many_replies_unread_for_too_long) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster({.masters = 1});
    auto const count_clients = [](std::string const& list) {
        return std::ranges::count(list, '\n') - 2;  // the bulk's own lines
    };
    world.run([&]() -> asio::awaitable<void> {
        Telnet client{world, "app", cluster[0].address()};
        Telnet admin{world, "app", cluster[0].address()};
        co_await client.connect();
        co_await admin.connect();
        co_await admin.call("CONFIG SET client-output-buffer-limit \"normal 0 100kb 5\"");
        co_await admin.call("SET big " + std::string(100'000, 'x'));
        std::string asked;
        for (int n = 0; n < 30; ++n) {
            asked += "GET big\r\n";
        }
        client.send(asked);
        co_await world.sleep(4s);
        EXPECT_EQ(count_clients(co_await admin.call("CLIENT LIST")), 2);
        co_await world.sleep(3s);
        EXPECT_EQ(count_clients(co_await admin.call("CLIENT LIST")), 1);
    });
}

class SlowReplica : public testing::Test {
protected:
    asio::awaitable<std::string> replicas() {
        std::string const info = co_await admin.call("INFO replication");
        std::size_t const at = info.find("connected_slaves:");
        co_return info.substr(at, info.find('\r', at) - at);
    }
    /// Writes 60 KB so many times.
    asio::awaitable<void> write(int times) {
        std::string const value(60'000, 'x');
        for (int n = 0; n < times; ++n) {
            EXPECT_EQ(co_await admin.call("SET a " + value), "+OK\r\n");
        }
    }

    World world{Seed{1}};
    Cluster& cluster = world.add_cluster({.masters = 1, .replicas_per_master = 1});
    Telnet admin{world, "app", cluster[0].address()};
};

TEST_F(SlowReplica, is_dropped_when_too_much_of_the_stream_waits_for_it) {
    world.run([&]() -> asio::awaitable<void> {
        co_await world.sleep(3s);  // until the replica has its data set
        co_await admin.connect();
        co_await admin.call("CONFIG SET client-output-buffer-limit \"replica 2mb 0 0\"");
        cluster[1].pause();
        co_await write(40);
        EXPECT_EQ(co_await replicas(), "connected_slaves:1");
        co_await write(20);
        EXPECT_EQ(co_await replicas(), "connected_slaves:0");
    });
}

TEST_F(SlowReplica,
       may_be_behind_as_far_as_the_backlog_reaches_and_beyond_the_soft_limit_for_a_while) {
    world.run([&]() -> asio::awaitable<void> {
        co_await world.sleep(3s);  // until the replica has its data set
        co_await admin.connect();
        co_await admin.call("CONFIG SET client-output-buffer-limit \"replica 1kb 1mb 5\"");
        co_await admin.call("CONFIG SET repl-backlog-size 20mb");
        cluster[1].pause();
        co_await write(50);
        co_await world.sleep(4s);
        EXPECT_EQ(co_await replicas(), "connected_slaves:1");
        co_await world.sleep(3s);
        EXPECT_EQ(co_await replicas(), "connected_slaves:0");
    });
}

}  // namespace
}  // namespace keyslot::sim
