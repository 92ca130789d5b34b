#include "client/routing/retry_budget.hpp"

#include <gtest/gtest.h>

namespace keyslot::routing {
namespace {

using namespace std::chrono_literals;

Instant at(Duration since_start) { return Instant{} + 1h + since_start; }

TEST(RetryBudget, LetsASecondsWorthGoAtOnceAndThenPaces) {
    RetryBudget budget(100);
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(budget.reserve(at(0ms)), at(0ms)) << i;
    }
    EXPECT_EQ(budget.reserve(at(0ms)), at(0ms)) << "the bucket is full now";
    EXPECT_EQ(budget.reserve(at(0ms)), at(10ms));
    EXPECT_EQ(budget.reserve(at(0ms)), at(20ms));
    EXPECT_EQ(budget.reserve(at(500ms)), at(500ms)) << "it empties with time";
}

TEST(RetryBudget, NeverGivesMoreThanItsRateOverALongTime) {
    RetryBudget budget(50);
    Instant last{};
    for (int i = 0; i < 5000; ++i) {
        last = std::max(last, budget.reserve(at(0ms)));
    }
    EXPECT_GE(last, at(98s));
    EXPECT_LE(last, at(100s));
}

TEST(RetryBudget, OfZeroIsNone) {
    RetryBudget budget(0);
    for (int i = 0; i < 100000; ++i) {
        ASSERT_EQ(budget.reserve(at(0ms)), at(0ms));
    }
}

}  // namespace
}  // namespace keyslot::routing
