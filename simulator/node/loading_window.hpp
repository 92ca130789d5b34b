#pragma once

#include "simulator/node/node.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace keyslot::sim {

/// A data set is being loaded. The node does nothing else, but every so many bytes it looks whether there
/// is anybody to be answered: only then clients are told that it is loading.
struct LoadingWindow {
    Instant since{};
    Instant until{};
    std::int64_t bytes = 0;
    std::int64_t bytes_between_looks = 0;

    static LoadingWindow of(NodeConfig const& config, Instant now, std::int64_t bytes,
                            std::int64_t keys) {
        return {.since = now,
                .until = now + std::chrono::microseconds{config.loading_us_min} +
                         std::chrono::nanoseconds{config.loading_ns_per_byte * bytes} +
                         std::chrono::microseconds{keys * std::max(config.key_load_delay_us, 0)},
                .bytes = bytes,
                .bytes_between_looks = config.loading_events_interval_bytes};
    }

    /// The first look after this moment; `until`: there is none any more.
    Instant look_after(Instant now) const {
        if (bytes < bytes_between_looks) {
            return until;
        }
        std::int64_t const whole = (until - since).count();
        Duration const between{whole / bytes * bytes_between_looks +
                               whole % bytes * bytes_between_looks / bytes};
        if (between == Duration::zero()) {
            return until;
        }
        return std::min(since + ((now - since) / between + 1) * between, until);
    }
};

}  // namespace keyslot::sim
