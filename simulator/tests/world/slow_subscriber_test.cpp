#include "simulator/tests/world/telnet.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace keyslot::sim
