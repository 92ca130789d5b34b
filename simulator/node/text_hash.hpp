#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace keyslot::sim {

/// For hash tables that are used for look-up and never walked: it can change without changing any
/// trace.
struct TextHash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const {
        // Eight bytes a step, folded by a multiplication.
        constexpr std::uint64_t factor = 0x9e3779b97f4a7c15u;
        std::uint64_t hash = text.size() * factor;
        char const* bytes = text.data();
        std::size_t left = text.size();
        for (; left >= 8; bytes += 8, left -= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes, 8);
            hash = (hash ^ word) * factor;
            hash ^= hash >> 32;
        }
        std::uint64_t tail = 0;
        if (left != 0) {
            std::memcpy(&tail, bytes, left);
        }
        hash = (hash ^ tail) * factor;
        return static_cast<std::size_t>(hash ^ hash >> 32);
    }
};

}  // namespace keyslot::sim
