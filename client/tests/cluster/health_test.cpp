// Connections that are silent, idle, or end for no reason.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/events.hpp>

#include <gtest/gtest.h>

namespace keyslot {
namespace {

using namespace std::chrono_literals;

// client-bugs 55
TEST(IdleConnection, that_ends_is_made_again_quietly_without_a_rediscovery) {
    Setting setting({}, {.refresh_period = 0ms, .health_check_interval = 0ms});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        ClusterStats const before = setting.redis.stats();
        setting.faults.start(sim::Reset{.from = {"clients"}, .to = {"node-1", "node-2", "node-3"}});
        co_await setting.world.sleep(10s);
        EXPECT_GT(setting.redis.stats().disconnects, before.disconnects);
        EXPECT_EQ(setting.redis.stats().refreshes, before.refreshes);
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_EQ(setting.redis.stats().retries, before.retries);
    });
}

// client-bugs 37, 39: nobody calls, and the client knows of the failover all the same.
TEST(IdleConnection, that_cannot_be_made_again_is_a_reason_to_look_around) {
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s},
                    {.refresh_period = 0ms});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        co_await setting.world.sleep(1s);
        sim::Member& owner = setting.cluster.owner_of("a");
        owner.crash();
        co_await setting.world.sleep(15s);
        std::uint64_t const retries = setting.redis.stats().retries;
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_EQ(setting.redis.stats().retries, retries);
        EXPECT_EQ(setting.redis.stats().moved, 0u);
    });
}

// client-bugs 48, 49: neither a stopped process nor a black hole ends a connection.
TEST(IdleConnection, to_a_node_that_is_stopped_or_cut_off_is_found_dead) {
    for (bool const cut_off : {false, true}) {
        Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s},
                        {.refresh_period = 0ms});
        setting.run([&]() -> asio::awaitable<void> {
            co_await setting.redis.set("a", "1");
            co_await setting.world.sleep(1s);
            std::string const owner = setting.cluster.owner_of("a").name();
            if (cut_off) {
                setting.faults.start(sim::Partition{
                    .from = {owner.c_str()},
                    .to = {"clients", "node-1", "node-2", "node-3", "node-4", "node-5", "node-6"}});
            } else {
                setting.faults.start(sim::Pause{.node = owner.c_str()});
            }
            co_await setting.world.sleep(25s);
            Instant const start = setting.world.now();
            EXPECT_EQ(co_await setting.redis.get("a"), "1");
            EXPECT_LT(setting.world.now() - start, 100ms) << cut_off;
        });
    }
}

TEST(IdleConnection, that_is_closed_by_the_nodes_timeout_costs_no_call_anything) {
    Setting setting({}, {.health_check_interval = 0ms});
    setting.run([&]() -> asio::awaitable<void> {
        for (ClusterNode const& node : setting.cluster.startup_nodes()) {
            co_await setting.redis.on(node).execute(args("CONFIG", "SET", "timeout", "1"));
        }
        for (int i = 0; i < 20; ++i) {
            co_await setting.world.sleep(1700ms);
            auto const done = co_await setting.redis.set("a", "1", as_result);
            EXPECT_TRUE(done) << i << ": " << (done ? "" : done.error().to_string());
        }
    });
}

// The system accepts for a stopped process, so that only the handshake shows that nobody is there.
TEST(NewConnection, to_a_node_that_accepts_and_says_nothing_is_given_up_in_time) {
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s},
                    {.connect_timeout = 1s, .call_timeout = 30s, .refresh_period = 0ms});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.world.sleep(2s);  // a replica without any data would not take over
        std::string const owner = setting.cluster.owner_of("a").name();
        setting.faults.start(sim::Pause{.node = owner.c_str()});
        Instant const start = setting.world.now();
        auto const done = co_await setting.redis.set("a", "1", as_result);
        EXPECT_TRUE(done) << (done ? "" : done.error().to_string());
        EXPECT_LT(setting.world.now() - start, 10s) << "the replica has long taken over";
    });
}

// A name may stand for several machines, some of which are gone.
TEST(NewConnection, to_a_name_is_tried_at_each_of_its_addresses) {
    Setting setting({}, {.startup_nodes = {{.host = "seed.example", .port = 7000}}});
    setting.world.bind_name("seed.example",
                            {"10.9.9.9", "10.9.9.8", setting.cluster[0].address().address});
    setting.world.run([&]() -> asio::awaitable<void> {
        Instant const start = setting.world.now();
        EXPECT_TRUE(co_await setting.redis.set("a", "1"));
        EXPECT_LT(setting.world.now() - start, 2s) << "within one connect_timeout";
        EXPECT_EQ(setting.redis.stats().disconnects, 0u);
    });
}

// Clients of one node have lost it at the same moment. They must not come back at the same moment too.
TEST(NewConnection, to_a_node_that_is_away_is_tried_at_random_times) {
    struct Attempts : ClusterObserver {
        void on_disconnected(events::Disconnected const&) override { at.push_back(world->now()); }
        sim::World* world = nullptr;
        std::vector<Instant> at;
    };
    auto const attempts = std::make_shared<Attempts>();
    Setting setting({.masters = 3, .node_timeout = 60s, .require_full_coverage = false},
                    {.refresh_period = 0ms, .observer = attempts});
    attempts->world = &setting.world;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        setting.cluster.owner_of("a").crash();
        for (int i = 0; i < 3000; ++i) {
            setting.redis.with({.timeout = 20ms}).get("a", as_result([](auto const&) {}));
            co_await setting.world.sleep(10ms);
        }
    });
    EXPECT_GT(attempts->at.size(), 20u);
    Instant const grown = attempts->at.front() + 5s;  // by then the longest pause is a second
    int short_pauses = 0;
    int long_pauses = 0;
    for (std::size_t n = 1; n < attempts->at.size(); ++n) {
        Duration const pause = attempts->at[n] - attempts->at[n - 1];
        if (attempts->at[n - 1] > grown) {
            EXPECT_LT(pause, 1s + 20ms);
            ++(pause < 500ms ? short_pauses : long_pauses);
        }
    }
    EXPECT_GT(short_pauses, 5);
    EXPECT_GT(long_pauses, 5);
}

}  // namespace
}  // namespace keyslot
