// Facts 12, the traps that need a whole cluster and time: each was seen on real servers.
#include "simulator/tests/world/telnet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

// Slots: bar 5061, of node-1, which node-4 follows.
class Traps : public testing::Test {
protected:
    asio::awaitable<std::string> ask(std::size_t node, std::string command) {
        Telnet telnet{world_, "app", cluster_[node].address()};
        EXPECT_FALSE(co_await telnet.connect());
        co_return co_await telnet.call(std::move(command));
    }

    World world_{Seed{5}};
    Cluster& cluster_ = world_.add_cluster({.replicas_per_master = 1, .node_timeout = std::chrono::seconds{2}});
};

// Trap 2.
TEST_F(Traps, a_frozen_master_acknowledges_on_waking_what_is_lost_a_moment_later) {
    world_.run([&]() -> asio::awaitable<void> {
        Telnet client{world_, "app", cluster_[0].address()};
        EXPECT_FALSE(co_await client.connect());
        EXPECT_EQ(co_await client.call("SET bar kept"), "+OK\r\n");
        co_await world_.sleep(1s);
        cluster_[0].pause();
        client.send("SET bar lost\r\n");
        co_await world_.sleep(10s);
        EXPECT_EQ(co_await ask(3, "GET bar"), "$4\r\nkept\r\n") << "the replica has taken over";
        cluster_[0].resume();
        EXPECT_EQ(co_await client.read(), "+OK\r\n");
        co_await world_.sleep(1s);
        EXPECT_THAT(co_await client.call("GET bar"), StartsWith("-MOVED 5061 "));
        EXPECT_EQ(co_await ask(3, "GET bar"), "$4\r\nkept\r\n");
    });
}

// Trap 5.
TEST_F(Traps, a_replica_of_a_source_has_no_key_that_went_over_and_does_not_say_where) {
    world_.run([&]() -> asio::awaitable<void> {
        EXPECT_EQ(co_await ask(0, "SET bar 1"), "+OK\r\n");
        std::string const target = cluster_[1].id(), source = cluster_[0].id();
        EXPECT_EQ(co_await ask(1, "CLUSTER SETSLOT 5061 IMPORTING " + source), "+OK\r\n");
        EXPECT_EQ(co_await ask(0, "CLUSTER SETSLOT 5061 MIGRATING " + target), "+OK\r\n");
        Endpoint const& to = cluster_[1].address();
        EXPECT_EQ(co_await ask(
                      0, "MIGRATE " + to.address + ' ' + std::to_string(to.port) + " bar 0 1000"),
                  "+OK\r\n");
        co_await world_.sleep(100ms);
        Telnet reader{world_, "app", cluster_[3].address()};
        EXPECT_FALSE(co_await reader.connect());
        EXPECT_EQ(co_await reader.call("READONLY"), "+OK\r\n");
        EXPECT_EQ(co_await reader.call("GET bar"), "$-1\r\n");
        EXPECT_THAT(co_await ask(0, "GET bar"), StartsWith("-ASK 5061 "));
    });
}

// Trap 8: what SLOTS hides and SHARDS shows.
TEST_F(Traps, slots_show_a_failed_master_and_hide_a_failed_replica) {
    world_.run([&]() -> asio::awaitable<void> {
        cluster_[3].crash();
        co_await world_.sleep(5s);
        cluster_[0].crash();
        co_await world_.sleep(5s);
        std::string const slots = co_await ask(1, "CLUSTER SLOTS");
        EXPECT_THAT(slots, HasSubstr(cluster_[0].id()));
        EXPECT_EQ(slots.find(cluster_[3].id()), std::string::npos);
        EXPECT_THAT(co_await ask(1, "CLUSTER SHARDS"), HasSubstr(cluster_[3].id()));
    });
}

}  // namespace
}  // namespace keyslot::sim
