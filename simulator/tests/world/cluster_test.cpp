#include "simulator/tests/world/telnet.hpp"
#include "simulator/world/cluster_layout.hpp"
#include "simulator/world/node_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

using Slots = std::pair<std::uint16_t, std::uint16_t>;

TEST(ClusterLayout, slots_are_dealt_as_redis_cli_does) {
    EXPECT_EQ(slots_of_master(0, 3), Slots(0, 5460));
    EXPECT_EQ(slots_of_master(1, 3), Slots(5461, 10922));
    EXPECT_EQ(slots_of_master(2, 3), Slots(10923, 16383));
    EXPECT_EQ(slots_of_master(0, 1), Slots(0, 16383));
    EXPECT_EQ(slots_of_master(3, 5), Slots(9830, 13106));
}

TEST(ClusterLayout, every_slot_has_exactly_one_master_whatever_their_number) {
    for (std::size_t masters : {1u, 2u, 3u, 7u, 100u, 1000u, 16384u}) {
        std::size_t next = 0;
        for (std::size_t n = 0; n < masters; ++n) {
            auto const [first, last] = slots_of_master(n, masters);
            ASSERT_EQ(first, next);
            ASSERT_LE(first, last);
            next = last + std::size_t{1};
        }
        ASSERT_EQ(next, 16384u);
    }
}

TEST(ClusterLayout, slots_may_be_dealt_unevenly_and_in_many_ranges) {
    for (SlotLayout const layout : {SlotLayout::even, SlotLayout::uneven, SlotLayout::scattered}) {
        for (std::size_t masters : {1u, 2u, 3u, 12u, 1000u}) {
            Random random{masters};
            std::vector<bool> dealt(16384);
            std::size_t ranges = 0;
            for (auto const& share : deal_slots(layout, masters, random)) {
                ASSERT_FALSE(share.empty());
                std::size_t next = 0;
                for (auto const& [first, last] : share) {
                    ++ranges;
                    ASSERT_TRUE(first == 0 || first > next) << "two ranges that touch";
                    ASSERT_LE(first, last);
                    next = last + std::size_t{1};
                    for (std::size_t slot = first; slot <= last; ++slot) {
                        ASSERT_FALSE(dealt[slot]);
                        dealt[slot] = true;
                    }
                }
            }
            ASSERT_EQ(std::count(dealt.begin(), dealt.end(), true), 16384);
            ASSERT_EQ(ranges > masters, layout == SlotLayout::scattered && masters > 1);
        }
    }
}

TEST(ClusterLayout, replicas_are_dealt_in_turn_and_addresses_count_up) {
    Random random{1};
    auto const nodes = lay_out({.masters = 2, .replicas_per_master = 2}, 1, random);
    ASSERT_EQ(nodes.size(), 6u);
    EXPECT_EQ(nodes[2].master, nodes[0].contact->id);
    EXPECT_EQ(nodes[3].master, nodes[1].contact->id);
    EXPECT_EQ(nodes[4].master, nodes[0].contact->id);
    EXPECT_EQ(nodes[5].contact->ip, "10.0.0.6");
    EXPECT_EQ(nodes[5].contact->port, 7005);
    std::set<std::string> ids;
    for (auto const& node : nodes) {
        EXPECT_EQ(node.contact->id.view().size(), 40u);
        ids.insert(node.contact->id.str());
    }
    EXPECT_EQ(ids.size(), 6u);
}

