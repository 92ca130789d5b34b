#include "simulator/runner/runner.hpp"

#include <keyslot/redis_cluster.hpp>
#include <keyslot/sim/world.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

namespace keyslot::sim {
namespace {

Scenario small() {
    Scenario scenario;
    scenario.seed = 7;
    scenario.workload.duration = 2s;
    scenario.workload.rate = {200};
    scenario.workload.keys = 50;
    scenario.workload.mix = {
        .get = 3, .set = 3, .getset = 1, .del = 1, .incr = 1, .append = 1, .mget = 1, .mset = 1};
    return scenario;
}

TEST(Runner, ACalmClusterAnswersEveryCall) {
    RunResult const result = run_scenario(small());
    EXPECT_EQ(result.verdict(), Verdict::held);
    // 400 of the workload; then one probe of each range, and a write and a read of each per client.
    EXPECT_EQ(result.calls, 400u + 3 + 4 * 3 * 2);
    EXPECT_EQ(result.succeeded, result.calls);
    EXPECT_EQ(result.client.moved + result.client.asked, 0u);
    EXPECT_LT(result.worst_unavailability.length, 300ms);
}

TEST(Runner, EveryKindOfCallIsAnsweredInACalmCluster) {
    Scenario scenario = small();
    scenario.workload.mix = {
        .incr = 1, .script = 1, .push = 2, .pop = 1, .batch = 1, .multi = 1, .watch = 1};
    scenario.workload.keys = 5;
    scenario.client.read_from_replicas = true;
    RunResult const result = run_scenario(scenario);
    EXPECT_EQ(result.verdict(), Verdict::held);
    EXPECT_GT(result.calls, 800u);
    EXPECT_GT(result.client.replica_reads, 0u);
    // But for those that watched what another changed.
    EXPECT_THAT(result.errors, testing::Each(testing::Key("watch, not_executed")));
}

TEST(Runner, CallsAreCancelledAndClientsClosedWithCallsInFlight) {
    Scenario scenario = small();
    scenario.workload.mix.pop = scenario.workload.mix.multi = 2;
    scenario.workload.cancel = 300;
    scenario.workload.close = true;
    scenario.faults = {{500ms, Pause{.node = "node-1", .duration = 1s}}};
    RunResult const result = run_scenario(scenario);
    EXPECT_EQ(result.verdict(), Verdict::held);
    EXPECT_GT(result.errors.at("cancelled, outcome unknown"), 10u);
    EXPECT_GT(result.errors.at("cancelled, not executed"), 2u);
    EXPECT_GT(result.errors.at("closed, outcome unknown"), 2u);
}

Scenario with_subscribers() {
    Scenario scenario = small();
    scenario.workload.mix = {.set = 1, .publish = 2, .spublish = 2};
    scenario.workload.subscribers = {.count = 2, .topics = 4, .shard_channels = 4, .changes = 2};
    return scenario;
}

TEST(Runner, SubscribersOfACalmClusterGetEveryMessageAndNoGap) {
    Scenario scenario = with_subscribers();
    scenario.workload.mix = {.spublish = 1};
    scenario.workload.subscribers = {
        .count = 1, .topics = 4, .channels = 0, .patterns = 0, .shard_channels = 4};
    RunResult const result = run_scenario(scenario);
    EXPECT_EQ(result.verdict(), Verdict::held);
    // 400 of the workload, and one to each subscription at the end.
    EXPECT_EQ(result.messages.published, 404u);
    EXPECT_NEAR(static_cast<double>(result.messages.told), 404, 3) << "but for the first moment";
    EXPECT_EQ(result.messages.gaps, 0u);
}

TEST(Runner, SubscribersAreToldOfTheGapsThatFaultsMake) {
    Scenario scenario = with_subscribers();
    scenario.workload.duration = 8s;
    scenario.faults = {{1s, Migrate{.slots = {{0, 16383}}, .to = "node-3"}},
                       {4s, Crash{.node = "node-3", .restart_after = 3s}}};
    RunResult const result = run_scenario(scenario);
    EXPECT_EQ(result.verdict(), Verdict::held);
    EXPECT_GT(result.messages.told, 1000u);
    EXPECT_GT(result.messages.gaps, 10u);
    EXPECT_EQ(check_scenario_deterministic(scenario), std::nullopt);
}

TEST(Runner, TheSameScenarioGivesTheSameRun) {
    Scenario scenario = small();
    scenario.faults = {{500ms, Migrate{.slots = {{0, 50}}, .to = "node-3"}},
                       {1s, Crash{.node = "node-2", .restart_after = 1s}}};
    EXPECT_EQ(check_scenario_deterministic(scenario), std::nullopt);
    RunResult const first = run_scenario(scenario);
    int seen = 0;
    RunOptions watched;
    watched.progress = [&seen](int) { ++seen; };
    watched.trace = [&seen](std::string_view) { ++seen; };
    watched.chronicle = true;
    RunResult const second = run_scenario(scenario, watched);
    EXPECT_GT(seen, 100);
    EXPECT_EQ(first.digest, second.digest) << "watching a run must not change it";
    EXPECT_EQ(first.events, second.events);
    scenario.seed = 8;
    EXPECT_NE(run_scenario(scenario).digest, first.digest);
}

TEST(Runner, AFailoverIsSurvivedAndItsGapMeasured) {
    Scenario scenario = small();
    scenario.workload.duration = 8s;
    scenario.faults = {{1s, Crash{.node = "node-2"}}};
    RunResult const result = run_scenario(scenario);
    EXPECT_EQ(result.verdict(), Verdict::held);
    EXPECT_GT(result.worst_unavailability.length, 2s);
    EXPECT_LT(result.worst_unavailability.length, 5s);
    ASSERT_EQ(result.faults.size(), 1u);
    EXPECT_EQ(result.faults[0].state, FaultState::ended) << "healed at the end";
}

TEST(Runner, AFaultThatCannotBeDoneIsToldAndEndsNothing) {
    Scenario scenario = small();
    scenario.faults = {{1s, Resume{.node = "node-1"}}};
    RunResult const result = run_scenario(scenario);
    EXPECT_EQ(result.verdict(), Verdict::held);
    EXPECT_EQ(result.faults.at(0).state, FaultState::failed);
    EXPECT_EQ(result.faults.at(0).result, "node-1 is not paused");
}

TEST(Runner, AClusterThatCannotRecoverIsConvictedOfLiveness) {
    Scenario scenario = small();
    scenario.settle = 1s;
    scenario.client.call_timeout = 500ms;
    // No call gets through a network that takes longer than the client waits.
    scenario.cluster.latency = 400ms;
    RunResult const result = run_scenario(scenario);
    EXPECT_EQ(result.verdict(), Verdict::stuck);
    EXPECT_THAT(result.safety, IsEmpty());
    EXPECT_EQ(result.liveness.at(0).rule, rules::recovers);
}

TEST(Runner, WithOneNodeDownForGoodTheRestIsReachedAtTheFirstTry) {
    Scenario scenario = small();
    scenario.faults = {{500ms, Crash{.node = "node-2", .restart_after = 500ms}}};
    scenario.stays_down = "node-1";
    RunResult const result = run_scenario(scenario);
    EXPECT_EQ(result.verdict(), Verdict::held);
    // Of the workload; a probe of each range; and each client has called each range three times.
    EXPECT_EQ(result.calls, 400u + 3 + 4 * 3 * 3);
}

TEST(Runner, WithOneNodeDownForGoodWhatNobodyServesIsNotAskedFor) {
    Scenario scenario = small();
    scenario.cluster.replicas_per_master = 0;
    scenario.cluster.require_full_coverage = false;
    scenario.stays_down = "node-3";
    RunResult const result = run_scenario(scenario);
    EXPECT_EQ(result.verdict(), Verdict::held);
    EXPECT_EQ(result.calls, 400u + 2 + 4 * 2 * 3);
}

TEST(Runner, KeysAreJudgedByTheirHistories) {
    Scenario scenario = small();
    scenario.faults = {{500ms, Crash{.node = "node-2"}}};
    RunResult const result = run_scenario(scenario);
    EXPECT_GT(result.data.keys, 50u);
    EXPECT_EQ(result.data.unknown, 0u);
}

// A client that repeats writes although its caller did not allow it, made of ours by allowing it
// behind the oracle's back: a paused master finds the write in two connections when it wakes up,
// and runs it twice.
TEST(Runner, TheOracleConvictsAClientThatRepeatsWrites) {
    World world{Seed{1}};
    Cluster& cluster = world.add_cluster({.masters = 3});
    ClusterOptions options;
    options.startup_nodes = cluster.startup_nodes();
    options.attempt_timeout = 200ms;
    AsyncRedisCluster redis{world.host("app"), options};
    History history;
    CallOptions repeat;
    repeat.repeatable = true;
    auto const call = [&]() -> asio::awaitable<void> {
        std::vector<std::string> words{"INCR", "hits"};
        std::size_t const number = history.begin(words, false, world.now());
        auto repeating = redis.with(repeat);
        std::vector<std::string_view> const views(words.begin(), words.end());
        Result<Reply> const result = co_await repeating.issue_words(views, as_result);
        history.end(number, result, world.now());
    };
    world.run([&]() -> asio::awaitable<void> {
        co_await call();
        Member& owner = cluster.owner_of("hits");
        owner.pause();
        asio::co_spawn(
            world.host("operator").get_executor(),
            [&]() -> asio::awaitable<void> {
                co_await world.sleep(700ms);
                owner.resume();
            },
            asio::detached);
        co_await call();
        co_await world.sleep(1s);
    });
    auto const violations = judge_safety(history, world.executions());
    ASSERT_FALSE(violations.empty());
    EXPECT_EQ(violations.front().rule, rules::executed_once);
    EXPECT_THAT(violations.front().what, HasSubstr("INCR hits"));
}

}  // namespace
}  // namespace keyslot::sim
