#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>

namespace keyslot::sim {

/// A deterministic random stream (SplitMix64): the same numbers on every compiler, integers only.
/// Streams form a tree by name, so that a draw in one ("net") never moves a draw in another.
class Random {
public:
    explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

    constexpr std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15u;
        return mix(state_);
    }

    /// Uniform in 0..n-1, without bias; n > 0.
    constexpr std::uint64_t below(std::uint64_t n) { return below(Bound{n}); }

    /// For who draws below the same number many times.
    struct Bound {
        constexpr explicit Bound(std::uint64_t bound) : n(bound), threshold((0 - n) % n) {
            assert(n > 0);
        }
        std::uint64_t n;
        std::uint64_t threshold;  ///< 2^64 mod n
    };
    constexpr std::uint64_t below(Bound const& bound) {
        for (;;) {
            std::uint64_t const draw = next();
            if (draw >= bound.threshold) {
                return draw % bound.n;
            }
        }
    }

    /// Uniform in low..high, both included.
    constexpr std::int64_t between(std::int64_t low, std::int64_t high) {
        assert(low <= high);
        auto const width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
        std::uint64_t const draw = width == 0 ? next() : below(width);
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw);
    }

    /// "3 in 100", never 0.03.
    constexpr bool chance(std::uint32_t numerator, std::uint32_t denominator) {
        return below(denominator) < numerator;
    }

    /// A stream of its own. Does not draw from this one.
    constexpr Random fork(std::string_view name) const {
        std::uint64_t hash = 0xcbf29ce484222325u;
        for (char const c : name) {
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
        }
        return Random{mix(state_ ^ mix(hash))};
    }

private:
    static constexpr std::uint64_t mix(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

    std::uint64_t state_;
};

}  // namespace keyslot::sim
