// What other clients got wrong about whom to believe and when to ask (client-bugs, part A4), one test for
// each number.
#include "client/cluster/core.hpp"
#include "client/tests/cluster/setting.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gtest/gtest.h>

#include <set>

namespace keyslot {
namespace {

using namespace std::chrono_literals;

/// Asks for the topology as often as it may.
ClusterOptions curious() { return {.refresh_period = 250ms}; }

sim::ClusterSpec const with_replicas{.masters = 3, .replicas_per_master = 1, .node_timeout = 2s};

std::vector<std::string> keys_of_all_masters(sim::Cluster& cluster) {
    std::vector<std::string> keys;
    std::set<std::string> owners;
    for (int i = 0; owners.size() < 3; ++i) {
        std::string key = "key:" + std::to_string(i);
        if (owners.insert(cluster.owner_of(key).name()).second) {
            keys.push_back(std::move(key));
        }
    }
    return keys;
}

ClusterNode as_node(sim::Member const& member) {
    return {.host = member.address().address, .port = member.address().port};
}

// client-bugs 29
TEST(ClientBugs29, a_node_that_was_reset_does_not_wipe_the_map) {
    Setting setting({}, curious());
    setting.run([&]() -> asio::awaitable<void> {
        auto const keys = keys_of_all_masters(setting.cluster);
        co_await setting.redis.get(keys[0]);
        sim::Member& reset = setting.cluster.owner_of(keys[2]);
        co_await setting.redis.on(as_node(reset)).execute(args("CLUSTER", "RESET"));
        co_await setting.world.sleep(10s);
        EXPECT_GT(setting.redis.stats().refreshes, 20u);
        EXPECT_TRUE(setting.redis.get_node_from_key(keys[0]));
        EXPECT_TRUE(setting.redis.get_node_from_key(keys[1]));
        EXPECT_EQ(setting.redis.stats().disconnects, 0u);
    });
}

// client-bugs 30: it was a member, it was expelled, and now it is a cluster of its own.
TEST(ClientBugs30, the_view_of_an_expelled_node_is_not_taken) {
    Setting setting({}, curious());
    sim::Member& guest = setting.world.add_cluster({.masters = 1, .joined = false})[0];
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        auto const keys = keys_of_all_masters(setting.cluster);
        std::string const port = std::to_string(guest.address().port);
        co_await redis.on(as_node(setting.cluster[0]))
            .execute(args("CLUSTER", "MEET", guest.address().address, port));
        co_await setting.world.sleep(10s);
        EXPECT_EQ(redis.get_primaries().size(), 0u + 4u);
        std::string const id = guest.id();
        for (ClusterNode const& node : setting.cluster.startup_nodes()) {
            co_await redis.on(node).execute(args("CLUSTER", "FORGET", id));
        }
        ClusterNode const expelled = as_node(guest);
        co_await redis.on(expelled).execute(args("CLUSTER", "RESET"));
        co_await redis.on(expelled).execute(args("CLUSTER", "ADDSLOTSRANGE", "0", "16383"));
        co_await redis.on(expelled).execute(args("CLUSTER", "BUMPEPOCH"));
        co_await setting.world.sleep(10s);
        for (std::string const& key : keys) {
            EXPECT_NE(redis.get_node_from_key(key)->host, expelled.host);
            EXPECT_TRUE(co_await redis.set(key, "1"));
        }
        EXPECT_EQ(redis.get_primaries().size(), 3u) << "nobody lists it any more";
        EXPECT_EQ(redis.stats().moved, 0u);
    });
}