TEST(NodeClock, a_skewed_clock_goes_faster_and_never_back) {
    NodeClock clock{0};
    EXPECT_EQ(clock.at(Instant{5s}), Instant{5s});
    clock.skew(Instant{10s}, {.monotonic_ppm = 100'000, .wall_ppm = 100'000, .wall_jump = 1h});
    EXPECT_EQ(clock.at(Instant{20s}), Instant{21s});
    EXPECT_EQ(clock.unix_time_ms(Instant{20s}), 3'621'000);
    clock.skew(Instant{20s}, {.monotonic_ppm = -500'000, .wall_ppm = -500'000, .wall_jump = -1h});
    EXPECT_EQ(clock.at(Instant{22s}), Instant{22s});
    EXPECT_EQ(clock.unix_time_ms(Instant{22s}), 22'000);
}

TEST(NodeClock, when_is_the_first_moment_that_shows_it) {
    NodeClock clock{0};
    for (std::int64_t const skew : {0, 1, 250'000, 3'000'000, -1, -500'000, -999'000}) {
        clock.skew(Instant{1s}, {.monotonic_ppm = skew, .wall_ppm = skew});
        for (Duration const own :
             {Duration{1'000'000'001}, Duration{1'234'567'891}, Duration{5s}}) {
            Instant const moment = clock.when(Instant{own});
            EXPECT_GE(clock.at(moment), Instant{own});
            EXPECT_LT(clock.at(moment - 1ns), Instant{own});
        }
        clock = NodeClock{0};
    }
}

struct ClusterTest : testing::Test {
    World world{Seed{3}};
    Cluster& cluster =
        world.add_cluster({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s});
};

TEST_F(ClusterTest, a_new_cluster_is_up_and_everybody_knows_it) {
    world.run([&]() -> asio::awaitable<void> {
        for (Member& member : cluster.nodes()) {
            Telnet telnet{world, "app", member.address()};
            co_await telnet.connect();
            std::string const info = co_await telnet.call("CLUSTER INFO");
            EXPECT_THAT(info, HasSubstr("cluster_state:ok"));
            EXPECT_THAT(info, HasSubstr("cluster_known_nodes:6"));
            EXPECT_THAT(info, HasSubstr("cluster_slots_assigned:16384"));
        }
    });
    EXPECT_EQ(cluster.startup_nodes().size(), 6u);
    EXPECT_EQ(cluster.startup_nodes()[0].port, 7000);
    EXPECT_EQ(&cluster.owner_of_slot(5461), &cluster.node("node-2"));
    EXPECT_EQ(&world.node(cluster[4].id()), &cluster[4]);
    EXPECT_TRUE(cluster[2].is_master());
    EXPECT_FALSE(cluster[3].is_master());
}

TEST_F(ClusterTest, nodes_that_start_alone_meet_by_cluster_meet) {
    Cluster& strangers = world.add_cluster({.masters = 2, .joined = false});
    world.run([&]() -> asio::awaitable<void> {
        Telnet first{world, "app", strangers[0].address()};
        Telnet second{world, "app", strangers[1].address()};
        co_await first.connect();
        co_await second.connect();
        std::string const alone = co_await first.call("CLUSTER INFO");
        EXPECT_THAT(alone, HasSubstr("cluster_known_nodes:1"));
        EXPECT_THAT(alone, HasSubstr("cluster_slots_assigned:0"));
        Endpoint const& there = strangers[1].address();
        std::string const meet = "CLUSTER MEET " + there.address + " " + std::to_string(there.port);
        co_await first.call(meet);
        co_await world.sleep(3s);
        std::string const together = co_await second.call("CLUSTER INFO");
        EXPECT_THAT(together, HasSubstr("cluster_known_nodes:2"));
    });
}

TEST_F(ClusterTest, a_crashed_master_is_replaced_by_its_replica) {
    Member& old = cluster.owner_of("user:1");
    world.run([&]() -> asio::awaitable<void> {
        co_await world.sleep(3s);
        old.crash();
        EXPECT_FALSE(old.is_up());
        co_await world.sleep(15s);
    });
    Member& owner = cluster.owner_of("user:1");
    EXPECT_NE(&owner, &old);
    EXPECT_TRUE(owner.is_master());
}

TEST_F(ClusterTest, a_restarted_node_comes_back_with_or_without_its_data) {
    Member& owner = cluster.owner_of("k");
    auto const restart_and_get = [&](bool keep_data, std::string& value) -> asio::awaitable<void> {
        Telnet before{world, "app", owner.address()};
        co_await before.connect();
        EXPECT_EQ(co_await before.call("SET k v"), "+OK\r\n");
        owner.crash();
        EXPECT_THAT(co_await before.read(), StartsWith("(Connection reset"));
        EXPECT_TRUE(co_await before.connect());
        owner.restart(keep_data);
        co_await world.sleep(3s);  // a master waits for two before it serves again
        Telnet after{world, "app", owner.address()};
        EXPECT_FALSE(co_await after.connect());
        value = co_await after.call("GET k");
    };
    std::string value;
    world.run([&] { return restart_and_get(true, value); });
    EXPECT_EQ(value, "$1\r\nv\r\n");
    world.run([&] { return restart_and_get(false, value); });
    EXPECT_EQ(value, "$-1\r\n");
}

TEST_F(ClusterTest, a_paused_node_answers_when_it_is_resumed) {
    Member& owner = cluster.owner_of("k");
    world.run([&]() -> asio::awaitable<void> {
        Telnet telnet{world, "app", owner.address()};
        co_await telnet.connect();
        Instant const begin = world.now();
        Fault pause = world.pause(owner.name());
        world.schedule(begin + 1s, [&] { pause.heal(); });
        EXPECT_EQ(co_await telnet.call("SET k v"), "+OK\r\n");
        EXPECT_EQ(world.now() - begin, 1s + 100us);
    });
}

TEST_F(ClusterTest, a_partitioned_client_gets_its_answer_after_the_partition) {
    Member& owner = cluster.owner_of("k");
    world.run([&]() -> asio::awaitable<void> {
        Telnet telnet{world, "app", owner.address()};
        co_await telnet.connect();
        Fault cut = world.partition({"app"}, {owner.name()});
        world.schedule(world.now() + 1s, [&] { cut.heal(); });
        EXPECT_EQ(co_await telnet.call("SET k v"), "+OK\r\n");
        EXPECT_GE(world.now(), Instant{1s});
    });
}

TEST_F(ClusterTest, a_node_that_quits_a_session_ends_its_stream_in_order) {
    world.run([&]() -> asio::awaitable<void> {
        Telnet telnet{world, "app", cluster[0].address()};
        co_await telnet.connect();
        EXPECT_EQ(co_await telnet.call("QUIT"), "+OK\r\n");
        EXPECT_EQ(co_await telnet.read(), "(End of file)");
    });
}

TEST(PlainRedis, a_node_without_cluster_mode_is_a_plain_server) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster({.masters = 1, .cluster_enabled = false});
    world.run([&]() -> asio::awaitable<void> {
        Telnet telnet{world, "app", cluster[0].address()};
        co_await telnet.connect();
        EXPECT_EQ(co_await telnet.call("SET k v"), "+OK\r\n");
        EXPECT_THAT(co_await telnet.call("CLUSTER INFO"), StartsWith("-ERR"));
    });
}

TEST(LargeCluster, a_hundred_masters_start_and_stay_up) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster({.masters = 100});
    world.run_for(2s);
    EXPECT_EQ(cluster.owner_of_slot(16383).name(), "node-100");
    EXPECT_EQ(cluster[99].address().address, "10.0.0.100");
}

// A cluster of which clients are told replicas, then none for ten seconds, and then replicas again, is none.
TEST(Cluster, tells_clients_of_its_replicas_from_the_first_moment) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster({.masters = 3, .replicas_per_master = 1});
    world.run([&]() -> asio::awaitable<void> {
        for (int look = 0; look < 60; ++look) {
            for (Member& member : cluster.nodes()) {
                Telnet telnet(world, "app", member.address());
                co_await telnet.connect();
                std::string const shards = co_await telnet.call("CLUSTER SHARDS");
                EXPECT_THAT(shards, testing::Not(HasSubstr("loading")))
                    << member.name() << " after " << look << " looks";
            }
            co_await world.sleep(250ms);
        }
    });
}

}  // namespace
}  // namespace keyslot::sim
