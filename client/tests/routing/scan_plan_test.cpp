// Which node a scan visits next, and which slots that covers: client-bugs 88, 89.
#include "client/routing/scan_plan.hpp"

#include <gtest/gtest.h>

namespace keyslot::routing {
namespace {

using namespace std::chrono_literals;
using topology::SlotRange;

std::vector<topology::Shard> two_shards() {
    return {{.primary = {.id = "a"}, .slots = {{0, 8191}}},
            {.primary = {.id = "b"}, .slots = {{8192, 16383}}}};
}

ScanNodeState owner_of(SlotRange range, std::uint64_t epoch = 1) {
    ScanNodeState state{.is_primary = true, .epoch = epoch};
    state.owned.insert(range);
    return state;
}

struct ScanPlanTest : testing::Test {
    ScanPlan plan{5s};
    Instant now{};

    ScanPlanTest() { plan.learn(1, two_shards()); }
    std::string visited() {
        auto const action = plan.next(now);
        auto const* visit = std::get_if<ScanPlan::Visit>(&action);
        return visit != nullptr ? visit->node : "";
    }
    bool finished() { return std::holds_alternative<ScanPlan::Finished>(plan.next(now)); }
    bool visit(ScanNodeState const& before, ScanNodeState const& after) {
        if (!plan.begun(before, now)) {
            return false;
        }
        plan.ended(after, now);
        return true;
    }
};

ScanNodeState const whole_a = owner_of({0, 8191});
ScanNodeState const whole_b = owner_of({8192, 16383});

TEST_F(ScanPlanTest, visits_each_primary_once_when_nothing_moves) {
    EXPECT_EQ(visited(), "a");
    EXPECT_TRUE(plan.begun(whole_a, now));
    EXPECT_TRUE(plan.wants(0));
    EXPECT_FALSE(plan.wants(8192));
    plan.ended(whole_a, now);
    EXPECT_EQ(visited(), "b");
    EXPECT_TRUE(visit(whole_b, whole_b));
    EXPECT_TRUE(finished());
    EXPECT_TRUE(plan.open().empty());
}

TEST_F(ScanPlanTest, follows_a_slot_that_moves_to_its_target_even_if_that_was_visited_before) {
    EXPECT_EQ(visited(), "a");
    ScanNodeState moving = whole_a;
    moving.migrating[5] = "b";
    EXPECT_TRUE(visit(whole_a, moving));
    EXPECT_EQ(plan.open(), (std::vector<SlotRange>{{5, 5}, {8192, 16383}}));
    EXPECT_EQ(visited(), "b");
    ScanNodeState importing = whole_b;
    importing.importing.insert({5, 5});
    EXPECT_TRUE(plan.begun(importing, now));
    EXPECT_TRUE(plan.wants(5));
    plan.ended(importing, now);
    EXPECT_TRUE(finished());
    EXPECT_TRUE(plan.open().empty());
}

TEST_F(ScanPlanTest, does_not_take_a_target_for_the_home_before_the_source_was_visited) {
    plan.learn(2, std::vector<topology::Shard>{{.primary = {.id = "b"}, .slots = {{8192, 16383}}},
                                               {.primary = {.id = "a"}, .slots = {{0, 8191}}}});
    EXPECT_EQ(visited(), "a") << "by slot, whatever the order of the shards";
    plan.failed(now);
    EXPECT_EQ(visited(), "b");
    ScanNodeState importing = whole_b;
    importing.importing.insert({5, 5});
    EXPECT_TRUE(plan.begun(importing, now));
    EXPECT_FALSE(plan.wants(5));
}

TEST_F(ScanPlanTest, goes_after_slots_that_have_moved_away_during_the_visit) {
    EXPECT_EQ(visited(), "a");
    ScanNodeState after = owner_of({100, 8191});
    after.others = {{"b", {{0, 99}, {8192, 16383}}}};
    EXPECT_TRUE(visit(whole_a, after));
    EXPECT_EQ(visited(), "b");
    ScanNodeState more = whole_b;
    more.owned.insert({0, 99});
    EXPECT_TRUE(visit(more, more));
    EXPECT_TRUE(finished());
    EXPECT_TRUE(plan.open().empty());
}

TEST_F(ScanPlanTest, begins_a_slot_again_that_may_have_gone_and_come_back) {
    EXPECT_EQ(visited(), "a");
    EXPECT_TRUE(visit(whole_a, owner_of({0, 8191}, 7)));  // another epoch
    EXPECT_EQ(plan.open(), (std::vector<SlotRange>{{0, 16383}}));
    now += 1s;
    EXPECT_EQ(visited(), "a");
    ScanNodeState moving = whole_a;
    moving.migrating[5] = "b";
    EXPECT_TRUE(visit(moving, whole_a));  // taken back
    EXPECT_EQ(plan.open(), (std::vector<SlotRange>{{5, 5}, {8192, 16383}}));
}

TEST_F(ScanPlanTest, counts_no_visit_of_a_node_that_was_cut_off_or_lost_its_role) {
    for (bool const cut_off : {true, false}) {
        now += 1min;
        EXPECT_EQ(visited(), "a");
        ScanNodeState after = whole_a;
        after.is_cut_off = cut_off;
        after.is_primary = cut_off;
        EXPECT_TRUE(visit(whole_a, after));
        EXPECT_EQ(plan.open(), (std::vector<SlotRange>{{0, 16383}}));
    }
}

TEST_F(ScanPlanTest, goes_on_elsewhere_while_a_node_rests_and_ends_without_it_when_patience_does) {
    EXPECT_EQ(visited(), "a");
    plan.failed(now);
    EXPECT_EQ(visited(), "b");
    EXPECT_TRUE(visit(whole_b, whole_b));
    EXPECT_TRUE(std::holds_alternative<ScanPlan::Wait>(plan.next(now)));
    now += 100ms;
    EXPECT_EQ(visited(), "a");
    plan.failed(now);
    now += 5s;
    EXPECT_EQ(visited(), "a") << "one more attempt before it ends";
    plan.failed(now);
    EXPECT_TRUE(finished());
    EXPECT_EQ(plan.open(), (std::vector<SlotRange>{{0, 8191}}));
}

TEST_F(ScanPlanTest, begins_a_slot_again_when_its_target_has_gone) {
    EXPECT_EQ(visited(), "a");
    ScanNodeState moving = whole_a;
    moving.migrating[5] = "b";
    EXPECT_TRUE(visit(whole_a, moving));
    plan.learn(2,
               std::vector<topology::Shard>{{.primary = {.id = "a"}, .slots = {{0, 8191}}},
                                            {.primary = {.id = "b2"}, .slots = {{8192, 16383}}}});
    EXPECT_EQ(visited(), "a");
}

TEST_F(ScanPlanTest, ends_when_a_slot_is_sent_to_and_fro_for_ever) {
    ScanNodeState moving = whole_a;
    moving.migrating[5] = "b";
    int visits = 0;
    for (; !finished() && visits < 100; ++visits) {
        now += 10ms;
        std::string const node = visited();
        ScanNodeState const& state = node == "a" ? moving : whole_b;  // b imports nothing
        if (node.empty()) {
            now += 2s;
        } else if (plan.begun(state, now)) {
            plan.got_page();
            plan.ended(state, now);
        }
    }
    EXPECT_LT(visits, 100);
    EXPECT_EQ(plan.open(), (std::vector<SlotRange>{{5, 5}}));
}

TEST_F(ScanPlanTest, ends_when_visits_go_on_and_on_without_covering_anything) {
    for (int n = 0; n < 16; ++n) {
        now += 1min;
        EXPECT_EQ(visited(), "a");
        EXPECT_TRUE(plan.begun(whole_a, now));
        plan.got_page();
        plan.failed(now);
    }
    EXPECT_TRUE(finished());
}

}  // namespace
}  // namespace keyslot::routing
