#pragma once

#include <keyslot/options.hpp>
#include <keyslot/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace keyslot {

/// How often which time was taken: eight buckets to each power of two of microseconds, so that a percentile
/// is at most an eighth too high; what takes longer than two minutes counts as two minutes. Of fixed size.
class DurationHistogram {
public:
    struct Bucket {
        Duration from{};
        Duration to{};
        std::uint64_t count = 0;
    };

    void record(Duration latency);

    std::uint64_t count() const { return count_; }
    Duration min() const { return count_ == 0 ? Duration{0} : min_; }
    Duration max() const { return max_; }
    Duration mean() const {
        return count_ == 0 ? Duration{0} : sum_ / static_cast<Duration::rep>(count_);
    }
    /// What that share (0 to 1) of all was not longer than; zero when there are none.
    Duration percentile(double share) const;
    /// Those that are not empty, in ascending order.
    std::vector<Bucket> buckets() const;

private:
    std::array<std::uint64_t, 200> counts_{};
    std::uint64_t count_ = 0;
    Duration sum_{};
    Duration min_ = Duration::max();
    Duration max_{};
};

/// What the client has had to do with one node, over all its connections there.
struct NodeStats {
    ClusterNode node;
    std::uint64_t connects = 0;  ///< connections made
    std::uint64_t connect_failures = 0;  ///< that could not be made
    std::uint64_t disconnects = 0;  ///< that ended
    std::uint64_t replies = 0;  ///< errors included
    std::uint64_t errors = 0;  ///< error replies, redirections included
    std::uint64_t redirections = 0;  ///< MOVED and ASK
    std::uint64_t lost = 0;  ///< attempts that ended without a reply
    DurationHistogram latency;  ///< from the writing of a command to its reply
};

}  // namespace keyslot
