#include "simulator/runner/latency_rules.hpp"
#include "simulator/tests/runner/hand_made_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

namespace keyslot::sim {
namespace {

Scenario with(std::vector<TimedFault> faults) {
    Scenario scenario;
    scenario.cluster.masters = 3;
    scenario.cluster.replicas_per_master = 1;
    scenario.faults = std::move(faults);
    return scenario;
}

TEST(UntouchedShards, are_those_of_which_no_fault_names_a_node) {
    EXPECT_EQ(untouched_shards(with({})), std::vector({true, true, true}));
    EXPECT_EQ(untouched_shards(with({{1s, Pause{.node = "node-2"}}})),
              std::vector({true, false, true}));
    EXPECT_EQ(untouched_shards(with({{1s, Crash{.node = "node-6"}}})),
              std::vector({true, true, false}))
        << "the replica of node-3";
    EXPECT_EQ(untouched_shards(with({{1s, Stall{.from = {"clients"}, .to = {"node-1"}}}})),
              std::vector({false, true, true}));
}

TEST(UntouchedShards, are_unknown_when_a_fault_is_of_another_kind_or_names_nobody) {
    EXPECT_FALSE(untouched_shards(with({{1s, Migrate{.slots = {{0, 1}}, .to = "node-2"}}})));
    EXPECT_FALSE(untouched_shards(with({{1s, Stall{.from = {"clients"}}}})));
    EXPECT_FALSE(untouched_shards(with({{1s, Crash{.node = "owner of user:1"}}})));
    EXPECT_FALSE(untouched_shards(with({{1s, Stall{.from = {"client-1"}, .to = {"client-2"}}}})));
}

/// One client with a connection to node-1 and node-2; a round trip takes 2 ms at most.
class LatencyRules : public testing::Test {
protected:
    LatencyRules() {
        cluster_.latency = 1ms;
        context_.untouched = {true, false, true};
        context_.clients = {"10.9.0.1"};
        context_.call_timeout = 5s;
        context_.until = Instant{100s};
        for (std::size_t node = 0; node < 2; ++node) {
            routing_.opened(place(node), "10.9.0.1");
        }
        call(0, {"SET", "the first", "1"}, 1s, 1s);
    }

    static RoutingLog::Place place(std::size_t node) {
        return {.at = Instant{1s}, .node = node, .session = 7};
    }
    void call(std::size_t node, HandMadeRun::Words const& words, Duration from, Duration to) {
        std::size_t const number = run_.begins(from, words);
        run_.executes({.at = Instant{to}, .node = node, .session = 7, .arguments = {}}, words);
        run_.answered(number, to);
    }
    std::vector<std::string_view> broken() {
        std::vector<Violation> violations;
        judged_ = judge_latency(
            run_.history, run_.executions, routing_, cluster_, context_,
            [](std::size_t) { return false; }, violations);
        return rules_of(violations);
    }

    HandMadeRun run_;
    RoutingLog routing_;
    Topology cluster_;
    LatencyContext context_;
    std::size_t judged_ = 0;
};

TEST_F(LatencyRules, ACallToAnUntouchedShardHasEightRoundTrips) {
    call(0, {"SET", "k", "1"}, 2s, 2s + 16ms);
    EXPECT_THAT(broken(), IsEmpty());
    call(0, {"SET", "k", "2"}, 3s, 3s + 17ms);
    EXPECT_THAT(broken(), ElementsAre(rules::untouched_are_fast));
    EXPECT_EQ(judged_, 2u) << "the first one shows that there is a topology";
}

TEST_F(LatencyRules, AfterARefusalTheShardHasTheTimeOfACall) {
    routing_.add(RoutingLog::Refused{
        .place = {.at = Instant{2s}, .node = 0}, .error = {}, .words = {"SET", "another", "1"}});
    call(0, {"SET", "k", "1"}, 7001ms, 8s);
    EXPECT_THAT(broken(), ElementsAre(rules::untouched_are_fast));
}

TEST_F(LatencyRules, WhatOthersMayDelayIsNotJudged) {
    call(1, {"SET", "touched", "1"}, 2s, 4s);
    call(0, {"SET", "begun before anything was served", "1"}, 500ms, 2s);
    call(0, {"SET", "after the end", "1"}, 99s, 101s);
    call(0, {"BLPOP", "blocks", "1"}, 2s, 3s);
    call(0, {"EVAL", "return 1", "1", "k"}, 2s, 3s);
    call(0, {"SET", "behind one that was refused", "1"}, 17s, 18s);
    routing_.add(RoutingLog::Refused{
        .place = {.at = Instant{12s}, .node = 0}, .error = {}, .words = {"SET", "another", "1"}});
    call(0, {"SET", "twice", "1"}, 2s, 3s);
    run_.executes({.at = Instant{2s}, .node = 0, .session = 7, .arguments = {}},
                  {"SET", "twice", "1"});
    EXPECT_THAT(broken(), IsEmpty());
    EXPECT_EQ(judged_, 0u);
}

}  // namespace
}  // namespace keyslot::sim
