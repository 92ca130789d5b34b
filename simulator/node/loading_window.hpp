#pragma once

#include "simulator/node/node.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace keyslot::sim {

/// A data set is being loaded, and clients are told so.
struct LoadingWindow {
    Instant since{};
    Instant until{};
    std::int64_t bytes = 0;

    static LoadingWindow of(NodeConfig const& config, Instant now, std::int64_t bytes,
                            std::int64_t keys) {
        return {.since = now,
                .until = now + std::chrono::microseconds{config.loading_us_min} +
                         std::chrono::nanoseconds{config.loading_ns_per_byte * bytes} +
                         std::chrono::microseconds{keys * std::max(config.key_load_delay_us, 0)},
                .bytes = bytes};
    }
};

}  // namespace keyslot::sim
