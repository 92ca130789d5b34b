#include "client/topology/slot_map.hpp"

#include <gtest/gtest.h>

#include <bitset>
#include <random>

namespace keyslot::topology {
namespace {

using Applied = SlotMap::Applied;

Shard shard(std::string id, HostPort address, std::vector<SlotRange> slots,
            std::vector<Node> replicas = {}) {
    return {.primary = {.id = std::move(id), .address = std::move(address)},
            .replicas = std::move(replicas),
            .slots = std::move(slots)};
}

ClusterView three_shards() {
    return {{shard("m1", {"10.0.0.1", 7000}, {{0, 5460}},
                   {{.id = "r1", .address = {"10.0.0.1", 7003}, .role = Role::replica}}),
             shard("m2", {"10.0.0.2", 7001}, {{5461, 10922}}),
             shard("m3", {"10.0.0.3", 7002}, {{10923, 16383}})}};
}

// What must hold after whatever happened: owner, ranges, shards and the count say the same.
void expect_consistent(SlotMap const& map) {
    std::bitset<slot_count> seen;
    for (std::size_t i = 0; i < map.shards().size(); ++i) {
        int last = -2;
        for (SlotRange const& range : map.shards()[i].slots) {
            ASSERT_GT(range.first, last + 1) << "ranges ascend and do not touch";
            ASSERT_LE(range.first, range.last);
            last = range.last;
            for (int slot = range.first; slot <= range.last; ++slot) {
                ASSERT_FALSE(seen[static_cast<std::size_t>(slot)]);
                seen.set(static_cast<std::size_t>(slot));
                ASSERT_EQ(map.shard_of(static_cast<std::uint16_t>(slot)), i);
            }
        }
    }
    ASSERT_EQ(seen.count(), map.covered_slots());
    for (std::uint16_t slot = 0; slot < slot_count; ++slot) {
        ASSERT_EQ(seen[slot], map.primary_of(slot) != nullptr);
    }
}

TEST(SlotMap, StartsWithoutOwners) {
    SlotMap const map;
    EXPECT_EQ(map.covered_slots(), 0u);
    EXPECT_EQ(map.shard_of(0), SlotMap::no_shard);
    EXPECT_EQ(map.primary_of(16383), nullptr);
}

TEST(SlotMap, TakesOverAView) {
    SlotMap map;
    EXPECT_EQ(map.apply(three_shards()), Applied::replaced);
    EXPECT_EQ(map.covered_slots(), 16384u);
    EXPECT_EQ(*map.primary_of(5460), (HostPort{"10.0.0.1", 7000}));
    EXPECT_EQ(*map.primary_of(5461), (HostPort{"10.0.0.2", 7001}));
    EXPECT_EQ(map.version(), 1u);
    expect_consistent(map);
}

// CLUSTER SHARDS of Redis 7.0 has no stable order.
TEST(SlotMap, TheSameViewInAnotherOrderIsNoChange) {
    SlotMap map;
    map.apply(three_shards());
    ClusterView other = three_shards();
    std::swap(other.shards[0], other.shards[2]);
    EXPECT_EQ(map.apply(other), Applied::unchanged);
    EXPECT_EQ(map.version(), 1u);
}

// client-bugs 29: a node after CLUSTER RESET, or one that never joined.
TEST(SlotMap, AnEmptyViewNeverWipesTheMap) {
    SlotMap map;
    map.apply(three_shards());
    EXPECT_EQ(map.apply({}), Applied::refused);
    EXPECT_EQ(map.apply({}, {.last_resort = true}), Applied::refused);
    EXPECT_EQ(map.covered_slots(), 16384u);
    EXPECT_EQ(map.version(), 1u);
}

// client-bugs 30: an expelled node knows itself only.
TEST(SlotMap, TheViewOfAnExpelledNodeIsRefused) {
    SlotMap map;
    map.apply(three_shards());
    EXPECT_EQ(map.apply({{shard("m4", {"10.0.0.4", 7004}, {})}}), Applied::refused);
    EXPECT_EQ(map.apply({{shard("m4", {"10.0.0.4", 7004}, {{0, 16383}})}}), Applied::refused)
        << "it may have joined another cluster since";
    EXPECT_EQ(map.shards().size(), 3u);
}

// client-bugs 14, 32: a joining replica lists masters without slots, a restarting node has holes.
TEST(SlotMap, AViewWithAHoleIsRefusedUntilASecondNodeConfirmsIt) {
    SlotMap map;
    map.apply(three_shards());
    ClusterView hole = three_shards();
    hole.shards[1].slots.clear();
    EXPECT_EQ(map.apply(hole), Applied::refused);
    EXPECT_EQ(map.covered_slots(), 16384u);
    std::vector<ClusterView> const others{hole};
    EXPECT_EQ(map.apply(hole, {.others = others}), Applied::replaced);
    EXPECT_EQ(map.covered_slots(), 16384u - 5462u);
    EXPECT_EQ(map.primary_of(5461), nullptr);
    expect_consistent(map);
}

TEST(SlotMap, AViewThatCoversMoreIsTaken) {
    SlotMap map;
    ClusterView half = three_shards();
    half.shards.pop_back();
    EXPECT_EQ(map.apply(half), Applied::replaced);
    EXPECT_EQ(map.apply(three_shards()), Applied::replaced);
    EXPECT_EQ(map.covered_slots(), 16384u);
}

// client-bugs 11, 36: the id stays, the address changes.
TEST(SlotMap, ANodeThatMovedToAnotherAddressIsTheSameShard) {
    SlotMap map;
    map.apply(three_shards());
    ClusterView moved = three_shards();
    moved.shards[0].primary.address = {"10.7.7.7", 7000};
    EXPECT_EQ(map.apply(moved), Applied::replaced);
    EXPECT_EQ(map.shards().size(), 3u);
    EXPECT_EQ(*map.primary_of(0), (HostPort{"10.7.7.7", 7000}));
}

TEST(SlotMap, AFailoverIsTakenOver) {
    SlotMap map;
    map.apply(three_shards());
    ClusterView after = three_shards();
    after.shards[0] = shard("r1", {"10.0.0.1", 7003}, {{0, 5460}});
    after.shards.push_back(shard("m1", {"10.0.0.1", 7000}, {}));
    after.shards.back().primary.health = Health::fail;
    EXPECT_EQ(map.apply(after), Applied::replaced);
    EXPECT_EQ(*map.primary_of(100), (HostPort{"10.0.0.1", 7003}));
    expect_consistent(map);
}

TEST(SlotMap, OverlappingClaimsAreSettledBeforeTheyAreTaken) {
    SlotMap map;
    EXPECT_EQ(map.apply({{shard("a", {"h", 1}, {{0, 100}, {50, 60}, {90, 20000}}),
                          shard("b", {"h", 2}, {{0, 16383}})}}),
              Applied::replaced);
    expect_consistent(map);
    EXPECT_EQ(map.covered_slots(), 16384u);
}

TEST(SlotMap, MovedPatchesThatSlotOnly) {
    SlotMap map;
    map.apply(three_shards());
    EXPECT_TRUE(map.patch(100, {"10.0.0.2", 7001}));
    EXPECT_EQ(*map.primary_of(100), (HostPort{"10.0.0.2", 7001}));
    EXPECT_EQ(*map.primary_of(99), (HostPort{"10.0.0.1", 7000}));
    EXPECT_EQ(*map.primary_of(101), (HostPort{"10.0.0.1", 7000}));
    EXPECT_EQ(map.version(), 2u);
    EXPECT_FALSE(map.patch(100, {"10.0.0.2", 7001}));
    EXPECT_EQ(map.version(), 2u);
    expect_consistent(map);
}

// client-bugs 15, 16: a node nobody told us of, twice.
TEST(SlotMap, MovedToAnUnknownNodeMakesOneShardForIt) {
    SlotMap map;
    map.apply(three_shards());
    EXPECT_TRUE(map.patch(100, {"10.0.0.9", 7009}));
    EXPECT_TRUE(map.patch(101, {"10.0.0.9", 7009}));
    ASSERT_EQ(map.shards().size(), 4u);
    EXPECT_EQ(map.shard_of(100), map.shard_of(101));
    expect_consistent(map);
}

TEST(SlotMap, MovedToAReplicaMakesItAPrimary) {
    SlotMap map;
    map.apply(three_shards());
    EXPECT_TRUE(map.patch(100, {"10.0.0.1", 7003}));
    Shard const& promoted = map.shards()[map.shard_of(100)];
    EXPECT_EQ(promoted.primary, (Node{.id = "r1", .address = {"10.0.0.1", 7003}}));
    EXPECT_TRUE(map.shards()[map.shard_of(99)].replicas.empty());
    expect_consistent(map);
}

TEST(SlotMap, MovedFillsAHole) {
    SlotMap map;
    EXPECT_TRUE(map.patch(7, {"h", 1}));
    EXPECT_EQ(map.covered_slots(), 1u);
    expect_consistent(map);
}

TEST(SlotMap, APatchThatMakesNoSenseIsIgnored) {
    SlotMap map;
    map.apply(three_shards());
    EXPECT_FALSE(map.patch(16384, {"h", 1}));
    EXPECT_FALSE(map.patch(1, {"h", 0}));
    EXPECT_EQ(map.version(), 1u);
}

TEST(SlotMap, RedirectionsToEverNewNodesTakeNoMoreThanOnePlace) {
    SlotMap map;
    map.apply(three_shards());
    for (std::uint16_t port = 1; port < 2000; ++port) {
        ASSERT_TRUE(map.patch(100, {"elsewhere", port}));
    }
    EXPECT_LE(map.shards().size(), 5u);
    expect_consistent(map);
}

TEST(SlotMap, StaysConsistentUnderAnySequenceOfPatches) {
    std::mt19937 random(7);
    SlotMap map;
    map.apply(three_shards());
    std::vector<std::uint16_t> expected_port(slot_count);
    for (std::uint16_t slot = 0; slot < slot_count; ++slot) {
        expected_port[slot] = map.primary_of(slot)->port;
    }
    for (int i = 0; i < 20000; ++i) {
        auto const place = random() % 40 * 400;
        auto const slot = static_cast<std::uint16_t>(place + random() % 5);
        auto const port = static_cast<std::uint16_t>(7000 + random() % 3);
        map.patch(slot, {"10.0.0." + std::to_string(port - 6999), port});
        expected_port[slot] = port;
    }
    expect_consistent(map);
    for (std::uint16_t slot = 0; slot < slot_count; ++slot) {
        ASSERT_EQ(map.primary_of(slot)->port, expected_port[slot]);
    }
}

TEST(HostPort, PrintsIpv6InBrackets) {
    EXPECT_EQ(to_string(HostPort{"10.0.0.1", 7000}), "10.0.0.1:7000");
    EXPECT_EQ(to_string(HostPort{"::1", 7000}), "[::1]:7000");
    EXPECT_EQ(to_string(HostPort{"", 7000}), ":7000");
}

}  // namespace
}  // namespace keyslot::topology
