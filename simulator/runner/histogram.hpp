#pragma once

#include <keyslot/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace keyslot::sim {

/// How often something happened, over the time of a run of any length, in fixed memory: stretches
/// become twice as long whenever the run outgrows them.
class Histogram {
public:
    static constexpr std::size_t stretches = 512;

    void add(Instant at, std::uint64_t count) {
        Duration const time = at.time_since_epoch();
        while (time / stretch_ >= static_cast<std::int64_t>(stretches)) {
            coarsen();
        }
        counts_[static_cast<std::size_t>(time / stretch_)] += count;
        total_ += count;
    }

    /// How long each stretch is; the first begins at simulated time 0.
    Duration stretch() const { return stretch_; }
    std::array<std::uint64_t, stretches> const& counts() const { return counts_; }
    std::uint64_t total() const { return total_; }

private:
    void coarsen() {
        for (std::size_t n = 0; n < stretches; ++n) {
            counts_[n] = n < stretches / 2 ? counts_[2 * n] + counts_[2 * n + 1] : 0;
        }
        stretch_ *= 2;
    }

    Duration stretch_ = std::chrono::milliseconds{10};
    std::array<std::uint64_t, stretches> counts_{};
    std::uint64_t total_ = 0;
};

}  // namespace keyslot::sim
