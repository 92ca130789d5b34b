#pragma once

#include <chrono>
#include <cstdint>

namespace keyslot {

using Duration = std::chrono::nanoseconds;

/// The time line of an Environment: nanoseconds since an origin of its own. It has no now() on
/// purpose; only an Environment knows what time it is.
struct Timeline {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = Duration;
    using time_point = std::chrono::time_point<Timeline, Duration>;
    static constexpr bool is_steady = true;
};

using Instant = Timeline::time_point;

}  // namespace keyslot
