#include <keyslot/node_stats.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace keyslot {

namespace {

// Values below 8 have a bucket each; from there on 8 to each power of two.
std::size_t bucket_of(std::uint64_t microseconds) {
    if (microseconds < 8) {
        return static_cast<std::size_t>(microseconds);
    }
    auto const exponent = static_cast<std::size_t>(std::bit_width(microseconds)) - 1;
    return (exponent - 2) * 8 + static_cast<std::size_t>(microseconds >> (exponent - 3) & 7u);
}

Duration begin_of(std::size_t bucket) {
    std::size_t const count = bucket < 8 ? bucket : (8 + bucket % 8) << (bucket / 8 - 1);
    return std::chrono::microseconds(count);
}

}  // namespace

void DurationHistogram::record(Duration latency) {
    auto const count =
        std::chrono::duration_cast<std::chrono::microseconds>(std::max(latency, Duration{0}));
    ++counts_[std::min(bucket_of(static_cast<std::uint64_t>(count.count())), counts_.size() - 1)];
    ++count_;
    sum_ += latency;
    min_ = std::min(min_, latency);
    max_ = std::max(max_, latency);
}

Duration DurationHistogram::percentile(double share) const {
    auto const wanted = static_cast<std::uint64_t>(
        std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        seen += counts_[bucket];
        if (seen >= std::max<std::uint64_t>(wanted, 1)) {
            return std::clamp(begin_of(bucket + 1), min_, max_);
        }
    }
    return max_;
}

std::vector<DurationHistogram::Bucket> DurationHistogram::buckets() const {
    std::vector<Bucket> filled;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        if (counts_[bucket] != 0) {
            filled.push_back({begin_of(bucket), begin_of(bucket + 1), counts_[bucket]});
        }
    }
    return filled;
}

}  // namespace keyslot
