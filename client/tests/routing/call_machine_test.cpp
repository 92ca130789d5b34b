#include "client/tests/routing/call_script.hpp"

#include <algorithm>
#include <vector>

namespace keyslot::routing {
namespace {

using namespace std::chrono_literals;

TEST(CallMachine, ACallIsOneSendAndItsAnswer) {
    CallScript call;
    EXPECT_EQ(call.step(Start{}), CallAction{.wish = by_map});
    EXPECT_EQ(call.step(Answered{}), CallAction{.wish = Deliver{}});
    EXPECT_EQ(call.machine.attempts(), 1);
    EXPECT_EQ(call.machine.redirects(), 0);
}

TEST(CallMachine, TheShortPathIsTheSameAsTheSteps) {
    CallScript call;
    EXPECT_TRUE(call.machine.started(call.now));
    EXPECT_FALSE(call.machine.started(call.now)) << "once only";
    EXPECT_EQ(call.machine.attempts(), 1);
    call.machine.answered();
    EXPECT_EQ(call.wish(Woken{}), CallWish{Deliver{}});

    CallScript late;
    EXPECT_FALSE(late.machine.started(late.deadline));
    EXPECT_EQ(late.machine.step(Start{}, late.deadline, 0).wish,
              (CallWish{Fail{FailureCode::deadline, Outcome::not_executed}}));
    late.machine.answered();
    EXPECT_TRUE(std::holds_alternative<Fail>(late.wish(Answered{}))) << "a failure is final";
}

// client-bugs 1: a MOVED target beats the map for that one retry.
TEST(CallMachine, MovedIsFollowedAtOncePatchesAndRefreshes) {
    CallScript call;
    call.step(Start{});
    CallAction const action = call.step(moved_to(node_b));
    EXPECT_EQ(action.wish, CallWish{to(node_b)});
    EXPECT_EQ(action.refresh, RefreshReason::moved);
    ASSERT_TRUE(action.patch);
    EXPECT_EQ(*action.patch, std::pair(some_slot, node_b));
    EXPECT_FALSE(action.close_connection);
}

// client-bugs 5: the second MOVED is followed as well.
TEST(CallMachine, AChainOfMovedIsFollowed) {
    CallScript call;
    call.step(Start{});
    EXPECT_EQ(call.wish(moved_to(node_b, node_a)), CallWish{to(node_b)});
    EXPECT_EQ(call.wish(moved_to(node_c, node_b)), CallWish{to(node_c)});
    EXPECT_EQ(call.wish(Answered{}), CallWish{Deliver{}});
}

// client-bugs 6
TEST(CallMachine, PingPongBacksOffAndEndsWithTheBudget) {
    CallScript call;
    call.random = ~std::uint64_t{0} >> 1;
    call.step(Start{});
    EXPECT_EQ(call.wish(moved_to(node_b, node_a)), CallWish{to(node_b)});
    EXPECT_EQ(call.wish(moved_to(node_a, node_b)), CallWish{to(node_a)});
    for (int i = 2; i < call.limits.redirects_max; ++i) {
        EXPECT_EQ(call.wish_after_pause(moved_to(node_b, node_a)), CallWish{to(node_b)}) << i;
        ASSERT_EQ(call.machine.redirects(), i + 1);
    }
    CallAction const last = call.step(moved_to(node_b, node_a));
    EXPECT_EQ(last.wish, (CallWish{Fail{FailureCode::too_many_redirects, Outcome::not_executed}}));
    EXPECT_EQ(last.refresh, RefreshReason::moved) << "client-bugs 39: whatever becomes of the call";
    EXPECT_TRUE(last.patch);
}

// client-bugs 7
TEST(CallMachine, MovedToItselfDialsTheSameNodeAnewAfterAPause) {
    CallScript call;
    call.step(Start{});
    CallAction const action = call.step(moved_to(node_a, node_a));
    EXPECT_TRUE(std::holds_alternative<Wait>(action.wish));
    EXPECT_TRUE(action.close_connection);
    EXPECT_FALSE(action.patch);
    EXPECT_EQ(action.refresh, RefreshReason::moved);
    call.now = std::get<Wait>(action.wish).until;
    EXPECT_EQ(call.wish(Woken{}), CallWish{to(node_a)});
}

// client-bugs 10: "MOVED 3999 ?:6381"
TEST(CallMachine, MovedToNowhereRefreshesAndGoesByTheMap) {
    CallScript call;
    call.step(Start{});
    CallAction const action = call.step(moved_to({}));
    EXPECT_EQ(action.refresh, RefreshReason::moved);
    EXPECT_FALSE(action.patch);
    call.now = std::get<Wait>(action.wish).until;
    EXPECT_EQ(call.wish(Woken{}), CallWish{by_map});
}

// client-bugs 15, 17
TEST(CallMachine, AskIsFollowedWithAskingAndLeavesTheMapAlone) {
    CallScript call;
    call.step(Start{});
    EXPECT_EQ(call.step(ask(node_b)), CallAction{.wish = asking(node_b)});
    EXPECT_EQ(call.step(Answered{}), CallAction{.wish = Deliver{}});
}

// client-bugs 19: every command that is asked for gets an ASKING of its own.
TEST(CallMachine, ASecondAskIsFollowedWithAskingAgain) {
    CallScript call;
    call.step(Start{});
    EXPECT_EQ(call.wish(ask(node_b)), CallWish{asking(node_b)});
    EXPECT_EQ(call.wish(moved_to(node_a, node_b)), CallWish{to(node_a)});
    EXPECT_EQ(call.wish_after_pause(ask(node_b)), CallWish{asking(node_b)});
}

TEST(CallMachine, AskToNowhereRefreshesAndGoesByTheMap) {
    CallScript call;
    call.step(Start{});
    CallAction const action = call.step(ask({}));
    EXPECT_EQ(action.refresh, RefreshReason::moved);
    EXPECT_TRUE(std::holds_alternative<Wait>(action.wish));
    EXPECT_EQ(call.wish(Woken{}), CallWish{by_map});
}

// client-bugs 20
TEST(CallMachine, TryAgainRepeatsTheSameSendWithoutRefresh) {
    CallScript by_the_map;
    by_the_map.step(Start{});
    EXPECT_EQ(by_the_map.step(refused(ErrorKind::try_again)).refresh, RefreshReason::none);
    EXPECT_EQ(by_the_map.wish(Woken{}), CallWish{by_map});

    CallScript at_the_target;
    at_the_target.step(Start{});
    at_the_target.step(ask(node_b));
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(at_the_target.wish_after_pause(refused(ErrorKind::try_again, {}, node_b)),
                  CallWish{asking(node_b)});
    }
    EXPECT_EQ(at_the_target.machine.redirects(), 1) << "TRYAGAIN is no redirection";

