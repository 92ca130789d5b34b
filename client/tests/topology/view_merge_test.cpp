// Which of two views wins, slot by slot.
#include "client/topology/slot_map.hpp"

#include <gtest/gtest.h>

namespace keyslot::topology {
namespace {

using Applied = SlotMap::Applied;

HostPort address_of(std::string const& id) { return {"host-" + id, 7000}; }

Shard shard(std::string const& id, std::uint64_t epoch, std::vector<SlotRange> slots,
            std::vector<std::string> const& replicas = {}) {
    Shard made{.primary = {.id = id, .address = address_of(id)},
               .slots = std::move(slots),
               .epoch = epoch};
    for (std::string const& replica : replicas) {
        made.replicas.push_back(
            {.id = replica, .address = address_of(replica), .role = Role::replica});
    }
    return made;
}

ClusterView view(std::string answered_by, std::vector<Shard> shards) {
    return {.shards = std::move(shards), .has_epochs = true, .answered_by = std::move(answered_by)};
}

ClusterView at_first(std::string answered_by = "m1") {
    return view(std::move(answered_by),
                {shard("m1", 1, {{0, 5460}}, {"r1"}), shard("m2", 2, {{5461, 10922}}),
                 shard("m3", 3, {{10923, 16383}})});
}

ClusterView with_slot_100_at_m2(std::string answered_by) {
    return view(std::move(answered_by),
                {shard("m1", 1, {{0, 99}, {101, 5460}}, {"r1"}),
                 shard("m2", 7, {{100, 100}, {5461, 10922}}), shard("m3", 3, {{10923, 16383}})});
}

SlotMap map_of(ClusterView first) {
    SlotMap map;
    EXPECT_EQ(map.apply(std::move(first)), Applied::replaced);
    return map;
}

std::string owner(SlotMap const& map, std::uint16_t slot) {
    HostPort const* const address = map.primary_of(slot);
    return address != nullptr ? address->host.substr(5) : "";
}

// client-bugs 34: SETSLOT NODE did not reach M3.
TEST(ViewMerge, the_higher_config_epoch_wins_in_whatever_order_the_views_come) {
    SlotMap map = map_of(at_first("m3"));
    EXPECT_EQ(map.apply(with_slot_100_at_m2("m2")), Applied::replaced);
    EXPECT_EQ(owner(map, 100), "m2");
    auto const version = map.version();
    EXPECT_EQ(map.apply(at_first("m3")), Applied::refused);
    std::vector<ClusterView> const replica_of_m3{at_first("r3")};
    EXPECT_EQ(map.apply(at_first("m3"), {.others = replica_of_m3}), Applied::refused)
        << "two that know nothing are no better than one";
    EXPECT_EQ(owner(map, 100), "m2");
    EXPECT_EQ(map.version(), version);
}

TEST(ViewMerge, of_a_view_that_is_newer_here_and_older_there_only_the_newer_is_taken) {
    SlotMap map = map_of(with_slot_100_at_m2("m2"));
    ClusterView mixed = at_first("r9");
    mixed.shards[2] = shard("m3", 3, {{10923, 16000}});
    mixed.shards.push_back(shard("m4", 9, {{16001, 16383}}));
    EXPECT_EQ(map.apply(mixed), Applied::partly);
    EXPECT_EQ(owner(map, 100), "m2");
    EXPECT_EQ(owner(map, 16000), "m3");
    EXPECT_EQ(owner(map, 16001), "m4");
    EXPECT_EQ(map.covered_slots(), 16384u);
}

TEST(ViewMerge, after_a_failover_the_former_masters_view_is_the_older_one) {
    ClusterView promoted =
        view("r1", {shard("r1", 8, {{0, 5460}}, {"m1"}), shard("m2", 2, {{5461, 10922}}),
                    shard("m3", 3, {{10923, 16383}})});
    SlotMap map = map_of(at_first());
    EXPECT_EQ(map.apply(promoted), Applied::replaced);
    EXPECT_EQ(map.apply(at_first("m1")), Applied::refused);
    EXPECT_EQ(owner(map, 0), "r1");
}

// client-bugs 34: MOVED from the claimed owner overrides.
TEST(ViewMerge, what_an_owner_gave_away_by_moved_an_old_view_does_not_give_back) {
    SlotMap map = map_of(at_first());
    HostPort const m1 = address_of("m1");
    EXPECT_TRUE(map.patch(100, address_of("m2"), &m1));
    std::vector<ClusterView> const others{at_first("r3")};
    EXPECT_EQ(map.apply(at_first("m3"), {.others = others}), Applied::refused);
    EXPECT_EQ(owner(map, 100), "m2");
    EXPECT_EQ(map.apply(with_slot_100_at_m2("m2")), Applied::unchanged);
    EXPECT_EQ(owner(map, 100), "m2");
    EXPECT_EQ(owner(map, 101), "m1");
}

TEST(ViewMerge, an_owner_may_take_back_what_it_gave_away_by_mistake) {
    SlotMap map = map_of(at_first());
    HostPort const m1 = address_of("m1");
    map.patch(100, address_of("m9"), &m1);
    EXPECT_EQ(map.apply(at_first("m3")), Applied::refused);
    EXPECT_EQ(map.apply(at_first("m1")), Applied::replaced);
    EXPECT_EQ(owner(map, 100), "m1");
}

TEST(ViewMerge, only_the_owner_can_give_a_slot_away) {
    SlotMap map = map_of(with_slot_100_at_m2("m2"));
    HostPort const m3 = address_of("m3");
    EXPECT_FALSE(map.patch(100, address_of("m1"), &m3));
    EXPECT_EQ(owner(map, 100), "m2");
}

TEST(ViewMerge, an_owner_that_gives_its_slot_to_a_lower_epoch_is_believed) {
    SlotMap map = map_of(at_first());  // SETSLOT NODE without IMPORTING raises no epoch
    ClusterView const moved =
        view("m3", {shard("m1", 1, {{0, 5460}, {16383, 16383}}, {"r1"}),
                    shard("m2", 2, {{5461, 10922}}), shard("m3", 3, {{10923, 16382}})});
    ClusterView by_another = moved;
    by_another.answered_by = "m2";
    EXPECT_EQ(map.apply(by_another), Applied::refused);
    EXPECT_EQ(map.apply(moved), Applied::replaced);
    EXPECT_EQ(owner(map, 16383), "m1");
}

// client-bugs 29, 32
TEST(ViewMerge, a_hole_wants_two_witnesses_that_are_not_older) {
    ClusterView hole = at_first("m2");
    hole.shards[0].slots = {{1, 5460}};
    ClusterView other = hole;
    other.answered_by = "m3";
    SlotMap map = map_of(at_first());
    EXPECT_EQ(map.apply(hole), Applied::refused);
    std::vector<ClusterView> const same_node{hole};
    EXPECT_EQ(map.apply(hole, {.others = same_node}), Applied::refused);
    std::vector<ClusterView> const two{other};
    EXPECT_EQ(map.apply(hole, {.others = two}), Applied::replaced);
    EXPECT_EQ(owner(map, 0), "");

    SlotMap newer =
        map_of(view("m1", {shard("m1", 9, {{0, 5460}}, {"r1"}), shard("m2", 2, {{5461, 10922}}),
                           shard("m3", 3, {{10923, 16383}})}));
    EXPECT_EQ(newer.apply(hole, {.others = two}), Applied::refused);
}

TEST(ViewMerge, the_view_from_a_minority_is_for_want_of_a_better_one) {
    SlotMap map = map_of(at_first());
    ClusterView cut_off = with_slot_100_at_m2("m2");
    cut_off.from_minority = true;
    EXPECT_EQ(map.apply(cut_off), Applied::refused);
    EXPECT_EQ(map.apply(cut_off, {.last_resort = true}), Applied::replaced);
    SlotMap empty;
    EXPECT_EQ(empty.apply(cut_off), Applied::refused);
    EXPECT_EQ(empty.apply(cut_off, {.last_resort = true}), Applied::replaced);
}

// client-bugs 30: however high its epochs are.
TEST(ViewMerge, another_clusters_view_is_refused_until_nothing_else_is_left) {
    SlotMap map = map_of(at_first());
    ClusterView const foreign =
        view("x1", {shard("x1", 900, {{0, 8000}}), shard("x2", 901, {{8001, 16383}})});
    EXPECT_FALSE(map.is_kin(foreign));
    EXPECT_EQ(map.apply(foreign), Applied::refused);
    auto const version = map.version();
    EXPECT_EQ(map.apply(foreign, {.last_resort = true}), Applied::replaced);
    EXPECT_EQ(owner(map, 0), "x1");
    EXPECT_GT(map.version(), version);
    EXPECT_EQ(map.shards().size(), 2u);
}

// client-bugs 11
TEST(ViewMerge, a_node_is_its_id_whatever_its_addresses_are) {
    ClusterView named = at_first();
    named.shards[0].primary.aliases = {{"one.example", 7000}};
    SlotMap map = map_of(named);
    HostPort const alias{"one.example", 7000};
    EXPECT_EQ(map.known_as(alias), address_of("m1"));
    EXPECT_EQ(map.known_as({"two.example", 7000}), (HostPort{"two.example", 7000}));
    EXPECT_TRUE(map.lists(alias));
    EXPECT_FALSE(map.patch(5, alias)) << "that is who owns it";
    EXPECT_TRUE(map.patch(6000, alias));
    EXPECT_EQ(owner(map, 6000), "m1");
    EXPECT_EQ(map.shards().size(), 3u);

    named.shards[0].primary.address = {"elsewhere", 7777};
    named.shards[0].slots = {{0, 5460}, {6000, 6000}};
    named.shards[1].slots = {{5461, 5999}, {6001, 10922}};
    EXPECT_EQ(map.apply(named), Applied::replaced);
    EXPECT_EQ(map.shards().size(), 3u);
    EXPECT_EQ(map.primary_of(0)->host, "elsewhere");
}

TEST(ViewMerge, without_epochs_the_newest_answer_wins) {
    SlotMap map;
    ClusterView first = at_first();
    first.has_epochs = false;
    ClusterView second = with_slot_100_at_m2("m2");
    second.has_epochs = false;
    map.apply(first);
    EXPECT_EQ(map.apply(second), Applied::replaced);
    EXPECT_EQ(map.apply(first), Applied::replaced);
    EXPECT_EQ(owner(map, 100), "m1");
}

}  // namespace
}  // namespace keyslot::topology
