// Faults of links that are made of several rules, or come and go.
#include "simulator/network/network.hpp"

#include <keyslot/sim/world.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;

struct LinkFaults : testing::Test {
    bool is_cut(std::string const& from, std::string const& to) {
        Network& network = world.network();
        return network.link(*network.find_host(from), *network.find_host(to)).hold_streams;
    }
    /// How often in so many milliseconds the link was there.
    int times_mended(int ms) {
        int times = 0;
        for (int n = 0; n < ms; ++n) {
            world.run_for(1ms);
            times += is_cut("node-1", "node-2") ? 0 : 1;
        }
        return times;
    }

    World world{Seed{7}};
    Cluster& cluster = world.add_cluster({.masters = 3});
};

TEST_F(LinkFaults, a_partition_that_is_let_go_holds_both_ways) {
    world.partition({"node-1"}, {"node-2"}).keep();
    EXPECT_TRUE(is_cut("node-1", "node-2"));
    EXPECT_TRUE(is_cut("node-2", "node-1"));
    world.partition({"node-2"}, {"node-3"}).heal();
    EXPECT_FALSE(is_cut("node-2", "node-3"));
    EXPECT_FALSE(is_cut("node-3", "node-2"));
}

TEST_F(LinkFaults, a_flapping_link_that_is_let_go_flaps_on) {
    Fault flapping = world.flap({"node-1"}, {"node-2"}, 30ms, 10ms);
    EXPECT_EQ(times_mended(400), 100);
    flapping.keep();
    EXPECT_FALSE(flapping.active());
    EXPECT_EQ(times_mended(400), 100);
    Fault other = world.flap({"node-2"}, {"node-3"}, 30ms, 10ms);
    other.heal();
    world.run_for(50ms);
    EXPECT_FALSE(is_cut("node-2", "node-3"));
}

TEST_F(LinkFaults, swizzling_that_is_let_go_goes_on_to_its_end) {
    world.swizzle({"node-1", "node-2"}, 10ms, 50ms).keep();
    EXPECT_EQ(times_mended(200), 141);  // cut from now on, for 60 ms
    world.swizzle({"node-1", "node-2"}, 10ms, 50ms).heal();
    EXPECT_FALSE(is_cut("node-1", "node-2"));
}

}  // namespace
}  // namespace keyslot::sim