// client-bugs 32: a node that joins lists masters whose slots it has not heard of yet.
TEST(ClientBugs32, the_view_of_a_joining_node_leaves_no_slot_without_owner) {
    Setting setting({}, curious());
    sim::Member& joining = setting.world.add_cluster({.masters = 1, .joined = false})[0];
    ClusterOptions asks_it_first{.startup_nodes = {as_node(joining), as_node(setting.cluster[0])}};
    AsyncRedisCluster late{setting.world.host("late"), asks_it_first};
    setting.run([&]() -> asio::awaitable<void> {
        auto const keys = keys_of_all_masters(setting.cluster);
        co_await setting.redis.set(keys[0], "1");
        std::string const port = std::to_string(joining.address().port);
        co_await setting.redis.on(as_node(setting.cluster[0]))
            .execute(args("CLUSTER", "MEET", joining.address().address, port));
        for (int i = 0; i < 100; ++i) {
            for (std::string const& key : keys) {
                EXPECT_TRUE(co_await setting.redis.set(key, "1", as_result));
                EXPECT_TRUE(co_await late.set(key, "1", as_result));
            }
            co_await setting.world.sleep(50ms);
        }
        EXPECT_EQ(setting.redis.stats().moved, 0u);
    });
}

// client-bugs 34: SETSLOT NODE reached everybody but one master and its replica.
TEST(ClientBugs34, a_node_that_missed_a_reshard_does_not_turn_the_map_back) {
    Setting setting(with_replicas, curious());
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        sim::Member& to = setting.other_master("a");
        for (sim::Member& node : setting.cluster.nodes()) {
            if (node.is_master() && &node != &to && &node != &setting.cluster.owner_of("a")) {
                setting.faults.start(sim::StaleView{.node = node.name()});
                setting.faults.start(sim::StaleView{.node = "replica of " + node.name()});
            }
        }
        setting.move_slot_of("a", to);
        co_await setting.world.sleep(2s);
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        for (std::string const& key : keys_of_all_masters(setting.cluster)) {
            co_await setting.redis.get(key);  // nodes that it is connected to are asked first
        }
        for (int i = 0; i < 50; ++i) {
            EXPECT_EQ(setting.redis.get_node_from_key("a")->host, to.address().address);
            EXPECT_EQ(co_await setting.redis.get("a"), "1");
            co_await setting.world.sleep(200ms);
        }
        EXPECT_LE(setting.redis.stats().moved, 1u);
    });
}

// Most nodes have missed a failover, and no MOVED has told of it: the epochs alone decide.
TEST(ClientBugs34, of_nodes_that_disagree_the_one_with_the_higher_epoch_is_believed) {
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 60s}, curious());
    setting.run([&]() -> asio::awaitable<void> {
        for (std::string const& key : keys_of_all_masters(setting.cluster)) {
            co_await setting.redis.get(key);  // nodes that it is connected to are asked first
        }
        co_await setting.world.sleep(1s);
        sim::Member& from = setting.cluster.owner_of("a");
        std::set<std::string> before;
        for (sim::Member& node : setting.cluster.nodes()) {
            if (node.is_master()) {
                before.insert(node.name());
            }
            if (node.is_master() && &node != &from) {
                setting.faults.start(sim::StaleView{.node = node.name()});
                setting.faults.start(sim::StaleView{.node = "replica of " + node.name()});
            }
        }
        setting.faults.start(
            sim::Failover{.node = "replica of owner of a", .mode = sim::FailoverMode::takeover});
        co_await setting.world.sleep(5s);
        EXPECT_FALSE(from.is_master());
        std::string owner;
        for (sim::Member const& node : setting.cluster.nodes()) {
            owner =
                node.is_master() && !before.contains(node.name()) ? node.address().address : owner;
        }
        std::uint64_t const refreshes = setting.redis.stats().refreshes;
        for (int i = 0; i < 100; ++i) {
            EXPECT_EQ(setting.redis.get_node_from_key("a")->host, owner);
            co_await setting.world.sleep(50ms);
        }
        EXPECT_GT(setting.redis.stats().refreshes, refreshes + 10);
        EXPECT_EQ(setting.redis.stats().moved, 0u);
    });
}

