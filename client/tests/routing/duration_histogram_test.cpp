#include <keyslot/node_stats.hpp>

#include <gtest/gtest.h>

namespace keyslot {
namespace {

using namespace std::chrono_literals;

TEST(DurationHistogram, is_empty_at_first) {
    DurationHistogram const none;
    EXPECT_EQ(none.count(), 0u);
    EXPECT_EQ(none.min(), 0ms);
    EXPECT_EQ(none.mean(), 0ms);
    EXPECT_EQ(none.percentile(0.5), 0ms);
    EXPECT_TRUE(none.buckets().empty());
}

TEST(DurationHistogram, has_each_duration_in_a_bucket_no_wider_than_an_eighth_of_it) {
    for (Duration duration = 1us; duration < 120s; duration += duration / 7 + 1us) {
        DurationHistogram one;
        one.record(duration);
        auto const buckets = one.buckets();
        ASSERT_EQ(buckets.size(), 1u);
        EXPECT_LE(buckets[0].from, duration);
        EXPECT_GT(buckets[0].to, duration);
        EXPECT_LE(buckets[0].to - buckets[0].from, std::max<Duration>(duration / 8, 1us));
        EXPECT_EQ(one.percentile(1), duration);
    }
}

TEST(DurationHistogram, tells_percentiles_at_most_an_eighth_too_high) {
    DurationHistogram all;
    for (int i = 1; i <= 1000; ++i) {
        all.record(i * 1ms);
    }
    for (double const share : {0.01, 0.5, 0.9, 0.99, 1.0}) {
        Duration const exact(static_cast<Duration::rep>(share * 1e9));
        EXPECT_GE(all.percentile(share), exact);
        EXPECT_LE(all.percentile(share), exact + exact / 8);
    }
    EXPECT_EQ(all.percentile(0), all.percentile(0.001));
    EXPECT_EQ(all.mean(), 500500us);
    EXPECT_EQ(all.min(), 1ms);
    EXPECT_EQ(all.max(), 1s);
}

TEST(DurationHistogram, takes_what_is_out_of_all_bounds) {
    DurationHistogram all;
    all.record(0ms);
    all.record(-1ms);
    all.record(std::chrono::hours{1000});
    EXPECT_EQ(all.count(), 3u);
    EXPECT_EQ(all.buckets().size(), 2u);
}

}  // namespace
}  // namespace keyslot
