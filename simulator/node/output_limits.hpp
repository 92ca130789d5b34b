#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keyslot::sim {

enum class ClientClass : std::uint8_t { normal, replica, pubsub };

/// client-output-buffer-limit: how much may wait to be sent to a client before it is dropped. 0: any
/// amount.
struct OutputLimit {
    std::uint64_t hard_bytes = 0;
    std::uint64_t soft_bytes = 0;
    std::int64_t soft_seconds = 0;
};

struct OutputLimits {
    OutputLimit& of(ClientClass kind) { return limits[static_cast<std::size_t>(kind)]; }
    OutputLimit const& of(ClientClass kind) const { return limits[static_cast<std::size_t>(kind)]; }

    /// "normal 0 0 0 pubsub 32mb 8mb 60": classes that are not named stay as they are. What is wrong
    /// with it, as CONFIG SET says it; nullopt: taken.
    std::optional<std::string> parse(std::string_view text);
    std::string text() const;

    std::array<OutputLimit, 3> limits{{
        {0, 0, 0},
        {256 << 20, 64 << 20, 60},
        {32 << 20, 8 << 20, 60},
    }};
};

}  // namespace keyslot::sim
