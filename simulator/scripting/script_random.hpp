#pragma once

#include <cstdint>

namespace keyslot::sim {

/// The numbers behind math.random: the 48-bit linear congruential generator of POSIX, which Redis uses
/// so that a seed gives the same sequence on every machine. Its state belongs to the server process:
/// SCRIPT FLUSH leaves it alone, a restart does not.
class ScriptRandom {
public:
    static constexpr std::int32_t max = 0x7fffffff;

    /// 0..max
    std::int32_t next() {
        state_ = (state_ * 0x5deece66dU + 0xb) & mask;
        return static_cast<std::int32_t>(state_ >> 17);
    }
    void seed(std::int32_t seed) {
        state_ = (std::uint64_t{static_cast<std::uint32_t>(seed)} << 16) | 0x330e;
    }

private:
    static constexpr std::uint64_t mask = (std::uint64_t{1} << 48) - 1;
    std::uint64_t state_ = 0x1234abcd330e;  // of a process that has just started
};

}  // namespace keyslot::sim
