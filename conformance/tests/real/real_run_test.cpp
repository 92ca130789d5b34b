// Whole cases with redis-server processes: our own client behind its driver.
#include "conformance/arms/tcp_run.hpp"
#include "conformance/harness/case_reader.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace keyslot::conformance {
namespace {

Case case_of(std::string const& topology, std::string const& steps, std::string const& checks) {
    auto const parsed = parse_case("id: a/b\nrequirement: r\nsource: s\ntopology: {" + topology +
                                       "}\nclient: {call_timeout: 20s, read_from_replicas: true}\n"
                                       "steps:\n" +
                                       steps + "accept:\n  - outcome: o\n    when:\n" + checks,
                                   "test.yaml");
    EXPECT_TRUE(parsed.value) << to_string(parsed.problems.at(0));
    return *parsed.value;
}

DriverReport play(Case const& test) {
    std::signal(SIGPIPE, SIG_IGN);
    DriverReport report = run_case_over_tcp(
        test, KEYSLOT_DRIVER, {.nodes = Nodes::real, .address = "127.0.8.1", .seed = 1});
    EXPECT_EQ(to_string(report.judgement.verdict), "OK") << to_string(test, report, true);
    return report;
}

TEST(RealRun, ReadsAtAReplicaAndNobodySeesHowThatGetsItsData) {
    play(case_of("masters: 3, replicas_per_master: 1",
                 "  - call: {command: SET bar 1, as: before}\n"
                 "  - operator: {node: node-1, command: WAIT 1 5000}\n"
                 "  - call: {command: GET bar, times: 9}\n",
                 "      - result: {is: 1}\n"
                 "      - seen: {node: node-4, request: GET bar, times: \">=1\"}\n"
                 "      - redirections: {times: 0}\n"
                 "      - seen: {request: REPLCONF, times: 0}\n"
                 "      - seen: {request: PSYNC, times: 0}\n"));
}

TEST(RealRun, ReplicasAreDealtToTheMastersInTurn) {
    play(case_of("masters: 2, replicas_per_master: 2",
                 "  - operator: {node: node-3, command: CLUSTER FAILOVER}\n"
                 "  - sleep: 2s\n"
                 "  - operator: {node: node-6, command: CLUSTER FAILOVER}\n"
                 "  - sleep: 2s\n"
                 "  - call: {command: SET bar 1, as: first}\n"
                 "  - call: {command: SET foo 1, as: second}\n",
                 "      - executed: {node: node-3, request: SET bar, times: 1}\n"
                 "      - executed: {node: node-6, request: SET foo, times: 1}\n"));
}

TEST(RealRun, ANodeThatCrashedRefusesUntilItIsBackWithItsData) {
    DriverReport const report =
        play(case_of("require_full_coverage: false",
                     "  - call: {command: SET bar 1, as: before}\n"
                     "  - crash: node-1\n"
                     "  - sleep: 50ms\n"
                     "  - mark: crashed\n"
                     "  - call: {command: INCR bar, as: away, timeout: 1s}\n"
                     "  - mark: away\n"
                     "  - restart: node-1\n"
                     "  - call: INCR bar\n",
                     "      - result: {of: away, fails: true, outcome: not_executed}\n"
                     "      - result: {is: 2}\n"
                     "      - executed: {node: node-1, request: INCR bar, times: 1}\n"));
    Evidence const& seen = report.evidence;
    for (std::size_t n = seen.marks.at("crashed").connections;
         n < seen.marks.at("away").connections; ++n) {
        EXPECT_NE(seen.dialogue.connections.at(n).node, "node-1");
    }
}

// Only a replica can be told to fail over: so the old primary has come back as one.
TEST(RealRun, AReplicaTakesOverAndTheOldPrimaryFollowsIt) {
    play(case_of("masters: 3, replicas_per_master: 1, node_timeout: 1s",
                 "  - call: {command: SET bar 1, as: before}\n"
                 "  - operator: {node: node-1, command: WAIT 1 5000}\n"
                 "  - crash: node-1\n"
                 "  - sleep: 50ms\n"
                 "  - call: {command: INCR bar, as: promoted}\n"
                 "  - restart: node-1\n"
                 "  - sleep: 5s\n"
                 "  - operator: {node: node-1, command: CLUSTER FAILOVER}\n"
                 "  - sleep: 2s\n"
                 "  - call: INCR bar\n",
                 "      - result: {is: 3}\n"
                 "      - executed: {node: node-4, request: INCR bar, times: 1}\n"
                 "      - executed: {node: node-1, request: INCR bar, times: 1}\n"));
}

TEST(RealRun, ANodeWithoutPowerSaysNothingUntilItIsBack) {
    play(case_of("require_full_coverage: false",
                 "  - call: {command: SET bar 1, as: before}\n"
                 "  - power_off: node-1\n"
                 "  - call: {command: INCR bar, as: away, timeout: 1s}\n"
                 "  - restart: node-1\n"
                 "  - sleep: 3s\n"
                 "  - call: INCR bar\n",
                 "      - result: {of: away, fails: timeout, outcome: unknown}\n"
                 "      - took: {of: away, at_least: 1s}\n"
                 "      - result: {is: 2}\n"
                 "      - seen: {request: INCR bar, times: 1}\n"));
}

TEST(RealRun, ANodeThatJoinsTakesASlot) {
    play(case_of("masters: 3, joining: 1",
                 "  - call: {command: SET bar 1, as: before}\n"
                 "  - move_slot: {key: bar, to: node-4}\n"
                 "  - call: INCR bar\n",
                 "      - result: {is: 2}\n"
                 "      - executed: {node: node-4, request: INCR bar, times: 1}\n"));
}

}  // namespace
}  // namespace keyslot::conformance