    CallScript moved;
    moved.step(Start{});
    moved.step(moved_to(node_b));
    EXPECT_EQ(moved.wish_after_pause(refused(ErrorKind::try_again, {}, node_b)),
              CallWish{to(node_b)});
}

// client-bugs 23
TEST(CallMachine, CrossSlotIsDeliveredNeverRetried) {
    CallScript call;
    call.step(Start{});
    EXPECT_EQ(call.step(refused(ErrorKind::cross_slot)), CallAction{.wish = Deliver{}});
}

// client-bugs 12, 24, 25, 26
TEST(CallMachine, RefusalsOfTheMomentWaitRefreshAndGoByTheMap) {
    struct {
        ErrorKind kind;
        RefreshReason refresh;
    } const cases[] = {
        {ErrorKind::cluster_down, RefreshReason::cluster_down},
        {ErrorKind::loading, RefreshReason::cluster_down},
        {ErrorKind::master_down, RefreshReason::cluster_down},
        {ErrorKind::read_only, RefreshReason::read_only},
    };
    for (auto const& [kind, refresh] : cases) {
        CallScript call;
        call.step(Start{});
        call.step(ask(node_b));
        CallAction const action = call.step(refused(kind, {}, node_b));
        EXPECT_EQ(action.refresh, refresh);
        EXPECT_FALSE(action.patch);
        ASSERT_TRUE(std::holds_alternative<Wait>(action.wish)) << action;
        EXPECT_EQ(call.wish(Woken{}), CallWish{by_map}) << "not to the node that refused";
    }
}

// client-bugs 14
TEST(CallMachine, AHoleInTheMapIsRetriedAfterARefresh) {
    CallScript call;
    call.step(Start{});
    CallAction const action = call.step(NoOwner{});
    EXPECT_EQ(action.refresh, RefreshReason::no_owner);
    call.now = std::get<Wait>(action.wish).until;
    EXPECT_EQ(call.wish(Woken{}), CallWish{by_map});
}

// client-bugs 37, 38, 53
TEST(CallMachine, AConnectionThatFailsBeforeTheWriteIsRetriedByTheMap) {
    for (bool const repeatable : {false, true}) {
        CallScript call(repeatable);
        call.step(Start{});
        call.step(moved_to(node_b));
        CallAction const action = call.step(failed(false));
        EXPECT_EQ(action.refresh, RefreshReason::connection_failed);
        ASSERT_TRUE(std::holds_alternative<Wait>(action.wish));
        EXPECT_EQ(call.wish(Woken{}), CallWish{by_map});
    }
}

// client-bugs 56
TEST(CallMachine, AWriteWhoseOutcomeIsUnknownIsNotSentAgain) {
    CallScript call(false);
    call.step(Start{});
    CallAction const action = call.step(failed(true));
    EXPECT_EQ(action.wish, (CallWish{Fail{FailureCode::connection_lost, Outcome::unknown}}));
    EXPECT_EQ(action.refresh, RefreshReason::connection_failed) << "client-bugs 39";
    EXPECT_EQ(call.step(Woken{}), CallAction{.wish = action.wish});
}

TEST(CallMachine, ARepeatableCommandIsSentAgain) {
    CallScript call(true);
    call.step(Start{});
    EXPECT_EQ(call.wish_after_pause(failed(true)), CallWish{by_map});
}

// A write that its caller allowed to run twice may have run once when the deadline comes.
TEST(CallMachine, DoubtAboutAnEarlierAttemptIsNotForgotten) {
    CallScript call(true);
    call.step(Start{});
    call.step(failed(true));
    EXPECT_EQ(call.wish(DeadlineReached{false}),
              (CallWish{Fail{FailureCode::deadline, Outcome::unknown}}));
}

TEST(CallMachine, TheDeadlineTellsWhetherTheCommandMayHaveRun) {
    struct {
        bool written;
        Outcome outcome;
    } const cases[] = {{false, Outcome::not_executed}, {true, Outcome::unknown}};
    for (auto const& [written, outcome] : cases) {
        CallScript call;
        call.step(Start{});
        CallAction const action = call.step(DeadlineReached{written});
        EXPECT_EQ(action.wish, (CallWish{Fail{FailureCode::deadline, outcome}}));
        EXPECT_EQ(action.refresh, RefreshReason::timeout) << "client-bugs 37, 49, 65";
    }
}

TEST(CallMachine, ADeadlineInAPauseSaysNothingAboutTheNode) {
    CallScript call;
    call.step(Start{});
    call.step(refused(ErrorKind::try_again));
    EXPECT_EQ(call.step(DeadlineReached{false}),
              (CallAction{.wish = Fail{FailureCode::deadline, Outcome::not_executed}}));
}

TEST(CallMachine, CancellationTellsWhetherTheCommandMayHaveRun) {
    CallScript before;
    before.step(Start{});
    EXPECT_EQ(before.step(Cancelled{false}),
              (CallAction{.wish = Fail{FailureCode::cancelled, Outcome::not_executed}}));
    CallScript after;
    after.step(Start{});
    EXPECT_EQ(after.step(Cancelled{true}),
              (CallAction{.wish = Fail{FailureCode::cancelled, Outcome::unknown}}));
}

// client-bugs 50, 57: nothing leaves after the deadline.
TEST(CallMachine, NothingIsSentAtOrAfterTheDeadline) {
    CallScript call;
    call.step(Start{});
    call.now = call.deadline;
    CallAction const action = call.step(moved_to(node_b));
    EXPECT_EQ(action.wish, (CallWish{Fail{FailureCode::deadline, Outcome::not_executed}}));
    EXPECT_TRUE(action.patch) << "but what was learned is kept";
    EXPECT_EQ(action.refresh, RefreshReason::moved);
}

TEST(CallMachine, PausesNeverReachBeyondTheDeadline) {
    CallScript call;
    call.random = 9'999'999;
    call.step(Start{});
    call.now = call.deadline - 1ms;
    EXPECT_EQ(call.wish(refused(ErrorKind::cluster_down)), CallWish{Wait{call.deadline}});
    call.now = call.deadline;
    EXPECT_EQ(call.wish(Woken{}), (CallWish{Fail{FailureCode::deadline, Outcome::not_executed}}));
}

TEST(CallMachine, ACallWithoutADeadlineCanPause) {
    CallLimits const limits;
    CallMachine machine(limits, Instant::max(), false);
    machine.step(Start{}, at(5s), 0);
    EXPECT_EQ(machine.step(NoOwner{}, at(5s), 10'000'000).wish, CallWish{Wait{at(5s + 10ms)}});
}

// Full jitter: from nothing to a limit that doubles up to backoff_max.
TEST(CallMachine, PausesDoubleUpToTheirLimit) {
    CallScript call;
    call.step(Start{});
    for (Duration const longest : {10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1000ms, 1000ms}) {
        auto const span = static_cast<std::uint64_t>(Duration{longest}.count()) + 1;
        call.random = span * 3 + span - 1;
        Wait const pause = std::get<Wait>(call.wish(refused(ErrorKind::cluster_down)));
        EXPECT_EQ(pause.until - call.now, longest);
        call.now = pause.until;
        call.step(Woken{});
        call.random = 0;
    }
    EXPECT_EQ(call.wish(refused(ErrorKind::cluster_down)), CallWish{Wait{call.now}});
}

// client-bugs 54: attempts have a limit, and no stack grows with them.
TEST(CallMachine, AttemptsAreLimited) {
    CallScript call;
    call.deadline = Instant::max();
    call.step(Start{});
    for (int i = 1; i < call.limits.attempts_max; ++i) {
        ASSERT_EQ(call.wish(failed(false)), CallWish{Wait{call.now}});
        ASSERT_EQ(call.wish(Woken{}), CallWish{by_map}) << i;
    }
    call.step(failed(false));
    EXPECT_EQ(call.wish(Woken{}),
              (CallWish{Fail{FailureCode::too_many_attempts, Outcome::not_executed}}));
    EXPECT_EQ(call.machine.attempts(), call.limits.attempts_max);
}

TEST(CallMachine, AttemptsUsedUpOnAHoleSaySo) {
    CallScript call(false, {.attempts_max = 1});
    call.step(Start{});
    EXPECT_EQ(call.wish_after_pause(NoOwner{}),
              (CallWish{Fail{FailureCode::no_owner, Outcome::not_executed}}));
}

TEST(CallMachine, RetriesCanBeLimitedAndRedirectionsAreNone) {
    CallScript call(true, {.retries_max = 1});
    call.step(Start{});
    EXPECT_EQ(call.wish(moved_to(node_b)), CallWish{to(node_b)});
    EXPECT_EQ(call.wish_after_pause(refused(ErrorKind::cluster_down)), CallWish{by_map});
    EXPECT_EQ(call.wish(failed(false)),
              (CallWish{Fail{FailureCode::too_many_attempts, Outcome::not_executed}}));

    CallScript none(false, {.retries_max = 0});
    none.step(Start{});
    CallAction const action = none.step(NoOwner{});
    EXPECT_EQ(action.wish, (CallWish{Fail{FailureCode::no_owner, Outcome::not_executed}}));
    EXPECT_EQ(action.refresh, RefreshReason::no_owner) << "client-bugs 39";
}

TEST(CallMachine, AnAttemptWithoutAnAnswerIsRepeatedOnlyIfThatIsAllowed) {
    Failed silent = failed(true);
    silent.timed_out = true;
    CallScript read(true);
    read.step(Start{});
    EXPECT_EQ(read.wish_after_pause(silent), CallWish{by_map});

    CallScript strict(true, {.retry_on_timeout = false});
    strict.step(Start{});
    CallAction const action = strict.step(silent);
    EXPECT_EQ(action.wish, (CallWish{Fail{FailureCode::attempt_timeout, Outcome::unknown}}));
    EXPECT_EQ(action.refresh, RefreshReason::connection_failed) << "client-bugs 37, 49";

    CallScript write(false);
    write.step(Start{});
    EXPECT_EQ(write.wish(silent), (CallWish{Fail{FailureCode::attempt_timeout, Outcome::unknown}}));
}

TEST(CallMachine, RedirectsHaveABudgetOfTheirOwn) {
    CallScript call(false, {.redirects_max = 1});
    call.step(Start{});
    EXPECT_EQ(call.wish(moved_to(node_b)), CallWish{to(node_b)});
    EXPECT_EQ(call.wish(ask(node_c, node_b)),
              (CallWish{Fail{FailureCode::too_many_redirects, Outcome::not_executed}}));
    CallScript none(false, {.redirects_max = 0});
    none.step(Start{});
    EXPECT_EQ(none.wish(moved_to(node_b)),
              (CallWish{Fail{FailureCode::too_many_redirects, Outcome::not_executed}}));
}

TEST(CallMachine, IsSmall) { EXPECT_LE(sizeof(CallMachine), 48u); }

TEST(CallAction, PrintsWhatItSays) {
    std::ostringstream text;
    CallScript call;
    text << call.step(Start{}) << '\n'
         << call.step(moved_to(node_b)) << '\n'
         << call.step(ask(node_c));
    text << '\n' << call.step(moved_to(node_c, node_c)) << '\n' << call.step(DeadlineReached{true});
    EXPECT_EQ(text.str(),
              "Send{by map}\n"
              "Send{10.0.0.2:7001} refresh(moved) patch(3999 -> 10.0.0.2:7001)\n"
              "Send{10.0.0.3:7002, asking}\n"
              "Wait{0 ns} refresh(moved) close\n"
              "Fail{deadline, unknown}");
}

void start_at_one_node(CallScript& call) {
    call.machine = CallMachine(call.limits, call.deadline, false, true);
    call.step(Start{});
}

TEST(CallMachine, ACallForOneNodeIsNotRedirected) {
    CallScript moved;
    start_at_one_node(moved);
    CallAction const action = moved.step(moved_to(node_b));
    EXPECT_EQ(action.wish, CallWish{Deliver{}});
    EXPECT_EQ(action.refresh, RefreshReason::moved);
    EXPECT_FALSE(action.patch);
    CallScript asked;
    start_at_one_node(asked);
    EXPECT_EQ(asked.step(ask(node_b)), CallAction{.wish = Deliver{}});
}

TEST(CallMachine, ACallForOneNodeWaitsForItAFewTimes) {
    CallScript call;
    start_at_one_node(call);
    EXPECT_EQ(call.wish_after_pause(refused(ErrorKind::loading)), CallWish{by_map});
    EXPECT_EQ(call.wish_after_pause(failed(false)), CallWish{by_map});
    EXPECT_EQ(call.wish(failed(false)),
              (CallWish{Fail{FailureCode::too_many_attempts, Outcome::not_executed}}));
}

// client-bugs 25, 26
TEST(CallMachine, AReadGoesFromReplicaToReplicaWithoutAPause) {
    CallScript call(true);
    call.step(Start{});
    Refused loading = refused(ErrorKind::loading);
    loading.by_replica = true;
    EXPECT_EQ(call.step(loading), CallAction{.wish = by_map}) << "no reason to look at the map";
    Failed lost = failed(true);
    lost.by_replica = true;
    CallAction const action = call.step(lost);
    EXPECT_EQ(action.wish, CallWish{by_map});
    EXPECT_EQ(action.refresh, RefreshReason::connection_failed);
    EXPECT_EQ(call.step(Doubted{}), CallAction{.wish = by_map});
    EXPECT_EQ(call.wish(Answered{}), CallWish{Deliver{}});
    EXPECT_EQ(call.machine.attempts(), 4);
}

TEST(CallMachine, AReadThatItsPrimaryFailedGoesToAReplicaWithoutAPauseAndTheMapIsLookedAt) {
    CallScript call(true);
    call.step(Start{});
    Refused loading = refused(ErrorKind::loading);
    loading.elsewhere = true;
    EXPECT_EQ(call.step(loading),
              (CallAction{.wish = by_map, .refresh = RefreshReason::cluster_down}));
    Failed dead = failed(false);
    dead.elsewhere = true;
    EXPECT_EQ(call.step(dead),
              (CallAction{.wish = by_map, .refresh = RefreshReason::connection_failed}));
    EXPECT_EQ(call.wish(Answered{}), CallWish{Deliver{}});
}

// client-bugs 86
TEST(CallMachine, AScriptGoesInFullToWhereItsNameWasNotKnown) {
    CallScript call;
    call.step(Start{});
    call.step(ask(node_b));
    EXPECT_EQ(call.step(refused(ErrorKind::no_script, {}, node_b)),
              CallAction{.wish = asking(node_b)});
    EXPECT_EQ(call.wish(Answered{}), CallWish{Deliver{}});
}

TEST(CallMachine, AReadThatAReplicaAnsweredInVainHasRun) {
    CallScript call(true);
    call.step(Start{});
    call.step(Doubted{});
    EXPECT_EQ(call.wish(Cancelled{false}),
              (CallWish{Fail{FailureCode::cancelled, Outcome::unknown}}));
}

}  // namespace
}  // namespace keyslot::routing
