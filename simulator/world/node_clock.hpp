#pragma once

#include <keyslot/sim/cluster.hpp>
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
        return own_base_ + passed + scaled(passed, parts_per_million_);
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
        Duration const passed = world - world_base_;
        Duration const own = wall_base_ + passed + scaled(passed, wall_parts_per_million_);
        return unix_origin_ms_ + std::chrono::floor<std::chrono::milliseconds>(own).count();
    }

    /// The rates are these from now on; the jumps happen now.
    void skew(Instant world, ClockSkew const& by) {
        assert(by.monotonic_ppm > -million && by.wall_ppm > -million);
        assert(by.monotonic_jump >= Duration{});
        Duration const passed = world - world_base_;
        own_base_ = at(world) + by.monotonic_jump;
        wall_base_ += passed + scaled(passed, wall_parts_per_million_) + by.wall_jump;
        world_base_ = world;
        parts_per_million_ = by.monotonic_ppm;
        wall_parts_per_million_ = by.wall_ppm;
    }
    /// How far the wall clock is ahead of what it would show without any skew.
    Duration wall_error(Instant world) const {
        Duration const passed = world - world_base_;
        return wall_base_ + passed + scaled(passed, wall_parts_per_million_) -
               world.time_since_epoch();
    }

private:
    static constexpr std::int64_t million = 1'000'000;

    static Duration scaled(Duration passed, std::int64_t parts_per_million) {
        std::int64_t const ns = passed.count();
        return Duration{ns / million * parts_per_million +
                        ns % million * parts_per_million / million};
    }

    Instant world_base_{};
    Instant own_base_{};
    Duration wall_base_{};
    std::int64_t parts_per_million_ = 0;
    std::int64_t wall_parts_per_million_ = 0;
    std::int64_t unix_origin_ms_;
};

}  // namespace keyslot::sim
