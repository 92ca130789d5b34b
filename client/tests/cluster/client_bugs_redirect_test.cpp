// What other clients got wrong about redirections and the map (client-bugs, part A1), one test for each
// number.
#include "client/tests/cluster/setting.hpp"

#include <gtest/gtest.h>

namespace keyslot {
namespace {

using namespace std::chrono_literals;

/// That node, or any, answers GET like this so often.
sim::Fault answer_get(Setting& setting, std::string const& node, std::string error,
                      std::uint32_t times = 1) {
    sim::ForgeReply rule;
    rule.node = node;
    rule.command = "GET";
    rule.times = times;
    rule.error = std::move(error);
    return setting.world.forge_reply(rule);
}

std::string moved(std::string_view key, sim::Member const& to) {
    std::string text = "MOVED " + std::to_string(AsyncRedisCluster::keyslot(key)) + " ";
    text += to.address().address;
    text += ':';
    text += std::to_string(to.address().port);
    return text;
}

// client-bugs 1: the retry after a refresh goes to the new node.
TEST(ClientBugs1, the_retry_goes_where_moved_says) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        setting.move_slot_of("a", setting.other_master("a"));
        co_await setting.world.sleep(1s);
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_EQ(setting.redis.stats().moved, 1u);
        EXPECT_EQ(setting.redis.get_node_from_key("a")->host,
                  setting.cluster.owner_of("a").address().address);
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_EQ(setting.redis.stats().moved, 1u);
    });
}

// client-bugs 2: MOVED was counted and the refresh skipped; then the demoted master goes away.
TEST(ClientBugs2, a_demoted_master_that_goes_away_is_not_clung_to) {
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s},
                    {.reinitialize_steps = 25});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("{a}1", "1");
        co_await setting.world.sleep(100ms);
        sim::Member& demoted = setting.cluster.owner_of("{a}1");
        setting.faults.start(sim::Failover{.node = "replica of owner of {a}1"});
        co_await setting.world.sleep(2s);
        EXPECT_EQ(co_await setting.redis.get("{a}1"), "1");
        demoted.crash();
        for (int i = 0; i < 30; ++i) {
            auto const value = co_await setting.redis.get("key:" + std::to_string(i), as_result);
            EXPECT_TRUE(value) << value.error().to_string();
        }
    });
}

// client-bugs 3: at the threshold pools were closed and the old map was used all the same.
TEST(ClientBugs3, a_refresh_at_each_moved_is_done_before_it_is_relied_on) {
    Setting setting({}, {.reinitialize_steps = 1});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        for (std::uint64_t round = 1; round <= 2; ++round) {
            setting.move_slot_of("a", setting.other_master("a"));
            co_await setting.world.sleep(1s);
            EXPECT_EQ(co_await setting.redis.get("a"), "1");
            EXPECT_EQ(setting.redis.stats().moved, round);
        }
        EXPECT_EQ(setting.redis.stats().disconnects, 0u);
    });
}

// client-bugs 5
TEST(ClientBugs5, a_second_and_third_moved_of_one_call_are_followed) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        sim::Member& owner = setting.cluster.owner_of("a");
        std::vector<sim::Member*> others;
        for (sim::Member& node : setting.cluster.nodes()) {
            if (&node != &owner) {
                others.push_back(&node);
            }
        }
        auto const first = answer_get(setting, owner.name(), moved("a", *others[0]));
        auto const second = answer_get(setting, others[0]->name(), moved("a", *others[1]));
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_EQ(setting.redis.stats().moved, 3u) << "the last one sends it to the owner";
    });
}

// client-bugs 6
TEST(ClientBugs6, nodes_that_send_each_other_a_call_for_ever_end_it_with_the_way_it_went) {
    Setting setting({}, {.call_timeout = 60s});
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        sim::Member& owner = setting.cluster.owner_of("a");
        auto const forged =
            answer_get(setting, owner.name(), moved("a", setting.other_master("a")), 1000);
        Instant const begin = setting.world.now();
        auto const result = co_await setting.redis.get("a", as_result);
        EXPECT_EQ(result.error().code, ErrorCode::too_many_redirects);
        EXPECT_EQ(result.error().outcome, Outcome::not_executed);
        EXPECT_EQ(result.error().hops.size(), 17u);
        EXPECT_GT(setting.world.now() - begin, 100ms) << "with pauses after the second bounce";
    });
}

// client-bugs 7: what stands behind the name has changed; the old one sends to the name.
TEST(ClientBugs7, moved_to_where_it_came_from_dials_anew) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        sim::Member& owner = setting.cluster.owner_of("a");
        auto const before = setting.redis.stats();
        auto const forged = answer_get(setting, owner.name(), moved("a", owner));
        EXPECT_EQ(co_await setting.redis.get("a"), "1");
        EXPECT_EQ(setting.redis.stats().moved, before.moved + 1);
        EXPECT_EQ(setting.redis.stats().disconnects, before.disconnects + 1);
    });
}

