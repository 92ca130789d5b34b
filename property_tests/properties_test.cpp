// What must hold whatever happens. A failure prints the shrunk scenario: saved to a file it replays with
//     keyslot-sim run FILE
// Another search: RC_PARAMS="seed=7 max_success=1000" property_tests
#include "property_tests/generators.hpp"
#include "property_tests/shrink.hpp"
#include "simulator/runner/runner.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace keyslot {
namespace {

using testing::PlanKinds;

constexpr PlanKinds no_faults{
    .migrations = false, .network = false, .processes = false, .mistakes = false};

/// Fails the property when the run broke one of the rules.
void expect_rules(sim::RunResult const& result, std::initializer_list<std::string_view> which) {
    for (auto const* violations : {&result.safety, &result.liveness}) {
        for (sim::Violation const& violation : *violations) {
            if (std::find(which.begin(), which.end(), violation.rule) != which.end()) {
                RC_FAIL(std::string(violation.rule) + ": " + violation.what);
            }
        }
    }
}

/// Calls that end without success although nothing is wrong: no part of some properties.
sim::Scenario without_given_up_calls(sim::Scenario scenario) {
    scenario.workload.cancel = 0;
    scenario.workload.close = false;
    scenario.workload.mix.watch = 0;
    return scenario;
}

/// All rules at once, of safety and of liveness.
TEST(Property, NoRuleIsBroken) {
    EXPECT_TRUE(rc::check("no rule is broken", [] {
        auto const scenario = *testing::scenario();
        sim::RunResult const result = sim::run_scenario(scenario);
        for (auto const* violations : {&result.safety, &result.liveness}) {
            if (!violations->empty()) {
                RC_FAIL(std::string(violations->front().rule) + ": " + violations->front().what);
            }
        }
    }));
}

/// No command executes twice unless its caller allowed it, none that failed `not_executed` executes at
/// all, and none that was acknowledged has not executed.
TEST(Property, NoCommandIsExecutedTwice) {
    EXPECT_TRUE(rc::check("no command is executed twice", [] {
        auto const scenario = *testing::scenario();
        expect_rules(sim::run_scenario(scenario),
                     {sim::rules::executed_once, sim::rules::acknowledged_ran});
    }));
}

/// A reply is what the call's own command gave, and a value read is one that was written to that key.
TEST(Property, RepliesMatchTheirCalls) {
    EXPECT_TRUE(rc::check("replies match their calls", [] {
        auto const scenario = *testing::scenario();
        expect_rules(sim::run_scenario(scenario),
                     {sim::rules::reply_matches, sim::rules::value_was_written});
    }));
}

/// A transaction runs as a whole or not at all, and only on what it has watched; a pipeline keeps the order
/// of its commands on one slot.
TEST(Property, TransactionsAndPipelinesAreOne) {
    EXPECT_TRUE(rc::check("transactions and pipelines are one", [] {
        auto const scenario = *testing::scenario();
        expect_rules(
            sim::run_scenario(scenario),
            {sim::rules::all_or_nothing, sim::rules::watch_holds, sim::rules::keeps_order});
    }));
}

/// What a blocking pop takes goes to one caller, and does go to one.
TEST(Property, WhatIsPoppedReachesOneCaller) {
    EXPECT_TRUE(rc::check("what is popped reaches one caller", [] {
        auto const scenario = *testing::scenario();
        expect_rules(sim::run_scenario(scenario),
                     {sim::rules::popped_once, sim::rules::reaches_caller});
    }));
}

/// A subscriber gets each message once and in order, or a gap marker in its place; and after the faults it
/// gets new ones.
TEST(Property, SubscribersSeeEachMessageOnceOrAGap) {
    EXPECT_TRUE(rc::check("subscribers see each message once, or a gap", [] {
        auto const scenario = *testing::scenario();
        RC_PRE(scenario.workload.subscribers.count > 0);
        expect_rules(sim::run_scenario(scenario),
                     {sim::rules::message_published, sim::rules::message_subscribed,
                      sim::rules::message_once, sim::rules::message_or_gap,
                      sim::rules::notices_silence, sim::rules::hears_again});
    }));
}

/// Where nothing goes wrong nothing is missed: there is no gap.
TEST(Property, WithoutFaultsSubscribersSeeNoGap) {
    EXPECT_TRUE(rc::check("without faults subscribers see no gap", [] {
        auto const scenario = *testing::scenario(no_faults);
        RC_ASSERT(sim::run_scenario(scenario).messages.gaps == 0u);
    }));
}

/// While one shard is dead, stopped, slow or cut off from the clients, calls to the others take as long as ever.
TEST(Property, OneShardsTroubleIsNotTheOthers) {
    EXPECT_TRUE(rc::check("calls to untouched shards are fast", [] {
        auto scenario = without_given_up_calls(*testing::scenario(no_faults));
        RC_PRE(scenario.cluster.masters >= 2u);
        scenario.faults =
            *testing::trouble_of_one_shard(scenario.cluster, scenario.workload.duration);
        sim::RunResult const result = sim::run_scenario(scenario);
        RC_CLASSIFY(result.latencies_judged > 0, "some calls were judged");
        expect_rules(result, {sim::rules::untouched_are_fast});
    }));
}

/// Calls go where nodes have said that their slot is, redirections are followed, ASKING stands where it must,
/// and what is known of a slot does not give way to anything older.
TEST(Property, CallsGoWhereTheyWereSent) {
    EXPECT_TRUE(rc::check("calls go where they were sent", [] {
        auto const scenario = *testing::scenario();
        expect_rules(sim::run_scenario(scenario),
                     {sim::rules::goes_by_its_map, sim::rules::follows_redirections,
                      sim::rules::asks_properly, sim::rules::map_never_goes_back});
    }));
}

/// Each string key is one thing that all use one after the other; writes vanish only where Redis loses them.
TEST(Property, KeysAreLinearizable) {
    EXPECT_TRUE(rc::check("keys are linearizable", [] {
        auto const scenario = *testing::scenario();
        sim::RunResult const result = sim::run_scenario(scenario);
        expect_rules(result, {sim::rules::linearizable});
        RC_ASSERT(result.data.unknown <= result.data.keys / 20);
    }));
}

/// Redirections, refreshes and connects stay within the limits of the options, a closed client is silent,
/// and no call is left over.
TEST(Property, ClientsSpendNoMoreThanTheyMay) {
    EXPECT_TRUE(rc::check("clients spend no more than they may", [] {
        auto const scenario = *testing::scenario();
        expect_rules(sim::run_scenario(scenario),
                     {sim::rules::redirections_end, sim::rules::refreshes_rarely,
                      sim::rules::reconnects_rarely, sim::rules::closed_is_silent,
                      sim::rules::nothing_is_left});
    }));
}

/// When one node never comes back every call ends all the same, and what the others serve is reached, in the
/// end at the first try.
TEST(Property, TheRestIsServedWhileOneNodeStaysDown) {
    EXPECT_TRUE(rc::check("the rest is served while one node stays down", [] {
        auto scenario = *testing::scenario();
        std::uint32_t const nodes =
            scenario.cluster.masters * (1 + scenario.cluster.replicas_per_master);
        scenario.stays_down = "node-" + std::to_string(1 + scenario.seed % nodes);
        expect_rules(sim::run_scenario(scenario),
                     {sim::rules::settles, sim::rules::keeps_deadline, sim::rules::lets_go,
                      sim::rules::recovers, sim::rules::reaches_the_rest});
    }));
}

/// Every call ends, by its deadline, or at once when its caller lets it go; and when all has healed every key
/// range is served again.
TEST(Property, EverythingSettlesAfterTheFaults) {
    EXPECT_TRUE(rc::check("everything settles after the faults", [] {
        auto const scenario = *testing::scenario();
        expect_rules(sim::run_scenario(scenario), {sim::rules::settles, sim::rules::keeps_deadline,
                                                   sim::rules::lets_go, sim::rules::recovers});
    }));
}

/// Without faults each call goes straight to the owner of its slot: no redirection, no retry, no error,
/// and one look at the topology per client is enough.
TEST(Property, EachCallReachesTheOwnerOfItsSlotAtOnce) {
    EXPECT_TRUE(rc::check("each call reaches the slot's owner at once", [] {
        auto const scenario = without_given_up_calls(*testing::scenario(no_faults));
        sim::RunResult const result = sim::run_scenario(scenario);
        RC_ASSERT(result.verdict() == sim::Verdict::held);
        RC_ASSERT(result.client.moved == 0u);
        RC_ASSERT(result.client.asked == 0u);
        RC_ASSERT(result.client.retries == 0u);
        RC_ASSERT(result.succeeded == result.calls);
        // Who reads from replicas looks again while one of them has no data yet.
        RC_ASSERT(scenario.client.read_from_replicas ||
                  result.client.refreshes <= scenario.workload.clients + 1u);
    }));
}

/// Slots that move under load cost redirections and never an error. To one target, as one operator
/// moves them: of two targets at once both take a new epoch without asking anybody, and when these
/// collide Redis itself can end with two nodes that each name the other as the owner.
TEST(Property, MovingSlotsCostsNoCall) {
    EXPECT_TRUE(rc::check("moving slots costs no call", [] {
        auto scenario = without_given_up_calls(*testing::scenario(
            {.migrations = true, .network = false, .processes = false, .mistakes = false}));
        scenario.client = {.protocol = scenario.client.protocol,
                           .read_from_replicas = scenario.client.read_from_replicas};
        for (sim::TimedFault& fault : scenario.faults) {
            if (auto* const migration = std::get_if<sim::Migrate>(&fault.fault)) {
                migration->to = "node-1";
            }
        }
        sim::RunResult const result = sim::run_scenario(scenario);
        RC_ASSERT(result.verdict() == sim::Verdict::held);
        RC_ASSERT(result.succeeded == result.calls);
    }));
}

/// The same scenario is the same run, event by event.
TEST(Property, TheSameScenarioIsTheSameRun) {
    EXPECT_TRUE(rc::check("the same scenario is the same run", [] {
        auto const scenario = *testing::scenario();
        auto const divergence = sim::check_scenario_deterministic(scenario);
        if (divergence) {
            RC_FAIL(*divergence);
        }
    }));
}

/// What is printed for a failure is the scenario itself.
TEST(Property, APrintedScenarioReadsBackAsTheSameScenario) {
    EXPECT_TRUE(rc::check("a printed scenario reads back", [] {
        auto const scenario = *testing::scenario();
        auto const again = sim::parse_scenario(sim::to_yaml(scenario), "printed.yaml");
        RC_ASSERT(again.value.has_value());
        RC_ASSERT(*again.value == scenario);
    }));
}

/// A property that does not hold ("no call is ever redirected") is found out, and shrinks to one fault
/// and a plan that still shows it.
TEST(PropertySearch, ShrinksABrokenPropertyToAFewFaultsAndPrintsTheScenario) {
    std::optional<sim::Scenario> smallest;
    ::testing::internal::CaptureStderr();
    bool const held = rc::check("no call is ever redirected", [&] {
        auto const scenario = *testing::scenario(
            {.migrations = true, .network = false, .processes = false, .mistakes = false});
        if (sim::run_scenario(scenario).client.moved > 0) {
            smallest =
                scenario;  // shrinking goes on from each plan that fails: the last is the smallest
            RC_FAIL("redirected");
        }
    });
    std::string const report = ::testing::internal::GetCapturedStderr();
    ASSERT_FALSE(held);
    ASSERT_TRUE(smallest.has_value());
    EXPECT_LE(smallest->faults.size(), 1u) << sim::to_yaml(*smallest);
    EXPECT_LE(smallest->workload.clients, 2u) << sim::to_yaml(*smallest);
    EXPECT_GT(sim::run_scenario(*smallest).client.moved, 0u);
    EXPECT_NE(report.find(sim::to_yaml(*smallest)), std::string::npos) << report;
}

/// A client that repeats writes whose outcome it does not know, and says nothing of it: of nearly every plan
/// that shows it a few faults and calls are left.
TEST(PropertySearch, ShrinksABrokenClientToTwoFaultsAndFiveCalls) {
    sim::RunOptions broken;
    broken.spoiler = [](CallOptions options) {
        options.repeatable = true;
        return options;
    };
    auto const is_convicted = [&](sim::Scenario const& scenario) {
        auto const safety = sim::run_scenario(scenario, broken).safety;
        return !scenario.client.repeatable_writes && !safety.empty() &&
               safety.front().rule == sim::rules::executed_once;
    };
    int small = 0, found = 0;
    std::string large;
    for (std::uint64_t number = 1; found < 20 && number < 4000; ++number) {
        sim::Scenario const whole = testing::numbered_scenario(number);
        if (!is_convicted(whole)) {
            continue;
        }
        ++found;
        sim::Scenario const least = testing::shrink(whole, is_convicted, 2000);
        if (least.faults.size() <= 2 && least.workload.calls_max >= 1 &&
            least.workload.calls_max <= 5) {
            ++small;
        } else {
            large += to_yaml(least);
        }
    }
    EXPECT_EQ(found, 20);
    EXPECT_GE(small, 18) << large;
}

}  // namespace
}  // namespace keyslot

int main(int argc, char** argv) {
    // The search is the same in every run unless somebody asks for another.
    ::setenv("RC_PARAMS", "seed=20260101 max_success=200", 0);
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
