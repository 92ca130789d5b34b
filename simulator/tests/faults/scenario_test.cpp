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
                       .repeatable_writes = true};
    scenario.workload = {.clients = 9,
                         .keys = 1,
                         .hash_tags = 7,
                         .mix = {.getset = 1, .del = 2, .append = 3, .mget = 4, .mset = 5},
                         .rate = {7, 10s},
                         .duration = 1h,
                         .pipeline = 64,
                         .value_size = 100};
    scenario.settle = 61s;
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
        "replicas_per_master, node_timeout, latency, jitter, require_full_coverage)");
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
    EXPECT_THAT(problem_of("faults: [{heal: {}}]"), HasSubstr("has no time"));
    EXPECT_THAT(problem_of("faults: [{at: 1s}]"), HasSubstr("no fault is named"));
    EXPECT_THAT(problem_of("faults: [{at: 1s, heal: {}, crash: {node: node-1}}]"),
                HasSubstr("a second fault in one entry"));
    EXPECT_THAT(problem_of("faults: [{at: 1s, crash: {keep_data: true}}]"),
                HasSubstr("crash needs the key 'node'"));
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
    EXPECT_THAT(problem("[1]"), HasSubstr("an action is written as keys and values"));
}

}  // namespace
}  // namespace keyslot::sim
