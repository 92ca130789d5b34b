// Whole cases over TCP: our own client behind its driver, and drivers with something wrong with them.
#include "conformance/arms/tcp_run.hpp"
#include "conformance/arms/judge_all.hpp"
#include "conformance/harness/case_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace keyslot::conformance {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

DriverCommand const own = KEYSLOT_DRIVER;

DriverCommand fake(std::string const& what) { return "python3 " KEYSLOT_FAKE_DRIVER " " + what; }

Case case_of(std::string const& steps, std::string const& checks) {
    auto const parsed = parse_case(
        "id: a/b\nrequirement: r\nsource: s\n"
        "client: {call_timeout: 500ms}\nsteps:\n" +
            steps + "accept:\n  - outcome: o\n    when:\n" + checks,
        "test.yaml");
    EXPECT_TRUE(parsed.value) << to_string(parsed.problems.at(0));
    return *parsed.value;
}

Case plain_case() { return case_of("  - call: SET k v\n", "      - result: {is: OK}\n"); }

DriverReport run(Case const& test, DriverCommand const& driver) {
    std::signal(SIGPIPE, SIG_IGN);
    return run_case_over_tcp(test, driver,
                             {.nodes = Nodes::simulated,
                              .address = "127.0.7.1",
                              .seed = 1,
                              .hello_patience = 2s,
                              .call_patience = 2s});
}

std::string verdict(DriverReport const& report) {
    return std::string(to_string(report.judgement.verdict));
}

TEST(TcpRun, OurClientKeepsARuleOverTcp) {
    Case const test = case_of(
        "  - call: {command: SET bar 1, as: before}\n"
        "  - move_slot: {key: bar, to: node-2}\n"
        "  - mark: moved\n"
        "  - call: INCR bar\n",
        "      - result: {is: 2}\n"
        "      - seen: {node: node-1, request: INCR bar, since: moved, times: 1}\n"
        "      - executed: {node: node-2, request: INCR bar, times: 1}\n");
    DriverReport const report = run(test, own);
    EXPECT_EQ(verdict(report), "OK") << to_string(test, report, true);
    EXPECT_EQ(report.driver.name, "keyslot");
}

TEST(TcpRun, AFailureShowsTheDialogueAndTheReason) {
    Case const test = case_of("  - call: SET k v\n", "      - result: {is: KO}\n");
    DriverReport const report = run(test, own);
    EXPECT_EQ(verdict(report), "FAILED");
    EXPECT_THAT(report.judgement.reasons, ElementsAre("not 'o': 'SET k v' gave OK, not KO"));
    EXPECT_THAT(to_string(test, report, false), HasSubstr("SET k v  ->  +OK"));
}

TEST(TcpRun, WaitsForEventsOfConcurrentCalls) {
    Case const test = case_of(
        "  - script: {request: GET k, answer: \"-LOADING wait\", times: 3}\n"
        "  - call: {command: GET k, wait: false}\n"
        "  - until: {request: GET k, times: 3}\n"
        "  - call: {command: SET k 1, as: other}\n"
        "  - await: call\n",
        "      - seen: {request: GET k, times: 4}\n");
    DriverReport const report = run(test, own);
    EXPECT_EQ(verdict(report), "OK") << to_string(test, report, true);
}

class Broken : public testing::TestWithParam<std::pair<char const*, char const*>> {};

TEST_P(Broken, GivesErrorAndSaysWhy) {
    auto const& [what, why] = GetParam();
    DriverReport const report = run(plain_case(), fake(what));
    EXPECT_EQ(verdict(report), "ERROR");
    EXPECT_THAT(report.judgement.reasons, ElementsAre(HasSubstr(why)));
    EXPECT_THAT(report.evidence.driver_lines, Contains(HasSubstr("> {\"id\":1,\"op\":\"hello\"")));
}

INSTANTIATE_TEST_SUITE_P(
    Drivers, Broken,
    testing::Values(std::pair{"dies", "ended with exit code 7"}, std::pair{"crashes", "signal 11"},
                    std::pair{"hangs", "does not answer a ping"},
                    std::pair{"hangs_sequentially", "it hangs, or the client in it does"},
                    std::pair{"never_says_hello", "did not answer in time"},
                    std::pair{"prints_rubbish", "'Traceback (most recent call last):'"},
                    std::pair{"prints_without_end", "a line without end"},
                    std::pair{"answers_twice", "answered twice"},
                    std::pair{"answers_what_was_not_asked", "what was not asked"},
                    std::pair{"says_nothing_in_an_answer", "value, error or unimplemented"},
                    std::pair{"speaks_another_protocol", "does not speak protocol 1"}),
    [](auto const& driver) { return std::string(driver.param.first); });

