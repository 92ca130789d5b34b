#include "simulator/tests/world/telnet.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

// Facts 12, trap 1, as clients of other nodes live through it. Slots: bar 5061, of node-1, which node-4
// replicates; foo 12182, of node-3.
namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds node_timeout = 2s;

/// What a client is told, and since when after the crash.
struct Told {
    std::string answer;
    Duration since{};
};

struct Timeline {
    std::vector<Told> of_the_dead, of_the_living;
};

void note(std::vector<Told>& told, std::string answer, Duration since) {
    if (told.empty() || told.back().answer != answer) {
        told.push_back({std::move(answer), since});
    }
}

std::string moved(Cluster& cluster, int slot, std::string_view node) {
    Endpoint const& at = cluster.node(node).address();
    return "-MOVED " + std::to_string(slot) + ' ' + at.address + ':' + std::to_string(at.port) +
           "\r\n";
}

/// Of a master and of a replica that survive node-1.
std::array<Timeline, 2> crash_node_1(World& world, Cluster& cluster) {
    std::array<Timeline, 2> timelines;
    world.run([&]() -> asio::awaitable<void> {
        Telnet master{world, "app", cluster.node("node-2").address()};
        Telnet replica{world, "app", cluster.node("node-6").address()};
        co_await master.connect();
        co_await replica.connect();
        co_await world.sleep(3s);
        cluster.node("node-1").crash();
        Instant const start = world.now();
        while (world.now() - start < 4 * node_timeout) {
            Duration const since = world.now() - start;
            note(timelines[0].of_the_dead, co_await master.call("GET bar"), since);
            note(timelines[0].of_the_living, co_await master.call("GET foo"), since);
            note(timelines[1].of_the_dead, co_await replica.call("GET bar"), since);
            note(timelines[1].of_the_living, co_await replica.call("GET foo"), since);
            co_await world.sleep(10ms);
        }
    });
    return timelines;
}

TEST(CrashTimeline, moved_to_the_dead_then_down_everywhere_then_moved_to_the_replica) {
    World world{Seed{3}};
    Cluster& cluster =
        world.add_cluster({.masters = 3, .replicas_per_master = 1, .node_timeout = node_timeout});
    std::string const down = "-CLUSTERDOWN The cluster is down\r\n";
    for (Timeline const& timeline : crash_node_1(world, cluster)) {
        ASSERT_EQ(timeline.of_the_dead.size(), 3u);
        EXPECT_EQ(timeline.of_the_dead[0].answer, moved(cluster, 5061, "node-1"));
        EXPECT_EQ(timeline.of_the_dead[1].answer, down);
        EXPECT_EQ(timeline.of_the_dead[2].answer, moved(cluster, 5061, "node-4"));
        // FAIL comes after one to two timeouts, the replica half a second to one and a half later.
        Duration const failed = timeline.of_the_dead[1].since;
        Duration const promoted = timeline.of_the_dead[2].since;
        EXPECT_GE(failed, node_timeout);
        EXPECT_LE(failed, 2 * node_timeout);
        EXPECT_GE(promoted - failed, 490ms);
        EXPECT_LE(promoted - failed, 1500ms);
        // Nobody serves anything meanwhile.
        ASSERT_EQ(timeline.of_the_living.size(), 3u);
        EXPECT_EQ(timeline.of_the_living[0].answer, moved(cluster, 12182, "node-3"));
        EXPECT_EQ(timeline.of_the_living[1].answer, down);
        EXPECT_EQ(timeline.of_the_living[2].answer, moved(cluster, 12182, "node-3"));
    }
}

TEST(CrashTimeline, without_full_coverage_nobody_is_down) {
    World world{Seed{3}};
    Cluster& cluster = world.add_cluster({.masters = 3,
                                          .replicas_per_master = 1,
                                          .node_timeout = node_timeout,
                                          .require_full_coverage = false});
    for (Timeline const& timeline : crash_node_1(world, cluster)) {
        ASSERT_EQ(timeline.of_the_dead.size(), 2u);
        EXPECT_EQ(timeline.of_the_dead[0].answer, moved(cluster, 5061, "node-1"));
        EXPECT_EQ(timeline.of_the_dead[1].answer, moved(cluster, 5061, "node-4"));
        EXPECT_EQ(timeline.of_the_living.size(), 1u);
    }
}

}  // namespace
}  // namespace keyslot::sim
