#include "client/routing/fetch_round.hpp"

#include <gtest/gtest.h>

namespace keyslot::routing {
namespace {

using namespace topology;

HostPort const m1{"m1", 7000}, m2{"m2", 7000}, m3{"m3", 7000}, seed{"seed", 7000};

Shard shard(HostPort const& address, std::uint64_t epoch, SlotRange slots) {
    return {.primary = {.id = address.host, .address = address}, .slots = {slots}, .epoch = epoch};
}

ClusterView view(std::string answered_by, std::uint64_t epoch_of_m1 = 1) {
    return {.shards = {shard(m1, epoch_of_m1, {0, 5460}), shard(m2, 2, {5461, 10922}),
                       shard(m3, 3, {10923, 16383})},
            .has_epochs = true,
            .answered_by = std::move(answered_by)};
}

ClusterView without_m1(std::string answered_by) {
    ClusterView hole = view(std::move(answered_by));
    hole.shards[0].slots.clear();
    return hole;
}

TEST(FetchRound, asks_one_after_the_other_until_one_gives_a_view) {
    SlotMap map;
    FetchRound round({m1, m2, m3}, {m1});
    EXPECT_EQ(round.next(), m1);
    round.failed(m1, "refused");
    EXPECT_EQ(round.next(), m2);
    EXPECT_TRUE(round.offer(map, m2, view("m2")));
    EXPECT_EQ(map.covered_slots(), 16384u);
    EXPECT_EQ(round.problems(), "m1:7000: refused");
}

TEST(FetchRound, knows_whether_it_is_the_credentials_that_nobody_accepts) {
    FetchRound round({m1, m2, m3}, {m1});
    EXPECT_FALSE(round.all_lack_access()) << "nobody was asked";
    round.failed(m1, "WRONGPASS", true);
    round.failed(m2, "WRONGPASS", true);
    EXPECT_TRUE(round.all_lack_access());
    round.failed(m3, "no answer");
    EXPECT_FALSE(round.all_lack_access());
}

TEST(FetchRound, is_a_failure_when_nobody_answers) {
    SlotMap map;
    FetchRound round({m1}, {m1});
    EXPECT_EQ(round.next(), m1);
    round.failed(m1, "no answer");
    EXPECT_EQ(round.next(), std::nullopt);
    EXPECT_FALSE(round.conclude(map));
}

// client-bugs 14, 32
TEST(FetchRound, what_one_node_leaves_out_a_second_one_is_asked_about) {
    SlotMap map;
    map.apply(view("m1"));
    FetchRound disagreeing({m2, m3}, {});
    disagreeing.next();
    EXPECT_FALSE(disagreeing.offer(map, m2, without_m1("m2")));
    EXPECT_EQ(disagreeing.next(), m3);
    EXPECT_TRUE(disagreeing.offer(map, m3, view("m3")));
    EXPECT_EQ(map.covered_slots(), 16384u);

    FetchRound agreeing({m2, m3}, {});
    agreeing.next();
    EXPECT_FALSE(agreeing.offer(map, m2, without_m1("m2")));
    EXPECT_TRUE(agreeing.offer(map, m3, without_m1("m3")));
    EXPECT_EQ(map.covered_slots(), 10923u);
}

// client-bugs 34
TEST(FetchRound, goes_on_past_an_older_view_but_not_for_ever) {
    SlotMap map;
    map.apply(view("m1", 9));
    ClusterView const older{.shards = {shard(m1, 1, {0, 5000}), shard(m2, 2, {5001, 10922}),
                                       shard(m3, 3, {10923, 16383})},
                            .has_epochs = true,
                            .answered_by = "m3"};
    std::vector<HostPort> many;
    for (std::uint16_t port = 1; port <= 100; ++port) {
        many.push_back({"node", port});
    }
    FetchRound round(many, {});
    int asked = 0;
    while (auto const node = round.next()) {
        ++asked;
        EXPECT_FALSE(round.offer(map, *node, older));
    }
    EXPECT_EQ(asked, 6);
    EXPECT_TRUE(round.conclude(map)) << "nodes answered: there is nothing newer to be had";
    EXPECT_EQ(map.primary_of(5001)->host, "m1");
}

// client-bugs 30, 36: another cluster is taken only on the word of a start-up node, when the map's own
// nodes are all gone.
TEST(FetchRound, another_clusters_view_is_the_last_resort_and_a_start_up_nodes_only) {
    ClusterView const foreign{
        .shards = {shard({"x", 1}, 99, {0, 16383})}, .has_epochs = true, .answered_by = "x"};
    SlotMap map;
    map.apply(view("m1"));
    FetchRound by_anybody({m1}, {seed});
    by_anybody.next();
    EXPECT_FALSE(by_anybody.offer(map, m1, foreign));
    EXPECT_FALSE(by_anybody.conclude(map));
    EXPECT_EQ(map.primary_of(0)->host, "m1");

    FetchRound seed_first({seed, m2}, {seed});
    seed_first.next();
    EXPECT_FALSE(seed_first.offer(map, seed, foreign));
    EXPECT_EQ(seed_first.next(), m2);
    EXPECT_TRUE(seed_first.offer(map, m2, view("m2")));
    EXPECT_EQ(map.primary_of(0)->host, "m1");

    FetchRound only_seed({m1, seed}, {seed});
    only_seed.next();
    only_seed.failed(m1, "gone");
    only_seed.next();
    EXPECT_FALSE(only_seed.offer(map, seed, foreign));
    EXPECT_TRUE(only_seed.conclude(map));
    EXPECT_EQ(map.primary_of(0)->host, "x");
}

TEST(FetchRound, a_minoritys_view_is_taken_when_there_is_no_other) {
    ClusterView cut_off = view("m1");
    cut_off.from_minority = true;
    SlotMap map;
    FetchRound round({m1}, {m1});
    round.next();
    EXPECT_FALSE(round.offer(map, m1, cut_off));
    EXPECT_TRUE(round.conclude(map));
    EXPECT_EQ(map.covered_slots(), 16384u);
}

}  // namespace
}  // namespace keyslot::routing
