#include <keyslot/sim/scenario.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

namespace keyslot::sim {
namespace {

Scenario good(std::string_view yaml) {
    Parsed<Scenario> const parsed = parse_scenario(yaml, "a.yaml");
    for (Problem const& problem : parsed.problems) {
        ADD_FAILURE() << to_string(problem);
    }
    return parsed.value.value_or(Scenario{});
}

std::vector<std::string> problems_of(std::string_view yaml) {
    Parsed<Scenario> const parsed = parse_scenario(yaml, "a.yaml");
    EXPECT_EQ(parsed.value.has_value(), parsed.problems.empty());
    std::vector<std::string> texts;
    for (Problem const& problem : parsed.problems) {
        texts.push_back(to_string(problem));
    }
    return texts;
}

std::string problem_of(std::string_view yaml) {
    auto const texts = problems_of(yaml);
    EXPECT_EQ(texts.size(), 1u) << testing::PrintToString(texts);
    return texts.empty() ? "" : texts.front();
}

constexpr std::string_view design_example =
    R"(# keyslot-sim run reshard-and-partition.yaml --seed 42
cluster: {masters: 3, replicas_per_master: 1, node_timeout: 2s}
workload: {clients: 4, keys: 1000, mix: {get: 5, set: 4, incr: 1}, rate: 500/s, for: 60s}
faults:
  - {at: 5s,  migrate: {slots: 0-1000, to: node-2, stall_after_keys: 10, resume_after: 3s}}
  - {at: 20s, partition: {from: [node-1], to: [node-2, node-3], one_way: true, for: 8s}}
  - {at: 40s, crash: {node: "owner of user:1", restart_after: 10s, keep_data: false}}
)";

TEST(Scenario, LoadsTheExampleOfTheDesign) {
    Scenario const scenario = good(design_example);
    Scenario expected;
    expected.cluster = {.masters = 3, .replicas_per_master = 1, .node_timeout = 2s};
    expected.workload = {.clients = 4,
                         .keys = 1000,
                         .mix = {.get = 5, .set = 4, .incr = 1},
                         .rate = {500, 1s},
                         .duration = 60s};
    expected.faults = {
        {5s,
         Migrate{.slots = {{0, 1000}}, .to = "node-2", .stall_after_keys = 10, .resume_after = 3s}},
        {20s,
         Partition{
             .from = {"node-1"}, .to = {"node-2", "node-3"}, .one_way = true, .duration = 8s}},
        {40s, Crash{.node = "owner of user:1", .restart_after = 10s, .keep_data = false}}};
    EXPECT_EQ(scenario, expected);
}

TEST(Scenario, EveryFaultSurvivesWritingAndReading) {
    Scenario scenario;
    scenario.seed = 18446744073709551615u;
    scenario.cluster = {.masters = 5,
                        .replicas_per_master = 2,
                        .node_timeout = 1500ms,
                        .latency = 0ns,
                        .jitter = 7us,
                        .require_full_coverage = false};
    scenario.client = {.connect_timeout = 1s,
                       .attempt_timeout = 300ms,
                       .call_timeout = 90s,
                       .redirects_max = 0,
                       .protocol = 2,
                       .repeatable_writes = true,
                       .read_from_replicas = true};
    scenario.workload = {.clients = 9,
                         .keys = 1,
                         .hash_tags = 7,
                         .mix = {.getset = 1,
                                 .del = 2,
                                 .append = 3,
                                 .mget = 4,
                                 .mset = 5,
                                 .script = 6,
                                 .push = 7,
                                 .pop = 8,
                                 .batch = 9,
                                 .multi = 10,
                                 .watch = 11,
                                 .publish = 12,
                                 .spublish = 13},
                         .rate = {7, 10s},
                         .duration = 1h,
                         .pipeline = 64,
                         .value_size = 100,
                         .cancel = 1000,
                         .close = true,
                         .subscribers = {.count = 3,
                                         .topics = 9,
                                         .channels = 4,
                                         .patterns = 3,
                                         .shard_channels = 5,
                                         .changes = 7}};
    scenario.settle = 61s;
    scenario.stays_down = "node-15";
    scenario.faults = {
        {0s, Migrate{.slots = {{0, 5}, {7, 7}}, .to = "owner of a\n\"b\\c", .keys_per_step = 1}},
        {1ns,
         Migrate{.slots = {{1, 1}}, .to = "node-2", .stall_after_keys = 0, .resume_after = 0s}},
        {2ms, Partition{.from = {"clients"}, .to = {"replica of owner of x: y # z"}}},
        {3s, Crash{.node = "replica of node-1"}},
        {4s, Restart{.node = "node-15", .keep_data = false}},
        {5s, Pause{.node = "node-1", .duration = 90s}},
        {6s, Resume{.node = "node-1"}},
        {7s,
         Delay{
             .from = {"client-9"}, .to = {"node-1"}, .delay = 20ms, .jitter = 5ms, .duration = 2s}},
        {8s, Stall{.from = {"client-1"}, .to = {"node-1"}, .duration = 1h}},
        {9s, Reset{.from = {"clients"}, .to = {"node-1", "node-2"}}},
        {10s, ByteByByte{.from = {"client-1", "client-2"}, .to = {"node-3"}}},
        {11s, Failover{.node = "replica of node-2", .mode = FailoverMode::takeover}},
        {12s, Failover{.node = "node-7"}},
        {13s, Heal{}}};
    EXPECT_EQ(good(to_yaml(scenario)), scenario) << scenario;
}

TEST(Scenario, EveryFaultOfOneNodeSurvivesToo) {
    Scenario scenario;
    scenario.cluster.endpoints = EndpointType::hostname;
    scenario.cluster.slots = SlotLayout::scattered;
    scenario.cluster.neighbour_masters = 2;
    scenario.faults = {
        {0s, Migrate{.slots = {{1, 1}}, .to = "node-2", .stall_at = MigrationStep::node_source}},
        {1s, Migrate{.slots = {{1, 1}},
                     .to = "node-2",
                     .abort_after_keys = 3,
                     .abort_at = MigrationStep::importing}},
        {2s, Slow{.node = "node-1", .per_command = 5ms, .duration = 3s}},
        {3s, SkewClock{.node = "node-1",
                       .rate_ppm = -500,
                       .wall_rate_ppm = 10'000'000,
                       .offset = 5s,
                       .wall_offset = -90s,
                       .duration = 2s}},
        {4s, StaleView{.node = "node-1", .duration = 1s}},
        {5s, Lag{.node = "replica of node-1"}},
        {6s, Lag{.node = "node-4", .delay = 300ms, .duration = 1s}},
        {7s, ChangeAddress{.node = "node-1", .ip = "10.9.0.255"}},
        {8s, FailName{.names = {"node-1", "owner of x"}, .how = NameFailure::timeout}},
        {9s, Forget{.node = "node-4", .by = {"node-1", "node-2"}, .rejoin_after = 5s}},
        {10s, ResetNode{.node = "node-4", .hard = true, .rejoin_after = 1s}},
        {11s, Meet{.node = "node-1", .with = "node-8"}},
        {12s, ConfigSet{.node = "node-1", .parameter = "maxmemory", .value = "0", .duration = 1s}},
        {13s, ForgeReply{.node = "node-1",
                         .from = {"clients"},
                         .connection = 7,
                         .command = "GET user:*",
                         .nth = 3,
                         .times = 2,
                         .error = "LOADING \"x\"",
                         .execute = true,
                         .close = true,
                         .duration = 1s}},
        {14s, ForgeReply{.reply = "$1\r\n\x01\r\n"}},
        {15s, Push{.node = "node-1", .to = {"clients"}, .bytes = ">1\r\n+null\r\n"}}};
    EXPECT_EQ(good(to_yaml(scenario)), scenario) << scenario;
}

TEST(Scenario, EveryFaultOfTheNetworkSurvivesToo) {
    Scenario scenario;
    scenario.faults = {
        {0s, Flap{.from = {"node-1"},
                  .to = {"clients"},
                  .down = 1s,
                  .up = 2s,
                  .one_way = true,
                  .duration = 9s}},
        {1s, Swizzle{.hosts = {"node-1", "node-2", "client-1"}, .over = 3s, .hold = 1s}},
        {2s, CutStream{.from = {"node-1"},
                       .to = {"clients"},
                       .after_replies = 2,
                       .after_bytes = 3,
                       .streams = 1}},
        {3s, DropIdle{.from = {"clients"}, .to = {"node-1"}, .after = 5s, .reset = true}},
        {4s, RefuseConnects{.from = {"clients"}, .to = {"node-1"}, .duration = 1s}},
        {5s, BlackHoleConnects{.from = {"clients"}, .to = {"node-1"}}}};
    EXPECT_EQ(good(to_yaml(scenario)), scenario) << scenario;
}

TEST(Scenario, EveryTriggerSurvivesWritingAndReading) {
    Scenario scenario;
    Crash const crash{.node = "that node"};
    Reset const reset{.from = {"that client"}, .to = {"that node"}};
    scenario.faults = {
        {0s, crash, Trigger{.received = "SET user:*", .node = "node-2", .nth = 3}},
        {5s, crash, Trigger{.answered = "CLUSTER SLOTS", .delay = 5ms}},
        {0s, reset, Trigger{.received = "GET", .after = "ASKING", .from = "client-1"}},
        {0s, reset, Trigger{.after = "MULTI", .from = "clients"}},
        {0s, reset, Trigger{.connected = true, .node = "node-1", .nth = 2}},
        {0s, crash, Trigger{.becomes = NodeState::fail}},
        {0s, crash, Trigger{.step = MigrationStep::node_target}},
        {0s, Heal{}, Trigger{.started = "crash"}},
        {0s, Heal{}, Trigger{.ended = "byte_by_byte", .nth = 2}}};
    EXPECT_EQ(good(to_yaml(scenario)), scenario) << scenario;
}

TEST(Scenario, ATriggerStandsWhereTheTimeWouldStand) {
    EXPECT_EQ(
        good("faults: [{on: {node: node-2, received: GET, nth: 3}, crash: {node: that node}}]")
            .faults.at(0),
        (TimedFault{0s, Crash{.node = "that node"},
                    Trigger{.received = "GET", .node = "node-2", .nth = 3}}));
}

TEST(Scenario, AWrittenScenarioSaysOnlyWhatIsNotDefault) {
    Scenario scenario;
    scenario.seed = 7;
    scenario.cluster.masters = 4;
    scenario.faults = {{1500ms, Crash{.node = "owner of user:1"}}};
    EXPECT_EQ(to_yaml(scenario),
              "seed: 7\n"
              "cluster: {masters: 4}\n"
              "faults:\n"
              "  - {at: 1500ms, crash: {node: \"owner of user:1\"}}\n");
}

TEST(Scenario, ASingleHostNeedsNoBrackets) {
    Scenario const scenario = good("faults: [{at: 1s, partition: {from: node-1, to: node-2}}]");
    EXPECT_EQ(scenario.faults.at(0).fault,
              FaultSpec(Partition{.from = {"node-1"}, .to = {"node-2"}}));
}

TEST(ScenarioErrors, AnUnknownKeyIsToldWithItsPlaceTheNearestAndTheList) {
    EXPECT_EQ(
        problem_of("cluster:\n  mastrs: 3\n"),
        "a.yaml:2:3: unknown key 'mastrs' in cluster (did you mean 'masters'? allowed: masters, "
        "replicas_per_master, node_timeout, latency, jitter, require_full_coverage, slots, "
        "endpoints, neighbour_masters)");
    EXPECT_THAT(problem_of("colour: red"),
                HasSubstr("a.yaml:1:1: unknown key 'colour' in scenario"));
}

TEST(ScenarioErrors, AnUnknownFaultIsToldWithTheNearest) {
    EXPECT_THAT(
        problem_of("faults:\n  - {at: 1s, chrash: {node: node-1}}"),
        HasSubstr("a.yaml:2:14: unknown fault 'chrash' (did you mean 'crash'? allowed: migrate, "));
}

TEST(ScenarioErrors, OutOfRangeNamesTheRange) {
    EXPECT_EQ(problem_of("cluster: {masters: 0}"), "a.yaml:1:20: 0 is out of range (1 to 1000)");
    EXPECT_EQ(problem_of("cluster: {masters: 99999999999999999999}"),
              "a.yaml:1:20: 99999999999999999999 is out of range (1 to 1000)");
    EXPECT_EQ(problem_of("cluster: {node_timeout: 1ms}"),
              "a.yaml:1:25: 1ms is out of range (100ms to 1m)");
    EXPECT_EQ(problem_of("faults: [{at: 1s, migrate: {slots: 0-16384, to: node-1}}]"),
              "a.yaml:1:36: the slots '0-16384' are out of range (0-16383, the lower one first)");
}

TEST(ScenarioErrors, AnUnknownNodeIsToldWithTheNames) {
    EXPECT_EQ(problem_of("cluster: {masters: 3, replicas_per_master: 0}\n"
                         "faults: [{at: 1s, crash: {node: node-4}}]"),
              "a.yaml:2:33: there is no 'node-4' (names: node-1 to node-3, 'owner of KEY')");
    EXPECT_THAT(problem_of("faults: [{at: 1s, crash: {node: client-1}}]"),
                HasSubstr("no 'client-1'"));
    EXPECT_THAT(problem_of("faults: [{at: 1s, reset: {from: client-5, to: node-1}}]"),
                HasSubstr("client-1 to client-4"));
    EXPECT_THAT(problem_of("cluster: {replicas_per_master: 0}\n"
                           "faults: [{at: 1s, crash: {node: replica of node-1}}]"),
                HasSubstr("no replicas"));
}

TEST(ScenarioErrors, NamesAreCheckedAgainstAClusterThatStandsBelow) {
    EXPECT_TRUE(
        problems_of("faults: [{at: 1s, crash: {node: node-9}}]\ncluster: {masters: 9}").empty());
}

TEST(ScenarioErrors, AMissingUnitIsToldWithAnExample) {
    EXPECT_EQ(problem_of("workload: {for: 60}"),
              "a.yaml:1:17: the duration '60' has no unit (for example 60ms, 60s or 60m)");
    EXPECT_EQ(problem_of("workload: {rate: 500}"),
              "a.yaml:1:18: the rate '500' has no unit (for example 500/s or 500/m)");
}

TEST(ScenarioErrors, AFaultNeedsATimeAndExactlyOneKind) {
    EXPECT_THAT(problem_of("faults: [{heal: {}}]"),
                HasSubstr("has no time (for example at: 5s, or on: {received: GET, nth: 3})"));
    EXPECT_THAT(problem_of("faults: [{at: 1s}]"), HasSubstr("no fault is named"));
    EXPECT_THAT(problem_of("faults: [{at: 1s, heal: {}, crash: {node: node-1}}]"),
                HasSubstr("a second fault in one entry"));
    EXPECT_THAT(problem_of("faults: [{at: 1s, crash: {keep_data: true}}]"),
                HasSubstr("crash needs the key 'node'"));
}

TEST(ScenarioErrors, ATriggerWaitsForOneThing) {
    EXPECT_EQ(problem_of("faults: [{on: {node: node-1}, heal: {}}]"),
              "a.yaml:1:15: the trigger waits for nothing (one of: received, answered, after, "
              "connected, becomes, step, started, ended)");
    EXPECT_THAT(problem_of("faults: [{on: {received: GET, connected: true}, heal: {}}]"),
                HasSubstr("more than one thing"));
    EXPECT_THAT(problem_of("faults: [{on: {after: GET, connected: true}, heal: {}}]"),
                HasSubstr("'after' is about commands"));
    EXPECT_THAT(problem_of("faults: [{on: {step: migratin}, heal: {}}]"),
                HasSubstr("a.yaml:1:22: unknown step 'migratin' (did you mean 'migrating'?"));
    EXPECT_THAT(problem_of("faults: [{on: {becomes: slave}, heal: {}}]"),
                HasSubstr("unknown state 'slave' (allowed: master, replica, ok, fail)"));
    EXPECT_THAT(problem_of("faults: [{on: {started: crsh}, heal: {}}]"),
                HasSubstr("unknown fault 'crsh' (did you mean 'crash'?"));
    EXPECT_THAT(problem_of("faults: [{on: {receivd: GET}, heal: {}}]"),
                HasSubstr("unknown key 'receivd' in on (did you mean 'received'?"));
    EXPECT_THAT(problem_of("faults: [{on: 5s, heal: {}}]"), HasSubstr("a trigger is written as"));
}

TEST(ScenarioErrors, ThatNodeNeedsATrigger) {
    EXPECT_THAT(problem_of("faults: [{at: 1s, crash: {node: that node}}]"),
                HasSubstr("a.yaml:1:33: 'that node' is of a fault with a trigger (on: "));
    EXPECT_THAT(problem_of("faults: [{on: {received: GET}, crash: {node: that client}}]"),
                HasSubstr("no 'that client' for this (names: node-1 to node-6"));
    EXPECT_THAT(problem_of("faults: [{on: {received: GET, node: that node}, heal: {}}]"),
                HasSubstr("is of a fault with a trigger"));
}

TEST(ScenarioErrors, WhatAFaultMustBeAsAWholeIsTold) {
    EXPECT_EQ(problem_of("faults: [{at: 1s, change_address: {node: node-1, ip: 10.0.0.256}}]"),
              "a.yaml:1:54: '10.0.0.256' is not an address (IPv4, for example 10.9.0.1)");
    EXPECT_THAT(problem_of("faults: [{at: 1s, swizzle: {hosts: node-1, over: 1s}}]"),
                HasSubstr("at least two hosts"));
    EXPECT_THAT(problem_of("faults: [{at: 1s, forge_reply: {error: a, reply: b}}]"),
                HasSubstr("both 'error' and 'reply'"));
    EXPECT_EQ(problem_of("faults: [{at: 1s, skew_clock: {node: node-1, rate_ppm: -1000000}}]"),
              "a.yaml:1:56: -1000000 is out of range (-900000 to 10000000)");
    EXPECT_EQ(problem_of("faults: [{at: 1s, skew_clock: {node: node-1, wall_offset: -25h}}]"),
              "a.yaml:1:59: -25h is out of range (-24h to 24h)");
    EXPECT_THAT(problem_of("faults: [{at: 1s, fail_name: {names: node-1, how: nxdomain}}]"),
                HasSubstr("unknown failure 'nxdomain' (allowed: not_found, timeout)"));
    EXPECT_THAT(problem_of("faults: [{at: 1s, meet: {node: node-1, with: node-7}}]"),
                HasSubstr("there is no 'node-7'"));
}

TEST(ScenarioErrors, AllProblemsOfAFileAreTold) {
    auto const problems = problems_of(
        "seed: x\n"
        "cluster: {masters: many}\n"
        "faults:\n"
        "  - {at: 5, crash: {node: node-77}}\n"
        "  - {at: 1s, pause: {node: node-1, for: 3parsec}}\n");
    EXPECT_THAT(problems, ElementsAre(HasSubstr("a.yaml:1:7:"), HasSubstr("a.yaml:2:20:"),
                                      HasSubstr("a.yaml:4:10:"), HasSubstr("a.yaml:4:27:"),
                                      HasSubstr("a.yaml:5:41:")));
}

TEST(ScenarioErrors, TextThatIsNotAScenarioIsRefused) {
    EXPECT_THAT(problem_of("cluster: {masters: 3"), HasSubstr("not YAML"));
    EXPECT_THAT(problem_of(""), HasSubstr("a scenario is written as keys and values"));
    EXPECT_THAT(problem_of("- 1\n- 2\n"), HasSubstr("a scenario is written as keys and values"));
    EXPECT_THAT(problem_of("seed: 1\nseed: 2\n"),
                HasSubstr("a.yaml:2:1: key 'seed' is there twice"));
    EXPECT_THAT(problem_of("seed: 1\n---\nseed: 2\n"), HasSubstr("a second document"));
    EXPECT_THAT(problem_of("seed: " + std::string(40, '[') + std::string(40, ']')),
                HasSubstr("nested too deeply"));
}

TEST(ScenarioErrors, AliasesThatGrowWithoutBoundAreRefused) {
    std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (char level = 'b'; level <= 'h'; ++level) {
        std::string const before(1, static_cast<char>(level - 1));
        bomb += std::string(1, level) + ": &" + level + " [";
        for (int i = 0; i < 10; ++i) {
            bomb += (i > 0 ? ", *" : "*") + before;
        }
        bomb += "]\n";
    }
    EXPECT_THAT(problem_of(bomb), HasSubstr("too large"));
}

TEST(ScenarioErrors, AFileThatIsNotThereIsAProblem) {
    auto const parsed = load_scenario("/nonexistent/a.yaml");
    ASSERT_EQ(parsed.problems.size(), 1u);
    EXPECT_THAT(to_string(parsed.problems[0]), HasSubstr("/nonexistent/a.yaml: cannot be read"));
}

TEST(Action, IsTheSameVocabularyInJson) {
    auto const parsed = parse_action(
        R"({"type": "migrate", "slots": ["0-5", 9], "to": "node-2", "keys_per_step": 3})", {});
    ASSERT_TRUE(parsed.value.has_value()) << to_string(parsed.problems.at(0));
    EXPECT_EQ(*parsed.value,
              FaultSpec(Migrate{.slots = {{0, 5}, {9, 9}}, .to = "node-2", .keys_per_step = 3}));
    EXPECT_EQ(parse_action(R"({"type": "heal"})", {}).value, FaultSpec(Heal{}));
    EXPECT_EQ(parse_action(R"({"type": "pause", "node": "node-1", "for": "2s"})", {}).value,
              FaultSpec(Pause{.node = "node-1", .duration = 2s}));
}

TEST(Action, MayWaitForATrigger) {
    auto const parsed = parse_triggered_action(
        R"({"type": "crash", "node": "that node", "on": {"received": "GET", "nth": 2}})", {});
    ASSERT_TRUE(parsed.value.has_value()) << to_string(parsed.problems.at(0));
    EXPECT_EQ(*parsed.value,
              (TimedFault{0s, Crash{.node = "that node"}, Trigger{.received = "GET", .nth = 2}}));
    EXPECT_EQ(parse_triggered_action(R"({"type": "heal"})", {}).value, TimedFault{});
    EXPECT_EQ(
        to_string(
            parse_triggered_action(R"({"type": "heal", "on": {"nth": 0}})", {}).problems.at(0)),
        "body:/on/nth: 0 is out of range (1 to 1000000000)");
}

TEST(Action, ErrorsNameThePathAndWhatIsAllowed) {
    auto const problem = [](std::string_view json) {
        auto const parsed = parse_action(json, {});
        return parsed.problems.size() == 1 ? to_string(parsed.problems[0]) : "not one problem";
    };
    EXPECT_THAT(problem(R"({"type": "crash", "node": "node-7"})"),
                HasSubstr("body:/node: there is no 'node-7' (names: node-1 to node-6"));
    EXPECT_THAT(
        problem(R"({"type": "crash", "node": "node-1", "restart": "1s"})"),
        HasSubstr("body:/restart: unknown key 'restart' in crash (did you mean 'restart_after'?"));
    EXPECT_THAT(problem(R"({"node": "node-1"})"), HasSubstr("body:: the action has no type"));
    EXPECT_THAT(problem("{\n\"type\": }"), HasSubstr("body:2:9: not JSON"));
    EXPECT_THAT(problem("{\n\"type\": 9e999}"),
                HasSubstr("body:2:9: the number 9e999 is too large"));
    EXPECT_THAT(problem("[1]"), HasSubstr("an action is written as keys and values"));
}

}  // namespace
}  // namespace keyslot::sim