asio::awaitable<void> set_endpoint_type(AsyncRedisCluster& redis, ClusterNode node,
                                        std::string_view type) {
    co_await redis.on(node).execute(args("CONFIG", "SET", "cluster-preferred-endpoint-type", type));
}

// client-bugs 10: null hosts in the topology, empty ones in MOVED.
TEST(ClientBugs10, unknown_endpoints_are_the_host_that_was_asked) {
    Setting setting({.ip = "10.0.0.1"});
    AsyncRedisCluster redis{setting.world.host("app"),
                            {.startup_nodes = setting.cluster.startup_nodes()}};
    setting.run([&]() -> asio::awaitable<void> {
        for (ClusterNode const& node : setting.cluster.startup_nodes()) {
            co_await set_endpoint_type(setting.redis, node, "unknown-endpoint");
        }
        for (char const* const key : {"a", "b", "c", "d"}) {
            EXPECT_TRUE(co_await redis.set(key, "1"));
        }
        EXPECT_EQ(redis.get_primaries().size(), 3u);
        setting.move_slot_of("a", setting.other_master("a"));
        co_await setting.world.sleep(1s);
        EXPECT_EQ(co_await redis.get("a"), "1");
        EXPECT_EQ(redis.stats().moved, 1u);
        EXPECT_EQ(redis.stats().connects, 3u);
    });
}

// client-bugs 10: "?" is a host that nobody knows; the next node may.
TEST(ClientBugs10, a_node_that_knows_no_names_is_passed_over) {
    Setting setting;
    ClusterOptions options{.startup_nodes = setting.cluster.startup_nodes()};
    AsyncRedisCluster redis{setting.world.host("app"), options};
    setting.run([&]() -> asio::awaitable<void> {
        co_await set_endpoint_type(setting.redis, options.startup_nodes[0], "hostname");
        co_await set_endpoint_type(setting.redis, options.startup_nodes[1], "hostname");
        for (char const* const key : {"a", "b", "c", "d"}) {
            EXPECT_TRUE(co_await redis.set(key, "1"));
        }
        for (ClusterNode const& node : redis.get_nodes()) {
            EXPECT_NE(node.host, "?");
        }
    });
}

// client-bugs 11: names in the configuration and in MOVED, addresses in the topology.
TEST(ClientBugs11, a_node_with_two_addresses_is_one_node) {
    Setting setting({.announce_hostnames = true});
    ClusterOptions options;
    for (sim::Member const& node : setting.cluster.nodes()) {
        options.startup_nodes.push_back({.host = node.name(), .port = node.address().port});
    }
    AsyncRedisCluster redis{setting.world.host("app"), options};
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.world.sleep(2s);  // gossip spreads the names
        for (char const* const key : {"a", "b", "c", "d"}) {
            EXPECT_TRUE(co_await redis.set(key, "1"));
        }
        EXPECT_EQ(redis.get_nodes().size(), 3u);
        std::uint64_t const connects = redis.stats().connects;
        for (ClusterNode const& node : setting.cluster.startup_nodes()) {
            co_await set_endpoint_type(setting.redis, node, "hostname");
        }
        sim::Member& to = setting.other_master("a");
        setting.move_slot_of("a", to);
        co_await setting.world.sleep(1s);
        EXPECT_EQ(co_await redis.get("a"), "1");
        EXPECT_EQ(redis.stats().moved, 1u);
        EXPECT_EQ(redis.stats().connects, connects) << "MOVED named it by its other name";
        EXPECT_EQ(redis.get_primaries().size(), 3u);
    });
}

// client-bugs 14
TEST(ClientBugs14, a_slot_without_owner_is_an_error_that_says_so_and_passes) {
    Setting setting({.require_full_coverage = false}, {.call_timeout = 1s});
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        co_await redis.set("a", "1");
        ClusterNode const owner = *redis.get_node_from_key("a");
        std::string const slot = std::to_string(AsyncRedisCluster::keyslot("a"));
        for (ClusterNode const& node : setting.cluster.startup_nodes()) {
            co_await redis.on(node).execute(args("CLUSTER", "DELSLOTS", slot), as_result);
        }
        auto const hole = co_await redis.get("a", as_result);
        EXPECT_EQ(hole.error().outcome, Outcome::not_executed);
        EXPECT_TRUE(hole.error().code == ErrorCode::slot_not_covered ||
                    hole.error().code == ErrorCode::cluster_down)
            << hole.error().to_string();
        auto const other = co_await redis.get("b", as_result);
        EXPECT_TRUE(other);
        co_await redis.on(owner).execute(args("CLUSTER", "ADDSLOTS", slot));
        EXPECT_EQ(co_await redis.with({.timeout = 5s}).get("a"), "1");
    });
}

}  // namespace
}  // namespace keyslot
