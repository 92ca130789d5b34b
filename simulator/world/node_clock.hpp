#pragma once

#include <keyslot/time.hpp>

#include <cassert>
#include <cstdint>

namespace keyslot::sim {

/// A node's own clock: simulated time, but for the faults of a clock.
class NodeClock {
public:
    explicit NodeClock(std::int64_t unix_time_origin_ms) : unix_origin_ms_(unix_time_origin_ms) {}

    Instant at(Instant world) const {
        Duration const passed = world - world_base_;
        return own_base_ + passed + scaled(passed);
    }
    /// The first moment of simulated time at which this clock shows `own` or more.
    Instant when(Instant own) const {
        std::int64_t const ahead = (own - own_base_).count();
        std::int64_t const rate = million + parts_per_million_;
        Instant world =
            world_base_ + Duration{ahead / rate * million + ahead % rate * million / rate};
        // Right but for the rounding.
        while (at(world) < own) {
            world += Duration{1};
        }
        while (at(world - Duration{1}) >= own) {
            world -= Duration{1};
        }
        return world;
    }
    std::int64_t unix_time_ms(Instant world) const {
        Duration const own = at(world).time_since_epoch() + wall_offset_;
        return unix_origin_ms_ + std::chrono::floor<std::chrono::milliseconds>(own).count();
    }

    void skew(Instant world, std::int64_t parts_per_million, Duration wall_jump) {
        assert(parts_per_million > -million);
        own_base_ = at(world);
        world_base_ = world;
        parts_per_million_ = parts_per_million;
        wall_offset_ += wall_jump;
    }

private:
    static constexpr std::int64_t million = 1'000'000;

    Duration scaled(Duration passed) const {
        std::int64_t const ns = passed.count();
        return Duration{ns / million * parts_per_million_ +
                        ns % million * parts_per_million_ / million};
    }

    Instant world_base_{};
    Instant own_base_{};
    std::int64_t parts_per_million_ = 0;
    Duration wall_offset_{};
    std::int64_t unix_origin_ms_;
};

}  // namespace keyslot::sim
