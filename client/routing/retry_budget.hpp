#pragma once

#include <keyslot/time.hpp>

#include <algorithm>

namespace keyslot::routing {

/// The client's limit for second attempts, all calls together: `burst` at once, then one every
/// `interval`. Attempts beyond it are not refused but come later, so that a node that returns is not
/// met by everything that has waited for it at once (client-bugs 44, 58).
class RetryBudget {
public:
    /// `per_second` 0: no limit.
    explicit RetryBudget(int per_second)
        : interval_(per_second > 0 ? Duration(std::chrono::seconds{1}) / per_second : Duration{0}),
          tolerance_(std::chrono::seconds{1}) {}

    /// When an attempt that would be made at `wanted` may be made; counts it.
    Instant reserve(Instant wanted) {
        if (interval_ == Duration{0}) {
            return wanted;
        }
        // A leaky bucket by its theoretical arrival time: one second's worth may come at once.
        Instant const allowed = std::max(wanted, full_at_ - tolerance_);
        full_at_ = std::max(full_at_, allowed) + interval_;
        return allowed;
    }

private:
    Duration interval_;
    Duration tolerance_;
    Instant full_at_{};
};

}  // namespace keyslot::routing