// client-bugs 35
TEST(ClientBugs35, after_all_nodes_were_silent_for_a_while_the_seeds_are_still_there) {
    Setting setting({}, {.call_timeout = 1s});
    setting.run([&]() -> asio::awaitable<void> {
        for (bool const has_map : {false, true}) {
            for (sim::Member& node : setting.cluster.nodes()) {
                node.pause();
            }
            for (int i = 0; i < 10; ++i) {
                EXPECT_FALSE(co_await setting.redis.get("a", as_result)) << has_map;
            }
            for (sim::Member& node : setting.cluster.nodes()) {
                node.resume();
            }
            EXPECT_TRUE(co_await setting.redis.with({.timeout = 5s}).set("a", "1", as_result));
        }
    });
}

// client-bugs 36: every node has a new address, and only the name leads there.
TEST(ClientBugs36, the_seeds_name_is_resolved_anew_when_all_known_addresses_are_dead) {
    Setting setting({.masters = 3, .node_timeout = 2s},
                    {.startup_nodes = {{.host = "seed.example", .port = 7000}}});
    setting.world.bind_name("seed.example", {setting.cluster[0].address().address});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        auto cut = setting.world.partition({"app"}, {"node-1", "node-2", "node-3"});
        for (std::size_t i = 0; i < setting.cluster.size(); ++i) {
            setting.cluster[i].change_address("10.1.0." + std::to_string(i + 1));
            co_await setting.world.sleep(5s);  // gossip tells the others
        }
        setting.world.bind_name("seed.example", {"10.1.0.1"});
        cut.heal();
        EXPECT_EQ(co_await setting.redis.with({.timeout = 20s}).get("a"), "1");
        for (ClusterNode const& node : setting.redis.get_nodes()) {
            EXPECT_TRUE(node.host.starts_with("10.1.0.")) << node.host;
        }
    });
}

// client-bugs 37: nobody is left to answer MOVED.
TEST(ClientBugs37, a_master_that_dies_without_a_word_is_replaced_in_the_map) {
    for (auto const style : {sim::CrashStyle::process, sim::CrashStyle::power}) {
        Setting setting(with_replicas, {.refresh_period = 0ms});
        setting.run([&]() -> asio::awaitable<void> {
            co_await setting.redis.set("a", "1");
            co_await setting.world.sleep(1s);
            setting.cluster.owner_of("a").crash(style);
            EXPECT_EQ(co_await setting.redis.with({.timeout = 30s}).get("a"), "1");
            EXPECT_EQ(setting.redis.stats().moved, 0u);
        });
    }
}

// client-bugs 38: one branch of many ends without an answer.
TEST(ClientBugs38, a_fan_out_with_a_dead_shard_refreshes_like_any_call) {
    Setting setting(with_replicas, {.call_timeout = 500ms, .refresh_period = 0ms});
    setting.run([&]() -> asio::awaitable<void> {
        auto const keys = keys_of_all_masters(setting.cluster);
        auto pipe = setting.redis.pipeline();
        pipe.set(keys[0], "1").set(keys[1], "1").set(keys[2], "1");
        co_await pipe.execute();
        co_await setting.world.sleep(1s);
        setting.cluster.owner_of(keys[0]).crash();
        pipe.del(keys[0]).del(keys[1]).del(keys[2]);
        auto const halves = co_await pipe.execute({.raise_on_error = false});
        EXPECT_FALSE(halves[0]);
        EXPECT_TRUE(halves[1]);
        EXPECT_TRUE(halves[2]);
        co_await setting.world.sleep(20s);
        pipe.set(keys[0], "2").set(keys[1], "2").set(keys[2], "2");
        co_await pipe.execute();
        EXPECT_EQ(setting.redis.stats().moved, 0u);
    });
}

// client-bugs 39
TEST(ClientBugs39, a_call_that_may_not_be_retried_has_the_map_refreshed_all_the_same) {
    Setting setting(with_replicas, {.cluster_error_retry_attempts = 0, .refresh_period = 0ms});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        co_await setting.world.sleep(1s);
        setting.cluster.owner_of("a").crash();
        co_await setting.world.sleep(10ms);
        EXPECT_FALSE(co_await setting.redis.get("a", as_result));
        co_await setting.world.sleep(20s);
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_EQ(setting.redis.stats().retries, 0u);
    });
}

