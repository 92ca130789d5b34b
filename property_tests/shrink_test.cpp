#include "property_tests/shrink.hpp"
#include "property_tests/generators.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace keyslot::testing {
namespace {

TEST(Shrink, NearlyEveryStepIsAScenarioThatAFileCanSayAndLeavesTheSeed) {
    int steps = 0, can_be = 0;
    for (std::uint64_t number = 1; number <= 5; ++number) {
        sim::Scenario const whole = numbered_scenario(number);
        for (sim::Scenario const& smaller : simpler(whole)) {
            ASSERT_EQ(smaller.seed, whole.seed);
            ASSERT_NE(smaller, whole);
            ++steps;
            can_be += can_be_said(smaller) ? 1 : 0;
        }
    }
    EXPECT_GE(can_be * 100, steps * 90);
}

/// No step can be taken back by others: from everywhere it comes to an end.
TEST(Shrink, EndsWhereNothingIsLeft) {
    for (std::uint64_t number = 1; number <= 5; ++number) {
        std::uint64_t tries = 0;
        auto const always = [&tries](sim::Scenario const&) { return ++tries > 0; };
        sim::Scenario const least = shrink(numbered_scenario(number), always, 2000);
        ASSERT_LT(tries, 500u) << to_yaml(least);
        EXPECT_TRUE(least.faults.empty());
        EXPECT_EQ(least.workload.calls_max, 1u);
        EXPECT_EQ(least.cluster.masters, 1u);
    }
}

TEST(Shrink, KeepsWhatItTakesToFail) {
    auto const needs_a_crash = [](sim::Scenario const& scenario) {
        for (sim::TimedFault const& timed : scenario.faults) {
            if (std::holds_alternative<sim::Crash>(timed.fault)) {
                return true;
            }
        }
        return false;
    };
    std::uint64_t number = 1;
    while (!needs_a_crash(numbered_scenario(number))) {
        ++number;
    }
    sim::Scenario const least = shrink(numbered_scenario(number), needs_a_crash, 2000);
    ASSERT_EQ(least.faults.size(), 1u);
    EXPECT_EQ(least.faults.front().at, Duration{});
    EXPECT_EQ(std::get<sim::Crash>(least.faults.front().fault).node, sim::HostName("node-1"));
}

}  // namespace
}  // namespace keyslot::testing
