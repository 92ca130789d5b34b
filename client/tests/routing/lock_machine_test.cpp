#include "client/routing/lock_machine.hpp"

#include <gtest/gtest.h>

namespace keyslot::routing {
namespace {

using namespace std::chrono_literals;
using Machine = LockMachine;
using Wish = LockMachine::Wish;

Instant const start{1000s};

Duration pause_of(Wish const& wish, Instant now) {
    auto const* sleep = std::get_if<Machine::Sleep>(&wish);
    return sleep != nullptr ? sleep->until - now : Duration{-1};
}

TEST(LockMachine, tries_at_once_and_is_done_when_granted) {
    Machine machine({.expiry = 10s});
    EXPECT_EQ(machine.step(Machine::Start{}, start, 0), Wish(Machine::Try{}));
    EXPECT_EQ(machine.step(Machine::Granted{start}, start + 1ms, 0), Wish(Machine::Acquired{}));
}

TEST(LockMachine, takes_a_grant_that_came_too_late_for_none) {
    Machine machine({.expiry = 10ms, .is_blocking = false});
    machine.step(Machine::Start{}, start, 0);
    EXPECT_EQ(machine.step(Machine::Granted{start}, start + 10ms, 0), Wish(Machine::NotAcquired{}));
}

TEST(LockMachine, pauses_between_half_and_all_of_the_time) {
    for (std::uint64_t random : {0u, 1u, 12345u, 50000001u, 4000000000u}) {
        Machine machine({.pause = 100ms});
        machine.step(Machine::Start{}, start, 0);
        Wish const wish = machine.step(Machine::Taken{}, start, random);
        EXPECT_GE(pause_of(wish, start), 50ms);
        EXPECT_LE(pause_of(wish, start), 100ms);
        EXPECT_EQ(machine.step(Machine::Woken{}, start + 100ms, 0), Wish(Machine::Try{}));
    }
}

TEST(LockMachine, does_not_wait_beyond_its_patience) {
    Machine machine({.pause = 100ms, .give_up_at = start + 150ms});
    machine.step(Machine::Start{}, start, 0);
    EXPECT_EQ(pause_of(machine.step(Machine::Taken{}, start, 0), start), 100ms);
    machine.step(Machine::Woken{}, start + 100ms, 0);
    EXPECT_EQ(machine.step(Machine::Taken{}, start + 100ms, 0), Wish(Machine::NotAcquired{}));
}

TEST(LockMachine, outlasts_failures_only_while_its_patience_has_an_end) {
    Machine patient({.give_up_at = start + 10s});
    patient.step(Machine::Start{}, start, 0);
    EXPECT_GT(pause_of(patient.step(Machine::Failed{Outcome::unknown, true}, start, 0), start),
              0ms);
    Machine endless({});
    endless.step(Machine::Start{}, start, 0);
    EXPECT_EQ(endless.step(Machine::Failed{Outcome::not_executed, true}, start, 0),
              Wish(Machine::Fail{Outcome::not_executed}));
}

TEST(LockMachine, takes_back_what_may_have_been_granted) {
    for (bool const is_confirmed : {true, false}) {
        Machine machine({});
        machine.step(Machine::Start{}, start, 0);
        EXPECT_EQ(machine.step(Machine::Failed{Outcome::unknown, true}, start, 0),
                  Wish(Machine::Release{}));
        EXPECT_EQ(is_confirmed ? machine.step(Machine::Released{}, start, 0)
                               : machine.step(Machine::NotReleased{}, start, 0),
                  Wish(Machine::Fail{is_confirmed ? Outcome::not_executed : Outcome::unknown}));
    }
}

TEST(LockMachine, is_in_doubt_no_longer_when_another_is_seen_to_have_it) {
    Machine machine({.give_up_at = start + 1s});
    machine.step(Machine::Start{}, start, 0);
    machine.step(Machine::Failed{Outcome::unknown, true}, start, 0);
    machine.step(Machine::Woken{}, start + 100ms, 0);
    machine.step(Machine::Taken{}, start + 100ms, 0);
    EXPECT_EQ(machine.step(Machine::Cancelled{}, start + 110ms, 0),
              Wish(Machine::Fail{Outcome::not_executed}));
}

}  // namespace
}  // namespace keyslot::routing
