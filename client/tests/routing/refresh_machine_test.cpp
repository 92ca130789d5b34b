#include "client/routing/refresh_machine.hpp"

#include <gtest/gtest.h>

#include <random>

namespace keyslot::routing {
namespace {

using namespace std::chrono_literals;
using Action = RefreshMachine::Action;

Instant at(Duration since_origin) { return Instant{since_origin}; }
Action const nothing{};
Action const start_now{.start_now = true, .wake_at = std::nullopt};
Action wake_at(Duration when) { return {.start_now = false, .wake_at = at(when)}; }

RefreshLimits const limits{.interval_min = 200ms, .period = 30s, .backoff_max = 1s};

TEST(RefreshMachine, StartsWithTheClientAndThenPeriodically) {
    RefreshMachine refresh(limits);
    EXPECT_EQ(refresh.started(at(0s), 0), start_now);
    EXPECT_TRUE(refresh.running());
    EXPECT_EQ(refresh.finished(true, at(10ms), 0), wake_at(27s + 10ms))
        << "the period less a tenth";
    EXPECT_FALSE(refresh.running());
    EXPECT_EQ(refresh.woken(at(20s), 0), wake_at(27s + 10ms)) << "too early";
    EXPECT_EQ(refresh.woken(at(27s + 10ms), 0), start_now);
}

// A replica that loads when the client starts would be passed over for a whole period.
TEST(RefreshMachine, WhatIsShownInPassingIsLookedAtAgainSoon) {
    RefreshMachine refresh(limits);
    refresh.started(at(0s), 0);
    EXPECT_EQ(refresh.finished(true, at(10ms), 0, true), wake_at(2s + 10ms));
    EXPECT_EQ(refresh.woken(at(2s + 10ms), 0), start_now);
    EXPECT_EQ(refresh.finished(true, at(2s + 20ms), 0, true), wake_at(4s + 20ms));
    refresh.woken(at(4s + 20ms), 0);
    EXPECT_EQ(refresh.finished(true, at(4s + 30ms), 0), wake_at(27s + 4s + 30ms));
}

TEST(RefreshMachine, APeriodOfZeroMeansOnlyForAReason) {
    RefreshMachine refresh({.interval_min = 200ms, .period = 0s, .backoff_max = 1s});
    refresh.started(at(0s), 0);
    EXPECT_EQ(refresh.finished(true, at(10ms), 0), nothing);
    EXPECT_EQ(refresh.requested(RefreshReason::moved, at(5s), 0), start_now);
}

// client-bugs 44: one at a time.
TEST(RefreshMachine, RequestsDuringAFetchAreOneFetchMore) {
    RefreshMachine refresh(limits);
    refresh.started(at(0s), 0);
    for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(refresh.requested(RefreshReason::moved, at(1ms), 0), nothing);
    }
    EXPECT_EQ(refresh.finished(true, at(10ms), 0), wake_at(200ms))
        << "it may have read the old state";
    EXPECT_EQ(refresh.woken(at(200ms), 0), start_now);
    EXPECT_EQ(refresh.finished(true, at(210ms), 0), wake_at(27s + 210ms)) << "and that was all";
}

TEST(RefreshMachine, KeepsTheFloorBetweenTwoStarts) {
    RefreshMachine refresh(limits);
    refresh.started(at(0s), 0);
    refresh.finished(true, at(10ms), 0);
    EXPECT_EQ(refresh.requested(RefreshReason::moved, at(199ms), 50'000'000), wake_at(250ms));
    EXPECT_EQ(refresh.requested(RefreshReason::moved, at(199ms), 0), nothing)
        << "it is due already";
    EXPECT_EQ(refresh.woken(at(250ms), 0), start_now);
    refresh.finished(true, at(260ms), 0);
    EXPECT_EQ(refresh.requested(RefreshReason::moved, at(450ms), 0), start_now) << "at the floor";
}

// client-bugs 42
TEST(RefreshMachine, AFailedFetchIsRetriedUntilOneSucceeds) {
    RefreshMachine refresh(limits);
    refresh.started(at(0s), 0);
    EXPECT_EQ(refresh.finished(false, at(10ms), 0), wake_at(200ms)) << "never below the floor";
    Duration now = 200ms;
    for (Duration const pause : {200ms, 400ms, 500ms, 500ms}) {
        EXPECT_EQ(refresh.woken(at(now), 0), start_now);
        now += 100ms;
        EXPECT_EQ(refresh.finished(false, at(now), 0),
                  wake_at(now + (pause == 200ms ? 200ms : pause)));
        EXPECT_EQ(refresh.requested(RefreshReason::moved, at(now), 0), nothing)
            << "bounded all the same";
        now += pause;
    }
    EXPECT_EQ(refresh.woken(at(now), 0), start_now);
    EXPECT_EQ(refresh.finished(true, at(now), 0), wake_at(now + 27s));
}

// client-bugs 46: the fetch at t0 caught the old view, the failover came a second later.
TEST(RefreshMachine, AfterAFailureTheViewIsFetchedAgainAtDoublingDistance) {
    RefreshMachine refresh(limits);
    refresh.started(at(0s), 0);
    refresh.finished(true, at(0s), 0);
    EXPECT_EQ(refresh.requested(RefreshReason::connection_failed, at(10s), 0), start_now);
    Duration now = 10s;
    for (Duration const pause : {1s, 2s, 4s, 8s, 16s, 27s, 27s}) {
        EXPECT_EQ(refresh.finished(true, at(now), 0), wake_at(now + pause));
        now += pause;
        EXPECT_EQ(refresh.woken(at(now), 0), start_now);
    }
}

// client-bugs 2, 12, 37, 39, 49
TEST(RefreshMachine, EveryReasonCounts) {
    for (RefreshReason const reason :
         {RefreshReason::moved, RefreshReason::connection_failed, RefreshReason::timeout,
          RefreshReason::read_only, RefreshReason::no_owner, RefreshReason::cluster_down}) {
        RefreshMachine refresh(limits);
        EXPECT_EQ(refresh.requested(reason, at(1s), 0), start_now) << to_string(reason);
    }
    RefreshMachine refresh(limits);
    EXPECT_EQ(refresh.requested(RefreshReason::none, at(1s), 0), nothing);
}

// client-bugs 2: counting MOVED may put the fetch off, it never skips it.
TEST(RefreshMachine, AfterSoManyMovedAtOnceAndAfterFewerSoon) {
    RefreshMachine refresh(
        {.interval_min = 200ms, .period = 30s, .backoff_max = 1s, .moved_steps = 3});
    refresh.started(at(0s), 0);
    EXPECT_EQ(refresh.requested(RefreshReason::moved, at(1ms), 0), nothing);
    EXPECT_EQ(refresh.finished(true, at(10ms), 0), wake_at(1s + 10ms)) << "one MOVED since";
    EXPECT_EQ(refresh.woken(at(1s + 10ms), 0), start_now);
    EXPECT_EQ(refresh.finished(true, at(2s), 0), wake_at(29s));
    EXPECT_EQ(refresh.requested(RefreshReason::moved, at(3s), 0), wake_at(4s));
    EXPECT_EQ(refresh.requested(RefreshReason::moved, at(3500ms), 0), nothing);
    EXPECT_EQ(refresh.requested(RefreshReason::moved, at(3600ms), 0), start_now) << "the third";
}

TEST(RefreshMachine, ZeroStepsMeanThatMovedIsNoReason) {
    RefreshMachine refresh({.moved_steps = 0});
    refresh.started(at(0s), 0);
    refresh.finished(true, at(10ms), 0);
    EXPECT_EQ(refresh.requested(RefreshReason::moved, at(3s), 0), nothing);
    EXPECT_EQ(refresh.requested(RefreshReason::no_owner, at(3s), 0), start_now);
}

// client-bugs 74
TEST(RefreshMachine, NothingStartsAfterClose) {
    RefreshMachine refresh(limits);
    refresh.started(at(0s), 0);
    refresh.requested(RefreshReason::moved, at(1ms), 0);
    refresh.close();
    EXPECT_EQ(refresh.finished(false, at(10ms), 0), nothing);
    EXPECT_EQ(refresh.requested(RefreshReason::moved, at(1s), 0), nothing);
    EXPECT_EQ(refresh.woken(at(100s), 0), nothing);
    EXPECT_EQ(refresh.started(at(100s), 0), nothing);
}

TEST(RefreshMachine, EventsOutOfPlaceChangeNothing) {
    RefreshMachine refresh(limits);
    EXPECT_EQ(refresh.woken(at(1s), 0), nothing);
    EXPECT_EQ(refresh.finished(true, at(1s), 0), nothing);
    EXPECT_EQ(refresh.started(at(1s), 0), start_now);
    EXPECT_EQ(refresh.started(at(1s), 0), nothing);
    EXPECT_EQ(refresh.woken(at(2s), 0), nothing);
}

// One fetch at a time, the floor kept, and each request followed by a fetch that begins after it.
TEST(RefreshMachine, KeepsItsPromisesUnderAnyTraffic) {
    std::mt19937_64 random(3);
    for (int run = 0; run < 300; ++run) {
        RefreshMachine refresh(limits);
        std::optional<Instant> wake, last_start, unanswered, fetch_ends;
        Instant now = at(1s);
        bool fetch_succeeds = true;
        auto obey = [&](Action const& action) {
            if (action.wake_at) {
                ASSERT_GE(*action.wake_at, now);
                wake = action.wake_at;
            }
            if (!action.start_now) {
                return;
            }
            ASSERT_FALSE(fetch_ends) << "one at a time";
            ASSERT_TRUE(!last_start || now - *last_start >= limits.interval_min) << "the floor";
            last_start = now;
            unanswered.reset();
            fetch_succeeds = random() % 4 != 0;
            fetch_ends = now + Duration{static_cast<std::int64_t>(random() % 300'000'000)};
        };
        for (int step = 0; step < 200 && !HasFatalFailure(); ++step) {
            if (random() % 3 == 0) {
                if (!unanswered) {
                    unanswered = now;
                }
                RefreshReason const reason =
                    random() % 2 == 0 ? RefreshReason::moved : RefreshReason::timeout;
                obey(refresh.requested(reason, now, random()));
            }
            if (unanswered) {
                ASSERT_LE(now - *unanswered, limits.backoff_max + 2 * limits.interval_min + 600ms);
            }
            now += Duration{static_cast<std::int64_t>(random() % 50'000'000)};
            if (fetch_ends && now >= *fetch_ends) {
                fetch_ends.reset();
                obey(refresh.finished(fetch_succeeds, now, random()));
            } else if (!fetch_ends && wake && now >= *wake) {
                wake.reset();
                obey(refresh.woken(now, random()));
            }
        }
    }
}

}  // namespace
}  // namespace keyslot::routing