TEST(TcpRun, TheLastWordsOfADriverThatDiedAreKept) {
    DriverReport const report = run(plain_case(), fake("dies"));
    EXPECT_THAT(report.evidence.driver_lines, Contains("! it was the butler"));
}

TEST(TcpRun, AProgramThatIsNotThereIsAnError) {
    DriverReport const report = run(plain_case(), "/no/such/driver");
    EXPECT_EQ(verdict(report), "ERROR");
    EXPECT_THAT(report.judgement.reasons, ElementsAre(HasSubstr("exit code 127")));
}

TEST(TcpRun, AClientThatNeverEndsACallFails) {
    DriverReport const report = run(plain_case(), fake("forgets"));
    EXPECT_EQ(verdict(report), "FAILED") << "the driver answers pings: it is the client that hangs";
    EXPECT_THAT(report.judgement.reasons, ElementsAre(HasSubstr("never ended")));
}

TEST(TcpRun, WhatADriverLacksIsNeverAFailure) {
    EXPECT_EQ(verdict(run(plain_case(), fake("lacks_everything"))), "UNIMPLEMENTED");
    Case const ordered =
        case_of("  - call: {command: SET k $n, times: 9}\n", "      - ordered: {request: SET k}\n");
    DriverReport const report = run(ordered, fake("lacks_an_order"));
    EXPECT_EQ(verdict(report), "UNIMPLEMENTED");
    EXPECT_THAT(report.judgement.reasons, ElementsAre("the capability 'ordered'"));
}

TEST(TcpRun, WhatCannotBePlayedIsNotApplicable) {
    Case const test = case_of("  - bind_name: {name: h, node: node-1}\n  - call: SET k v\n",
                              "      - result: {is: OK}\n");
    DriverReport const report = run(test, fake("dies"));
    EXPECT_EQ(verdict(report), "NOT_APPLICABLE");
    EXPECT_THAT(report.judgement.reasons, ElementsAre(HasSubstr("resolver")));
}

TEST(Playable, TheNetworkAmongRealNodesIsWhole) {
    auto const why_not = [](std::string const& step) {
        return why_not_on_real_nodes(case_of("  - " + step + "\n", "      - result: {is: OK}\n"));
    };
    EXPECT_EQ(why_not("crash: node-1"), "");
    EXPECT_EQ(why_not("restart: node-1"), "");
    EXPECT_EQ(why_not("pause: node-1"), "");
    EXPECT_EQ(why_not("power_off: node-1"), "");
    EXPECT_THAT(why_not("partition: {from: [client], to: [node-1]}"), HasSubstr("network"));
    EXPECT_THAT(why_not("bind_name: {name: h, node: node-1}"), HasSubstr("resolver"));
}

TEST(JudgeAll, GoesOnAfterABrokenDriver) {
    std::vector<Client> const clients{{.name = "broken", .driver = fake("dies")},
                                      {.name = "", .driver = own},
                                      {.name = "keyslot"}};
    std::size_t told = 0;
    JudgeOptions options{.seed = 1, .nodes = Nodes::simulated, .jobs = 3, .progress = nullptr};
    options.progress = [&](auto const&, auto const&, auto const&, std::size_t done) {
        told = done;
    };
    Matrix const matrix = judge_all({plain_case(), plain_case()}, clients, options);
    EXPECT_EQ(matrix.count(0, Verdict::error, Level::must), 2u);
    EXPECT_EQ(matrix.count(1, Verdict::ok, Level::must), 2u);
    EXPECT_EQ(matrix.count(2, Verdict::ok, Level::must), 2u);
    EXPECT_EQ(matrix.clients[1].name, "keyslot") << "as its driver calls itself";
    EXPECT_EQ(told, 6u);
}

TEST(JudgeAll, PlaysWhatDidNotPassAgain) {
    std::vector<Client> const clients{{.name = "broken", .driver = fake("dies")},
                                      {.name = "keyslot"}};
    JudgeOptions const options{.plays = 3, .progress = nullptr};
    Matrix const matrix = judge_all({plain_case()}, clients, options);
    EXPECT_THAT(matrix.cells[0][0].plays, ElementsAre(Verdict::error, Verdict::error))
        << "a third one would change nothing";
    EXPECT_THAT(matrix.cells[1][0].plays, ElementsAre(Verdict::ok));
}

}  // namespace
}  // namespace keyslot::conformance
