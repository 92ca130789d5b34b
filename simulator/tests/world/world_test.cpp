#include "simulator/kernel/event_log.hpp"
#include "simulator/tests/world/telnet.hpp"

#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(World, runs_a_coroutine_in_simulated_time) {
    World world{Seed{1}};
    int steps = 0;
    world.run([&]() -> asio::awaitable<void> {
        co_await world.sleep(20s);
        ++steps;
    });
    EXPECT_EQ(steps, 1);
    EXPECT_EQ(world.now(), Instant{20s});
}

TEST(World, rethrows_what_the_coroutine_threw) {
    World world{Seed{1}};
    EXPECT_THROW(world.run([]() -> asio::awaitable<void> {
        throw std::runtime_error("boom");
        co_return;
    }),
                 std::runtime_error);
}

TEST(World, run_for_lets_time_pass_whatever_happens) {
    World world{Seed{1}};
    world.add_cluster();
    world.run_for(90s);
    EXPECT_EQ(world.now(), Instant{90s});
}

TEST(World, cannot_be_run_from_inside) {
    World world{Seed{1}};
    world.run([&]() -> asio::awaitable<void> {
        EXPECT_THROW(world.run_for(1s), std::logic_error);
        EXPECT_THROW(world.run([]() -> asio::awaitable<void> { co_return; }), std::logic_error);
        co_return;
    });
}

TEST(World, may_end_while_somebody_who_has_a_connection_waits_for_another) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster();
    Environment& app = world.host("app");
    Fault const cut = world.partition({"app"}, {"node-2"});
    auto const hold_and_wait = [&]() -> asio::awaitable<void> {
        Telnet first{world, "app", cluster[0].address()};
        Telnet second{world, "app", cluster[1].address()};
        EXPECT_FALSE(co_await first.connect());
        co_await second.connect();
        ADD_FAILURE() << "there is no way to node-2";
    };
    asio::co_spawn(app.get_executor(), hold_and_wait(), asio::detached);
    world.run_for(1s);
}  // The connect that is under way owns the stream there is.

// Observed on 7.0.15: connections stay, the old port refuses, the others learn the new one, and the node itself
// goes on to show the old.
TEST(World, config_set_port_moves_where_clients_are_accepted) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster();
    Endpoint const former = cluster[0].address();
    Endpoint const moved{former.address, 7777};
    world.run([&]() -> asio::awaitable<void> {
        Telnet before{world, "app", former};
        EXPECT_FALSE(co_await before.connect());
        EXPECT_EQ(co_await before.call("CONFIG SET port 7777"), "+OK\r\n");
        EXPECT_EQ(co_await before.call("PING"), "+PONG\r\n");
        Telnet late{world, "app", former};
        EXPECT_EQ(co_await late.connect(), asio::error::connection_refused);
        Telnet after{world, "app", moved};
        EXPECT_FALSE(co_await after.connect());
        EXPECT_THAT(co_await after.call("INFO server"), HasSubstr("tcp_port:7777"));
        EXPECT_THAT(co_await after.call("CLUSTER NODES"), HasSubstr(":7000@17000 myself"));
        co_await world.sleep(1s);
        Telnet other{world, "app", cluster[1].address()};
        EXPECT_FALSE(co_await other.connect());
        EXPECT_THAT(co_await other.call("CLUSTER NODES"), HasSubstr(":7777@17777 master"));
        EXPECT_EQ(co_await other.call("CONFIG SET port 7001"), "+OK\r\n") << "its own";
        EXPECT_EQ(co_await after.call("CONFIG SET port 0"), "+OK\r\n");
        Telnet nobody{world, "app", moved};
        EXPECT_EQ(co_await nobody.connect(), asio::error::connection_refused);
    });
    cluster[0].restart();
    EXPECT_EQ(cluster[0].listening(), former) << "as it is started";
}

TEST(World, config_set_port_fails_where_another_listens) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster({.ip = "10.0.0.1"});
    world.run([&]() -> asio::awaitable<void> {
        Telnet node{world, "app", cluster[0].address()};
        EXPECT_FALSE(co_await node.connect());
        EXPECT_EQ(co_await node.call("CONFIG SET port 7001"),
                  "-ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this "
                  "port. Check server logs.\r\n");
        EXPECT_THAT(co_await node.call("CONFIG GET port"), HasSubstr("7000"));
    });
}