/// Reads the map when it is told of a new one.
struct Listener : detail::TopologyListener {
    detail::ClusterCore& core;
    std::uint16_t slot;
    std::vector<std::pair<std::uint64_t, std::string>> heard;

    Listener(detail::ClusterCore& of, std::uint16_t looked_at) : core(of), slot(looked_at) {}
    void on_topology(std::uint64_t version) override {
        EXPECT_EQ(version, core.map().version());
        heard.emplace_back(version, core.map().primary_of(slot)->host);
    }
};

// client-bugs 41
TEST(ClientBugs41, a_new_map_is_in_place_before_anybody_is_told_of_it) {
    Setting setting;
    Environment& host = setting.world.host("listener");
    auto const core = std::make_shared<detail::ClusterCore>(
        std::shared_ptr<Environment>(std::shared_ptr<void>(), &host),
        ClusterOptions{.startup_nodes = setting.cluster.startup_nodes(), .refresh_period = 250ms});
    auto const listener = std::make_shared<Listener>(*core, AsyncRedisCluster::keyslot("a"));
    core->add_listener(listener);
    core->start();
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.world.sleep(1s);
        sim::Member& to = setting.other_master("a");
        setting.move_slot_of("a", to);
        co_await setting.world.sleep(3s);
        EXPECT_GE(listener->heard.size(), 2u);
        EXPECT_EQ(listener->heard.back().second, to.address().address);
        for (std::size_t i = 1; i < listener->heard.size(); ++i) {
            EXPECT_LT(listener->heard[i - 1].first, listener->heard[i].first);
        }
    });
    core->close();
}

// client-bugs 42
TEST(ClientBugs42, a_fetch_whose_connection_breaks_within_the_reply_is_made_again) {
    Setting setting;
    auto const cut = setting.world.cut_streams({"node-1", "node-2", "node-3"}, {"app"}, 1, 100, 4);
    setting.run([&]() -> asio::awaitable<void> {
        EXPECT_TRUE(co_await setting.redis.set("a", "1"));
        EXPECT_EQ(setting.redis.stats().disconnects, 4u);
    });
}

// client-bugs 43 (a): a connection that is blocked cannot answer.
TEST(ClientBugs43, blocked_calls_do_not_keep_the_topology_from_being_fetched) {
    Setting setting({}, {.call_timeout = 20s, .refresh_period = 250ms});
    setting.run([&]() -> asio::awaitable<void> {
        auto const keys = keys_of_all_masters(setting.cluster);
        for (std::string const& key : keys) {
            asio::co_spawn(
                setting.redis.get_executor(),
                [&setting, key]() -> asio::awaitable<void> {
                    co_await setting.redis.execute(args("BLPOP", key, "10"), as_result);
                },
                asio::detached);
        }
        co_await setting.world.sleep(2s);
        setting.move_slot_of("a", setting.other_master("a"));
        co_await setting.world.sleep(2s);
        EXPECT_EQ(co_await setting.redis.get("a"), std::nullopt);
        EXPECT_EQ(setting.redis.stats().moved, 0u);
    });
}

// client-bugs 43 (c): names that take longer than a question may.
TEST(ClientBugs43, slow_names_do_not_keep_the_topology_from_being_fetched) {
    Setting setting({.announce_hostnames = true, .endpoint_type = sim::EndpointType::hostname},
                    {.refresh_period = 250ms});
    setting.world.delay_names(1500ms);
    setting.run([&]() -> asio::awaitable<void> {
        EXPECT_TRUE(co_await setting.redis.set("a", "1"));
        setting.move_slot_of("a", setting.other_master("a"));
        co_await setting.world.sleep(4s);
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_EQ(setting.redis.stats().moved, 0u) << "the map was refreshed by itself";
    });
}

