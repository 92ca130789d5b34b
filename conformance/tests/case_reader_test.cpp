// The format of the cases: what is read, and how mistakes are told.
#include "conformance/harness/case_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot::conformance {
namespace {

using namespace std::chrono_literals;

std::string const head = "id: a/b\nrequirement: r\nsource: s\n";
std::string const accept = "accept:\n  - outcome: o\n    when:\n      - result: {is: OK}\n";

std::vector<std::string> problems_of(std::string const& text) {
    std::vector<std::string> lines;
    for (sim::Problem const& problem : parse_case(text, "c.yaml").problems) {
        lines.push_back(to_string(problem));
    }
    return lines;
}

TEST(CaseReader, ReadsEveryKindOfStepAndCheck) {
    auto const parsed = parse_case(head + R"(level: should
topology: {masters: 4, replicas_per_master: 1, joining: 2, second_masters: 3,
           node_timeout: 2s, ip: 10.0.0.1}
client: {call_timeout: 2s, redirects_max: 3, startup: [node-1, "h:7000"]}
steps:
  - call: SET k "v"
  - call: {command: GET k, as: read, times: 3, every: 10us, wait: false,
           timeout: 1s, repeatable: true}
  - await: read
  - operator: {node: node-1, command: CLUSTER INFO}
  - move_slot: {key: k, to: node-2}
  - script: {node: node-1, request: GET *, answer: -LOADING, times: 2}
  - script: {request: GET k, lose_answer: true, close: true}
  - end_scripts
  - until: {request: GET k, times: 2, since: m}
  - sleep: 20ms
  - mark: m
  - crash: node-1
  - bind_name: {name: h, node: node-1}
accept:
  - outcome: o
    strict: false
    when:
      - result: {of: read, is: "1"}
      - result: {fails: timeout, outcome: unknown}
      - seen: {node: node-1, request: GET k, times: <=2, since: m, within: 5ms}
      - executed: {request: GET k, times: 1..2}
      - follows: {request: GET k, before: ASKING}
      - ordered: {request: SET k}
      - took: {at_most: 5ms}
      - fetches: {times: ">=1"}
      - connections: {node: node-1, times: 0}
)",
                                   "c.yaml");
    ASSERT_TRUE(parsed.value) << to_string(parsed.problems.at(0));
    Case const& test = *parsed.value;
    EXPECT_EQ(test.level, Level::should);
    EXPECT_EQ(test.topology.masters, 4u);
    EXPECT_EQ(test.topology.node_timeout, 2000ms);
    EXPECT_EQ(test.client.call_timeout, 2s);
    EXPECT_THAT(test.client.startup, testing::ElementsAre("node-1", "h:7000"));
    ASSERT_EQ(test.steps.size(), 13u);
    auto const& call = std::get<CallStep>(test.steps[1]);
    EXPECT_THAT(call.commands, testing::ElementsAre(testing::ElementsAre("GET", "k")));
    EXPECT_EQ(call.name, "read");
    EXPECT_EQ(call.every, 10us);
    EXPECT_FALSE(call.wait);
    EXPECT_EQ(std::get<ScriptStep>(test.steps[5]).answer, "-LOADING");
    ASSERT_EQ(test.accept.size(), 1u);
    EXPECT_FALSE(test.accept[0].strict);
    ASSERT_EQ(test.accept[0].checks.size(), 9u);
    auto const& seen = std::get<SeenCheck>(test.accept[0].checks[2].second);
    EXPECT_EQ(seen.times.most, 2u);
    EXPECT_EQ(seen.within, 5ms);
}

TEST(CaseReader, ReadsWhatAClientCanBeAskedFor) {
    auto const parsed = parse_case(head + R"(needs: [split]
client: {protocol: 2, read_from_replicas: true, username: u, password: p}
steps:
  - call: 'EVAL "return 1" 1 k'
  - pipeline: [SET k 1, GET k]
  - transaction: {commands: [GET k], as: unit, timeout: 1s}
  - watch: k {k}2
  - run_script: '"return KEYS[1]" 1 k'
  - subscribe: {channels: a b, kind: shard}
  - unsubscribe: a
  - close
  - receive: {channel: a, message: m, within: 5s}
  - partition: {from: [client], to: [node-1], one_way: true}
  - heal
accept:
  - outcome: o
    when:
      - gaps: {channel: a, times: 1}
)",
                                   "c.yaml");
    ASSERT_TRUE(parsed.value) << to_string(parsed.problems.at(0));
    auto const step = [&](std::size_t n) { return std::get<CallStep>(parsed.value->steps[n]); };
    EXPECT_THAT(step(0).commands[0], testing::ElementsAre("EVAL", "return 1", "1", "k"));
    EXPECT_EQ(step(1).commands.size(), 2u);
    EXPECT_EQ(step(1).name, "pipeline");
    EXPECT_EQ(step(2).name, "unit");
    EXPECT_THAT(step(3).commands[0], testing::ElementsAre("k", "{k}2"));
    EXPECT_EQ(step(5).kind, ChannelKind::shard);
    EXPECT_EQ(step(7).operation, Operation::close);
    EXPECT_TRUE(std::get<PartitionStep>(parsed.value->steps[9]).one_way);
    EXPECT_THAT(needs_of(*parsed.value),
                testing::ElementsAre("credentials", "gaps", "pipeline", "protocol",
                                     "read_from_replicas", "run_script", "split", "ssubscribe",
                                     "timeout", "transaction", "unsubscribe", "watch"));
}

