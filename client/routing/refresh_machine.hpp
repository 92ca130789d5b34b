#pragma once

#include "client/routing/call_machine.hpp"

#include <keyslot/time.hpp>

#include <cstdint>
#include <optional>

namespace keyslot::routing {

struct RefreshLimits {
    Duration interval_min =
        std::chrono::milliseconds{200};  ///< between the starts of two refreshes
    Duration period = std::chrono::seconds{30};              ///< without any reason; zero: never
    Duration backoff_max = std::chrono::seconds{1};          ///< between failed refreshes
    int moved_steps = 1;  ///< refresh after so many MOVED, or backoff_max after the first; 0: never
};

/// Decides when the topology is fetched: one at a time, never more often than the floor, again
/// after a failure or when the trigger was not resolved, periodically with jitter. It never asks by
/// itself: the shell calls it on every event and obeys.
///
/// What callers may rely on: unless closed, every request is followed by a fetch that starts after
/// it (one that was under way may have read the old state), at the latest the floor with its jitter
/// or the failure backoff later. After a request that speaks of a failure, further fetches follow
/// at doubling distance, because the first one may well have come before the failover (client-bugs
/// 46).
class RefreshMachine {
public:
    explicit RefreshMachine(RefreshLimits limits) : limits_(limits) {}

    struct Action {
        bool start_now = false;  ///< begin fetching
        std::optional<Instant> wake_at{};  ///< call woken() then (replaces any earlier wake-up)
        friend bool operator==(Action const&, Action const&) = default;
    };
    Action started(Instant now, std::uint64_t random);  ///< the client starts
    Action requested(RefreshReason reason, Instant now, std::uint64_t random);
    Action woken(Instant now, std::uint64_t random);
    /// The fetch under way ended; `success`: a view was applied or found unchanged. `in_passing`: it shows
    /// what will soon be over (a replica that is loading), and is fetched again soon.
    Action finished(bool success, Instant now, std::uint64_t random, bool in_passing = false);
    /// From now on nothing is asked for, whatever is told (client-bugs 74).
    void close();

    bool running() const { return running_; }

private:
    Action start(Instant now);
    Action wait_until(Instant due);
    Action moved_once_more(Instant now);
    Instant earliest_start(std::uint64_t random) const;
    std::optional<Duration> pause_after_success(std::uint64_t random, bool in_passing);
    Duration pause_after_failure(std::uint64_t random) const;

    RefreshLimits limits_;
    bool running_ = false;
    bool closed_ = false;
    bool wanted_ = false;  // asked for since the last fetch began
    int failures_ = 0;  // in a row
    int moved_ = 0;  // since the last fetch began
    int rechecks_left_ = 0;
    std::optional<Instant> last_start_;
    std::optional<Instant> due_;
};

}  // namespace keyslot::routing
