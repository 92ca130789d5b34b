#include "simulator/runner/availability.hpp"

#include <gtest/gtest.h>

using namespace std::chrono_literals;

namespace keyslot::sim {
namespace {

TEST(Availability, TellsTheLongestGapOfAnyRange) {
    Availability availability;
    availability.begin({{{0, 5460}}, {{5461, 10922}}, {{10923, 16383}}}, Instant{1s});
    for (auto time = 1s; time < 10s; time += 1s) {
        availability.succeeded(0, Instant{time});
        availability.succeeded(16383, Instant{time});
        if (time < 3s || time > 6s) {
            availability.succeeded(5461, Instant{time});
        }
    }
    auto const worst = availability.worst(Instant{10s});
    EXPECT_EQ(worst.length, 5s);
    EXPECT_EQ(worst.from, Instant{2s});
    EXPECT_EQ(worst.range, "5461-10922");
}

TEST(Availability, CountsAGapThatIsStillOpen) {
    Availability availability;
    availability.begin({{{0, 16383}}}, Instant{0s});
    availability.succeeded(7, Instant{1s});
    EXPECT_EQ(availability.worst(Instant{9s}).length, 8s);
}

TEST(Availability, TellsEveryOutageOfEachRange) {
    Availability availability;
    availability.begin({{{0, 8191}}, {{8192, 16383}}}, Instant{0s}, 2s);
    for (int const second : {1, 4, 5, 9}) {
        availability.succeeded(0, Instant{std::chrono::seconds{second}});
    }
    auto const outages = availability.outages(Instant{10s});
    ASSERT_EQ(outages.size(), 2u);
    EXPECT_EQ(outages[0].range, "0-8191");
    ASSERT_EQ(outages[0].gaps.size(), 2u);
    EXPECT_EQ(outages[0].gaps[0].from, Instant{1s});
    EXPECT_EQ(outages[0].gaps[1].length, 4s);
    ASSERT_EQ(outages[1].gaps.size(), 1u) << "still open";
    EXPECT_EQ(outages[1].gaps[0].length, 10s);
}

TEST(Availability, AShareMayBeManyRanges) {
    Availability availability;
    availability.begin({{{0, 10}, {100, 110}}, {{11, 99}}}, Instant{0s});
    availability.succeeded(105, Instant{1s});
    availability.succeeded(7, Instant{3s});
    availability.succeeded(50, Instant{4s});
    availability.succeeded(111, Instant{5s});  // nobody's
    auto const worst = availability.worst(Instant{5s});
    EXPECT_EQ(worst.range, "11-99");
    EXPECT_EQ(worst.length, 4s);
    EXPECT_EQ(availability.outages(Instant{5s})[0].range, "0-10 ...");
}

}  // namespace
}  // namespace keyslot::sim
