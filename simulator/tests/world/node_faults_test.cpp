// Faults as handles, and triggers as functions: what a test in C++ uses.
#include "simulator/tests/world/telnet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

struct NodeFaults : testing::Test {
    std::string say(std::string const& command) {
        std::string answer;
        world.run([&]() -> asio::awaitable<void> {
            Telnet telnet{world, "app", cluster[0].address()};
            if (co_await telnet.connect()) {
                answer = "(no connection)";
            } else {
                answer = co_await telnet.call(command);
            }
        });
        return answer;
    }

    World world{Seed{7}};
    Cluster& cluster = world.add_cluster({.masters = 3, .node_timeout = 2s});
};

TEST_F(NodeFaults, last_as_long_as_their_handle) {
    {
        Fault const slow = world.slow_node("node-1", 100ms);
        Instant const before = world.now();
        say("PING");
        EXPECT_GE(world.now() - before, 100ms);
    }
    {
        Fault const forged = world.forge_reply({.node = "node-1", .times = 9, .error = "OOM"});
        EXPECT_EQ(say("PING"), "-OOM\r\n");
    }
    {
        Fault const skewed = world.skew_clock("node-1", {.wall_jump = 1h});
        EXPECT_EQ(cluster[0].clock_error(), 1h);
    }
    EXPECT_EQ(cluster[0].clock_error(), 0s);
    Instant const before = world.now();
    EXPECT_EQ(say("PING"), "+PONG\r\n");
    EXPECT_LT(world.now() - before, 1ms);
}

TEST_F(NodeFaults, a_trigger_calls_once_before_the_command_is_executed) {
    int calls = 0;
    Fault const trap =
        world.when({.received = "incr", .from = "app", .nth = 2}, [&](Occurrence const& what) {
            ++calls;
            EXPECT_EQ(what.node, "node-1");
            EXPECT_EQ(what.client, "app");
            world.node(what.node).crash();
        });
    EXPECT_EQ(say("INCR {3}"), ":1\r\n");
    EXPECT_EQ(say("GET {3}"), "$1\r\n1\r\n");
    EXPECT_THAT(say("INCR {3}"), HasSubstr("reset"));
    cluster[0].restart();
    world.run_for(5s);  // until it serves again
    EXPECT_EQ(say("GET {3}"), "$1\r\n1\r\n");
    EXPECT_EQ(say("INCR {3}"), ":2\r\n");
    EXPECT_EQ(calls, 1);
}

TEST_F(NodeFaults, a_trigger_can_be_taken_back) {
    Fault trap = world.when({.received = "PING"}, [](Occurrence const&) { FAIL(); });
    trap.heal();
    EXPECT_EQ(say("PING"), "+PONG\r\n");
}

TEST_F(NodeFaults, a_world_knows_no_migrations) {
    EXPECT_THROW(std::ignore = world.when({.step = MigrationStep::keys}, [](Occurrence const&) {}),
                 std::invalid_argument);
}

TEST_F(NodeFaults, a_slow_node_that_is_stopped_goes_on_where_it_was) {
    Fault const slow = world.slow_node("node-1", 100ms);
    world.schedule(world.now() + 50ms, [&] { cluster[0].pause(); });
    world.schedule(world.now() + 500ms, [&] { cluster[0].resume(); });
    Instant const before = world.now();
    EXPECT_EQ(say("PING"), "+PONG\r\n");
    EXPECT_GE(world.now() - before, 500ms);
}

TEST_F(NodeFaults, a_slow_node_that_crashes_is_as_fast_to_come_back_as_any) {
    Fault slow = world.slow_node("node-1", 10s);
    world.schedule(world.now() + 50ms, [&] { cluster[0].crash(); });
    EXPECT_THAT(say("PING"), StartsWith("("));
    slow.heal();
    cluster[0].restart();
    EXPECT_EQ(say("PING"), "+PONG\r\n");
}

}  // namespace
}  // namespace keyslot::sim
