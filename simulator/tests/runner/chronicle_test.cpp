#include "simulator/runner/runner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

using namespace std::chrono_literals;
using testing::Contains;

namespace keyslot::sim {
namespace {

TEST(Histogram, KeepsEveryCountHoweverLongTheRun) {
    Histogram histogram;
    for (int second = 0; second < 3600; ++second) {
        histogram.add(Instant{std::chrono::seconds{second}}, 2);
    }
    std::uint64_t sum = 0;
    for (std::uint64_t const count : histogram.counts()) {
        sum += count;
    }
    EXPECT_EQ(sum, 7200u);
    EXPECT_EQ(histogram.total(), 7200u);
    EXPECT_GE(histogram.stretch() * 512, 3599s);
    EXPECT_LT(histogram.stretch() * 512, 2 * 3600s);
}

TEST(Track, JoinsEqualNeighbours) {
    Track<int> track;
    for (int n = 0; n < 10; ++n) {
        track.note(Instant{std::chrono::seconds{n}}, n / 5);
    }
    ASSERT_EQ(track.changes().size(), 2u);
    EXPECT_EQ(track.changes()[1].from, Instant{5s});
}

TEST(Track, GrowsCoarseRatherThanLong) {
    Track<int> track;
    for (int n = 0; n < 100'000; ++n) {
        track.note(Instant{std::chrono::milliseconds{n}}, n);
    }
    EXPECT_LE(track.changes().size(), Track<int>::changes_max);
    EXPECT_GE(track.changes().size(), Track<int>::changes_max / 2);
    EXPECT_EQ(track.changes().back().value, 99'999);
    EXPECT_TRUE(std::is_sorted(track.changes().begin(), track.changes().end(),
                               [](auto const& a, auto const& b) { return a.from < b.from; }));
}

Chronicle chronicle_of(std::vector<TimedFault> faults) {
    Scenario scenario;
    scenario.workload.duration = 8s;
    scenario.workload.rate = {200};
    scenario.faults = std::move(faults);
    RunOptions options;
    options.chronicle = true;
    return *run_scenario(scenario, options).chronicle;
}

std::vector<NodeCondition> conditions(NodeChronicle const& node) {
    std::vector<NodeCondition> result;
    for (auto const& change : node.conditions.changes()) {
        result.push_back(change.value);
    }
    return result;
}

TEST(Chronicler, SeesACrashAndAPromotion) {
    Chronicle const chronicle = chronicle_of({{1s, Crash{.node = "node-2", .restart_after = 5s}}});
    ASSERT_EQ(chronicle.nodes.size(), 6u);
    NodeChronicle const& crashed = chronicle.nodes[1];
    NodeCondition const master{.life = Life::up, .is_master = true};
    EXPECT_EQ(crashed.name, "node-2");
    EXPECT_EQ(crashed.conditions.changes()[0].value, master);
    EXPECT_EQ(crashed.conditions.changes()[0].from, Instant{});
    EXPECT_EQ(crashed.conditions.changes()[1].value.life, Life::down);
    EXPECT_NEAR(
        std::chrono::duration<double>(crashed.conditions.changes()[1].from.time_since_epoch())
            .count(),
        1.0, 0.02);
    EXPECT_EQ(crashed.slots.changes()[0].value, 5462u);
    EXPECT_EQ(crashed.slots.changes()[1].value, 0u);
    // Its replica took over, and it came back as the replica of that one.
    auto const heir = std::find_if(
        chronicle.nodes.begin() + 3, chronicle.nodes.end(),
        [](NodeChronicle const& node) { return node.slots.changes().back().value == 5462u; });
    ASSERT_NE(heir, chronicle.nodes.end());
    EXPECT_EQ(heir->conditions.changes()[0].value.master, "node-2");
    EXPECT_THAT(conditions(*heir), Contains(master));
    EXPECT_EQ(crashed.conditions.changes().back().value.master, heir->name);
}

TEST(Chronicler, SeesAPauseAndRedirections) {
    Chronicle const chronicle = chronicle_of({{1s, Pause{.node = "node-4", .duration = 500ms}},
                                              {2s, Migrate{.slots = {{0, 200}}, .to = "node-2"}}});
    NodeCondition const paused{.life = Life::paused,
                               .master = chronicle.nodes[3].conditions.changes()[0].value.master};
    EXPECT_THAT(conditions(chronicle.nodes[3]), Contains(paused));
    NodeChronicle const& source = chronicle.nodes[0];
    EXPECT_EQ(source.slots.changes().back().value, 5461u - 201u);
    ASSERT_TRUE(source.refusals.contains("MOVED"));
    EXPECT_GT(chronicle.redirects.total(), 0u);
}

}  // namespace
}  // namespace keyslot::sim
