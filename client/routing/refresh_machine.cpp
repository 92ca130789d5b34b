#include "client/routing/refresh_machine.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>

namespace keyslot::routing {
namespace {

// After news of a failure the view is fetched again 1, 2, 4, 8 and 16 times backoff_max later: with
// the default limits that covers a failover at the default node timeout of 15 seconds.
constexpr int rechecks = 5;

Duration up_to(Duration longest, std::uint64_t random) {
    if (longest <= Duration{0}) {
        return Duration{0};
    }
    auto const span = static_cast<std::uint64_t>(longest.count()) + 1;
    return Duration{static_cast<std::int64_t>(random % span)};
}

}  // namespace

RefreshMachine::Action RefreshMachine::started(Instant now, std::uint64_t) {
    if (closed_ || running_) {
        return {};
    }
    return start(now);
}

RefreshMachine::Action RefreshMachine::requested(RefreshReason reason, Instant now,
                                                 std::uint64_t random) {
    if (closed_ || reason == RefreshReason::none) {
        return {};
    }
    if (reason != RefreshReason::moved) {
        rechecks_left_ = rechecks;
    } else if (limits_.moved_steps == 0) {
        return {};
    } else if (++moved_ < limits_.moved_steps) {
        return moved_once_more(now);
    }
    if (running_) {
        KEYSLOT_SOMETIMES("refresh.asked_for_while_running");
        KEYSLOT_SOMETIMES_IF("refresh.moved_while_running", reason == RefreshReason::moved);
        wanted_ = true;
        return {};
    }
    if (wanted_) {
        return {};  // already due as early as may be
    }
    if (!last_start_ || now >= *last_start_ + limits_.interval_min) {
        return start(now);
    }
    wanted_ = true;
    return wait_until(earliest_start(random));
}

// Too few for a fetch, but never none (client-bugs 2).
RefreshMachine::Action RefreshMachine::moved_once_more(Instant now) {
    Instant const due = now + limits_.backoff_max;
    if (running_ || (due_ && *due_ <= due)) {
        return {};
    }
    return wait_until(due);
}

RefreshMachine::Action RefreshMachine::woken(Instant now, std::uint64_t) {
    if (closed_ || running_ || !due_) {
        return {};
    }
    return now >= *due_ ? start(now) : wait_until(*due_);
}

RefreshMachine::Action RefreshMachine::finished(bool success, Instant now, std::uint64_t random,
                                                bool in_passing) {
    if (closed_ || !running_) {
        return {};
    }
    running_ = false;
    if (!success) {
        KEYSLOT_SOMETIMES("refresh.failed");
        ++failures_;
        wanted_ = true;  // until one succeeds (client-bugs 42)
        return wait_until(std::max(earliest_start(0), now + pause_after_failure(random)));
    }
    failures_ = 0;
    if (wanted_) {
        return wait_until(std::max(earliest_start(random), now));
    }
    auto const pause = pause_after_success(random, in_passing);
    return pause ? wait_until(std::max(earliest_start(0), now + *pause)) : Action{};
}

void RefreshMachine::close() {
    closed_ = true;
    running_ = false;
    due_.reset();
}

RefreshMachine::Action RefreshMachine::start(Instant now) {
    running_ = true;
    wanted_ = false;
    moved_ = 0;
    last_start_ = now;
    due_.reset();
    return {.start_now = true, .wake_at = std::nullopt};
}

RefreshMachine::Action RefreshMachine::wait_until(Instant due) {
    due_ = due;
    return {.start_now = false, .wake_at = due};
}

// The jitter comes on top: thousands of clients that saw the same event do not come back together
// (client-bugs 44).
Instant RefreshMachine::earliest_start(std::uint64_t random) const {
    Instant const earliest = last_start_.value_or(Instant{}) + limits_.interval_min;
    return earliest + up_to(limits_.interval_min / 4, random);
}

std::optional<Duration> RefreshMachine::pause_after_success(std::uint64_t random,
                                                            bool in_passing) {
    std::optional<Duration> pause;
    if (limits_.period > Duration{0}) {
        pause = limits_.period - limits_.period / 10 + up_to(limits_.period / 5, random);
    }
    if (moved_ > 0) {
        pause = std::min(pause.value_or(limits_.backoff_max), limits_.backoff_max);
    }
    if (in_passing) {
        Duration const soon = 2 * limits_.backoff_max;
        pause = std::min(pause.value_or(soon), soon + up_to(soon / 4, random));
    }
    if (rechecks_left_ > 0) {
        Duration const recheck = limits_.backoff_max * (1 << (rechecks - rechecks_left_));
        --rechecks_left_;
        pause = std::min(pause.value_or(recheck), recheck + up_to(recheck / 4, random));
    }
    return pause;
}

Duration RefreshMachine::pause_after_failure(std::uint64_t random) const {
    Duration pause = limits_.interval_min;
    for (int i = 1; i < failures_ && pause < limits_.backoff_max; ++i) {
        pause *= 2;
    }
    pause = std::min(pause, limits_.backoff_max);
    return pause / 2 + up_to(pause / 2, random);
}

}  // namespace keyslot::routing
