#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace keyslot::sim {

namespace detail {

inline std::uint64_t load_little_endian(char const* at, std::size_t bytes) {
    std::uint64_t word = 0;
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(&word, at, bytes);
    } else {
        for (std::size_t n = 0; n < bytes; ++n) {
            word |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[n])) << (8 * n);
        }
    }
    return word;
}

/// Up to seven bytes.
inline std::uint64_t load_short(char const* at, std::size_t bytes) {
    if (bytes >= 4) {
        return load_little_endian(at, 4) | load_little_endian(at + bytes - 4, 4) << 32;
    }
    std::uint64_t word = 0;
    for (std::size_t n = 0; n < bytes; ++n) {
        word |= std::uint64_t{static_cast<unsigned char>(at[n])} << (8 * n);
    }
    return word;
}

}  // namespace detail

/// Hash of a payload for the digest. Four lanes, so that bulk data runs at memory speed.
inline std::uint64_t hash_bytes(std::string_view bytes) {
    constexpr std::uint64_t prime = 0x9fb21c651e98df25u;
    std::uint64_t hash = (0x2545f4914f6cdd1du + bytes.size()) * 0xd6e8feb86659fd93u;
    char const* at = bytes.data();
    std::size_t left = bytes.size();
    if (left >= 32) {
        std::uint64_t lane[4] = {hash, hash ^ 1, hash ^ 2, hash ^ 3};
        for (; left >= 32; left -= 32, at += 32) {
            for (std::size_t n = 0; n < 4; ++n) {
                lane[n] =
                    std::rotl((lane[n] ^ detail::load_little_endian(at + 8 * n, 8)) * prime, 29);
            }
        }
        hash = lane[0] ^ std::rotl(lane[1], 13) ^ std::rotl(lane[2], 31) ^ std::rotl(lane[3], 47);
    }
    for (; left >= 8; left -= 8, at += 8) {
        hash = std::rotl((hash ^ detail::load_little_endian(at, 8)) * prime, 29);
    }
    if (left > 0) {
        // The last eight bytes once more rather than a copy of variable length: the length is in the hash.
        std::uint64_t const tail = bytes.size() >= 8 ? detail::load_little_endian(at + left - 8, 8)
                                                     : detail::load_short(at, left);
        hash = std::rotl((hash ^ tail) * prime, 29);
    }
    hash *= prime;
    return hash ^ (hash >> 32);
}

/// 64 bits that depend on every number folded in, and on their order.
class Digest {
public:
    void fold(std::uint64_t number) {
        state_ = std::rotl((state_ ^ number) * 0xd6e8feb86659fd93u, 32) + 0x9e3779b97f4a7c15u;
    }
    /// Two at the price of one.
    void fold(std::uint64_t first, std::uint64_t second) {
        fold(first ^ second * 0x9fb21c651e98df25u);
    }

    std::uint64_t value() const { return (state_ ^ (state_ >> 29)) * 0xbf58476d1ce4e5b9u; }

private:
    std::uint64_t state_ = 0x6b65795f736c6f74u;
};

}  // namespace keyslot::sim