TEST(CaseReader, TellsEveryMistakeWithItsPlace) {
    EXPECT_THAT(problems_of("id: a\n" + accept),
                testing::ElementsAre("c.yaml:1:1: a case needs 'requirement'",
                                     "c.yaml:1:1: a case needs 'source'",
                                     "c.yaml:1:1: a case needs 'steps'"));
    EXPECT_THAT(problems_of(head + "client: {startup: [node-1, 'h:x']}\nsteps: []\n" + accept),
                testing::ElementsAre("c.yaml:4:19: 'h:x' has no port (node-1, or name:port)"));
    EXPECT_THAT(problems_of(head + "client: {certificate: true}\nsteps: []\n" + accept),
                testing::ElementsAre(testing::HasSubstr("nobody to show it to")));
    EXPECT_THAT(problems_of(head + "topology: {client_certificates: true}\nsteps: []\n" + accept),
                testing::ElementsAre(testing::HasSubstr("plain ports want no certificates")));
    EXPECT_THAT(problems_of(head + "topology: {ports: tsl}\nsteps: []\n" + accept),
                testing::ElementsAre(testing::HasSubstr("'tsl' is no kind of ports")));
    EXPECT_THAT(problems_of(head + "levle: must\nsteps: []\n" + accept),
                testing::ElementsAre("c.yaml:4:1: a case has no 'levle' (meant: level)"));
    EXPECT_THAT(
        problems_of(head + "level: perhaps\nsteps: []\n" + accept),
        testing::ElementsAre("c.yaml:4:8: 'perhaps' is no level (must, should or informational)"));
}

TEST(CaseReader, RefusesStepsThatMakeNoSense) {
    auto const step = [](std::string const& line) {
        return problems_of(head + "steps:\n  - " + line + "\n" + accept);
    };
    EXPECT_THAT(step("dance: node-1"),
                testing::ElementsAre(
                    testing::StartsWith("c.yaml:5:5: there is no step 'dance' (call, pipeline")));
    EXPECT_THAT(step("script: {request: GET k}"),
                testing::ElementsAre("c.yaml:5:13: a script does one thing (answer, lose_answer, "
                                     "ignore or close)"));
    EXPECT_THAT(step("script: {request: GET k, answer: +OK, ignore: true}"), testing::SizeIs(1));
    EXPECT_THAT(step("sleep: 5 parsecs"), testing::SizeIs(1));
    EXPECT_THAT(step("call: {command: GET k, tiems: 3}"),
                testing::ElementsAre("c.yaml:5:28: a call has no 'tiems' (meant: times)"));
    EXPECT_THAT(step("call: 'GET \"k'"), testing::SizeIs(1));
    EXPECT_THAT(step("pipeline: GET k"), testing::SizeIs(1));
    EXPECT_THAT(step("subscribe: {channels: a, kind: loud}"),
                testing::ElementsAre("c.yaml:5:36: 'loud' is no kind of channel (channel, pattern "
                                     "or shard)"));
    EXPECT_THAT(step("run_script: return no key"),
                testing::ElementsAre("c.yaml:5:17: these are no arguments of EVAL (the source, the "
                                     "number of keys, the keys, the arguments)"));
    EXPECT_THAT(step("run_script: return"), testing::SizeIs(1));
    EXPECT_THAT(step("run_script: 'return 2 k'"), testing::SizeIs(1));
    EXPECT_THAT(step("call: {times: 3}"),
                testing::ElementsAre("c.yaml:5:11: a call needs 'command'"));
}

TEST(CaseReader, RefusesOutcomesThatAcceptEverything) {
    std::string const steps = "steps: []\n";
    EXPECT_THAT(problems_of(head + steps + "accept: []\n"),
                testing::ElementsAre(testing::HasSubstr("nothing is accepted")));
    EXPECT_THAT(problems_of(head + steps + "accept:\n  - {outcome: o, when: []}\n"),
                testing::ElementsAre(testing::HasSubstr("accepts everything")));
    EXPECT_THAT(problems_of(head + steps +
                            "accept:\n  - outcome: o\n    when:\n"
                            "      - seen: {request: GET, times: often}\n"),
                testing::ElementsAre("c.yaml:8:37: 'often' does not say how often (3, 1..2, <=2 or "
                                     ">=1)"));
}

TEST(CaseReader, FilesAreReadAndMissingOnesTold) {
    EXPECT_EQ(load_case("no/such.yaml").problems.size(), 1u);
    EXPECT_EQ(load_catalogue("no/such").problems.size(), 1u);
}

}  // namespace
}  // namespace keyslot::conformance