// client-bugs 43 (b): what refuses calls must not refuse the question that would help.
TEST(ClientBugs43, full_queues_do_not_keep_the_topology_from_being_fetched) {
    Setting setting({}, {.refresh_period = 250ms, .queue_calls_max = 1});
    setting.run([&]() -> asio::awaitable<void> {
        auto const keys = keys_of_all_masters(setting.cluster);
        co_await setting.redis.get("a");
        auto const slow = {setting.world.slow_node("node-1", 20ms),
                           setting.world.slow_node("node-2", 20ms),
                           setting.world.slow_node("node-3", 20ms)};
        EXPECT_EQ(slow.size(), 3u);
        bool busy = true;
        for (std::string const& key : keys) {
            asio::co_spawn(
                setting.redis.get_executor(),
                [&setting, &busy, key]() -> asio::awaitable<void> {
                    while (busy) {
                        co_await setting.redis.get(key, as_result);
                        co_await setting.world.sleep(1ms);
                    }
                },
                asio::detached);
        }
        setting.move_slot_of("a", setting.other_master("a"));
        co_await setting.world.sleep(3s);
        EXPECT_EQ(setting.redis.get_node_from_key("a")->host,
                  setting.cluster.owner_of("a").address().address);
        busy = false;
        co_await setting.world.sleep(1s);
    });
}

// client-bugs 44
TEST(ClientBugs44, calls_that_fail_together_cause_no_storm_of_refreshes) {
    Setting setting({}, {.refresh_period = 0ms});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        setting.cluster.owner_of("a").pause();
        std::uint64_t const before = setting.redis.stats().refreshes;
        int done = 0;
        for (int i = 0; i < 200; ++i) {
            setting.redis.get("a", as_result([&done](auto const&) { ++done; }));
        }
        co_await setting.world.sleep(5100ms);
        EXPECT_EQ(done, 200);
        EXPECT_GE(setting.redis.stats().refreshes, before + 1);
        EXPECT_LE(setting.redis.stats().refreshes, before + 25)
            << "never below the floor of 200 ms";
    });
}

// client-bugs 45
TEST(ClientBugs45, a_refresh_that_hangs_holds_up_no_call) {
    Setting setting({.masters = 3, .require_full_coverage = false},
                    {.dynamic_startup_nodes = false, .refresh_period = 250ms});
    setting.run([&]() -> asio::awaitable<void> {
        auto const keys = keys_of_all_masters(setting.cluster);
        for (std::string const& key : keys) {
            co_await setting.redis.set(key, "1");
        }
        setting.cluster.owner_of(keys[0]).crash(sim::CrashStyle::power);
        for (int i = 0; i < 300; ++i) {
            Instant const begin = setting.world.now();
            EXPECT_EQ(co_await setting.redis.get(keys[1 + static_cast<std::size_t>(i) % 2]), "1");
            EXPECT_LT(setting.world.now() - begin, 2ms);
            co_await setting.world.sleep(10ms);
        }
    });
}

// client-bugs 46: the first refresh saw the state before the failover.
TEST(ClientBugs46, a_refresh_that_came_too_early_is_followed_by_others) {
    Setting setting(with_replicas, {.refresh_period = 0ms, .health_check_interval = 0ms});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        co_await setting.world.sleep(1s);
        std::uint64_t const before = setting.redis.stats().refreshes;
        setting.cluster.owner_of("a").crash();
        auto const lost = co_await setting.redis.with({.timeout = 100ms}).get("a", as_result);
        EXPECT_FALSE(lost);
        EXPECT_GT(setting.redis.stats().refreshes, before) << "at once: it saw nothing new";
        co_await setting.world.sleep(10s);
        EXPECT_EQ(setting.redis.get_node_from_key("a")->host,
                  setting.cluster.owner_of("a").address().address);
        EXPECT_EQ(setting.redis.get_node_from_key("a")->port,
                  setting.cluster.owner_of("a").address().port);
        EXPECT_LT(setting.redis.stats().refreshes, before + 12);
    });
}

}  // namespace
}  // namespace keyslot