// Observed on 7.0.15: connections stay, and the bus, which listens since the start, goes on.
TEST(World, a_node_told_to_bind_to_the_loopback_alone_is_reached_by_the_bus_only) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster();
    Endpoint const address = cluster[0].address();
    world.run([&]() -> asio::awaitable<void> {
        Telnet before{world, "app", address};
        EXPECT_FALSE(co_await before.connect());
        EXPECT_EQ(co_await before.call("CONFIG SET bind 192.0.2.77"),
                  "-ERR CONFIG SET failed (possibly related to argument 'bind') - Failed to bind to "
                  "specified addresses.\r\n");
        Telnet still{world, "app", address};
        EXPECT_FALSE(co_await still.connect()) << "nothing has changed";
        EXPECT_EQ(co_await before.call("CONFIG SET bind 127.0.0.1"), "+OK\r\n");
        Telnet late{world, "app", address};
        EXPECT_EQ(co_await late.connect(), asio::error::connection_refused);
        co_await world.sleep(60s);
        EXPECT_THAT(co_await before.call("CLUSTER INFO"), HasSubstr("cluster_state:ok"));
        EXPECT_EQ(co_await before.call("CONFIG SET bind " + address.address), "+OK\r\n");
        Telnet again{world, "app", address};
        EXPECT_FALSE(co_await again.connect());
        EXPECT_EQ(co_await before.call("CONFIG SET bind -192.0.2.77"), "+OK\r\n");
    });
    cluster[0].restart();
    world.run([&]() -> asio::awaitable<void> {
        Telnet after{world, "app", address};
        EXPECT_FALSE(co_await after.connect()) << "as it is started";
    });
}

TEST(World, a_coroutine_that_waits_for_ever_is_a_hang_and_is_unwound) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster();
    bool unwound = false;
    struct Witness {
        ~Witness() { *flag = true; }
        bool* flag;
    };
    try {
        world.run([&]() -> asio::awaitable<void> {
            Witness const witness{&unwound};
            Telnet telnet{world, "app", cluster[0].address()};
            co_await telnet.connect();
            co_await telnet.read();
        });
        FAIL();
    } catch (HangError const& hang) {
        EXPECT_THAT(hang.what(), AllOf(HasSubstr("nothing but background work since"),
                                       HasSubstr("app reads from node-1 (10.0.0.1:7000")));
    }
    EXPECT_TRUE(unwound);
}

TEST(World, a_sleeping_coroutine_is_unwound_when_the_run_goes_over_its_limit) {
    World world{Seed{1}, {.run_time_max = 1h}};
    bool unwound = false;
    struct Witness {
        ~Witness() { *flag = true; }
        bool* flag;
    };
    EXPECT_THROW(world.run([&]() -> asio::awaitable<void> {
        Witness const witness{&unwound};
        co_await world.sleep(2h);
    }),
                 HangError);
    EXPECT_TRUE(unwound);
}

TEST(World, the_summary_is_one_line) {
    World world{Seed{41}};
    world.run_for(75200ms);
    EXPECT_THAT(world.summary(9ms), AllOf(StartsWith("seed=41 events=0 digest="),
                                          HasSubstr(" sim=75.200s wall=0.009s")));
}

TEST(World, unknown_names_are_refused) {
    World world{Seed{1}};
    EXPECT_THROW(world.node("node-9"), std::out_of_range);
    EXPECT_THROW((void)world.pause("node-9"), std::out_of_range);
}

asio::awaitable<void> some_work(World& world, Cluster& cluster) {
    Telnet telnet{world, "app", cluster.owner_of("k").address()};
    co_await telnet.connect();
    for (int n = 0; n < 20; ++n) {
        co_await telnet.call("INCR k");
        co_await world.sleep(50ms);
    }
}

std::uint64_t digest_of(std::uint64_t seed, EventLog* log = nullptr) {
    World world{Seed{seed}, {.jitter = 1ms, .log = log}};
    Cluster& cluster = world.add_cluster({.masters = 3, .replicas_per_master = 1, .jitter = 1ms});
    world.run([&] { return some_work(world, cluster); });
    return world.digest();
}

TEST(World, the_same_seed_gives_the_same_run_and_another_one_does_not) {
    auto const divergence = check_deterministic([](EventLog& log) { digest_of(5, &log); });
    EXPECT_FALSE(divergence) << divergence->report;
    EXPECT_EQ(digest_of(5), digest_of(5));
    EXPECT_NE(digest_of(5), digest_of(6));
}

TEST(World, executions_tell_what_each_node_did) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster({.masters = 3, .replicas_per_master = 1});
    world.run_for(2s);  // until the replicas are in step
    world.run([&] { return some_work(world, cluster); });
    world.run_for(1s);
    std::size_t on_master = 0;
    std::size_t on_replica = 0;
    for (ExecutionRecord const& record : world.executions()) {
        if (record.is_write && record.arguments[0] == "INCR" && record.arguments[1] == "k") {
            ++(record.from_replication ? on_replica : on_master);
        }
    }
    EXPECT_EQ(on_master, 20u);
    EXPECT_EQ(on_replica, 20u);
    world.clear_executions();
    EXPECT_TRUE(world.executions().empty());
}

TEST(World, executions_are_not_kept_when_recording_is_off) {
    World world{Seed{1}, {.record_executions = false}};
    Cluster& cluster = world.add_cluster();
    world.run([&] { return some_work(world, cluster); });
    EXPECT_TRUE(world.executions().empty());
}

TEST(World, the_trace_shows_commands_on_their_way) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster();
    std::vector<std::string> lines;
    world.trace_to([&](std::string_view line) { lines.emplace_back(line); });
    world.run([&] { return some_work(world, cluster); });
    EXPECT_THAT(lines, testing::Contains(HasSubstr(R"("detail":"app #1 8: INCR k\r\n"})")));
    world.trace_to(nullptr);
}

}  // namespace
}  // namespace keyslot::sim
