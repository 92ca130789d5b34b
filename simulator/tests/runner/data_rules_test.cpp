#include "simulator/runner/data_rules.hpp"
#include "simulator/runner/linearizability.hpp"
#include "simulator/tests/runner/hand_made_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

namespace keyslot::sim {
namespace {

using Words = HandMadeRun::Words;

class DataRules : public testing::Test {
protected:
    void runs(Duration when, Words const& words, std::size_t node = 0,
              std::uint64_t incarnation = 0) {
        run_.executes({.at = Instant{when},
                       .node = node,
                       .session = 7,
                       .incarnation = incarnation,
                       .is_write = words[0] != "GET",
                       .arguments = {}},
                      words);
    }
    void applies(Duration when, Words const& words, std::size_t node) {
        run_.executes({.at = Instant{when},
                       .node = node,
                       .is_write = true,
                       .from_replication = true,
                       .arguments = {}},
                      words);
    }
    void calls(Duration when, Words const& words, Reply reply = Reply::simple_string("OK"),
               std::size_t node = 0) {
        std::size_t const call = run_.begins(when, words, words[0] == "GET");
        runs(when + 1ms, words, node);
        run_.answered(call, when + 2ms, std::move(reply));
    }
    void reads(Duration when, std::string const& text, std::size_t node = 0) {
        calls(when, {"GET", "k"}, Reply::bulk_string(text), node);
    }
    std::vector<std::string_view> broken() {
        std::vector<Violation> violations;
        verdicts_ = judge_data(
            run_.history, run_.executions, false, [](std::size_t) { return false; }, violations);
        return rules_of(violations);
    }

    HandMadeRun run_;
    DataVerdicts verdicts_;
};

TEST_F(DataRules, AReadGivesWhatWasWrittenLast) {
    calls(1s, {"SET", "k", "a"});
    calls(2s, {"SET", "k", "b"});
    reads(3s, "b");
    EXPECT_THAT(broken(), IsEmpty());
    EXPECT_EQ(verdicts_.keys, 1u);
    reads(4s, "a");
    EXPECT_THAT(broken(), ElementsAre(rules::linearizable));
}

TEST_F(DataRules, EveryCommandsAnswerIsJudged) {
    calls(1s, {"APPEND", "k", "ab"}, Reply::integer(2));
    calls(2s, {"APPEND", "k", "c"}, Reply::integer(3));
    calls(3s, {"SET", "k", "5", "GET"}, Reply::bulk_string("abc"));
    calls(4s, {"GETSET", "k", "6"}, Reply::bulk_string("5"));
    calls(5s, {"INCR", "k"}, Reply::integer(7));
    calls(6s, {"DEL", "k"}, Reply::integer(1));
    calls(7s, {"DEL", "k"}, Reply::integer(0));
    EXPECT_THAT(broken(), IsEmpty());
    calls(8s, {"INCR", "k"}, Reply::integer(2));
    EXPECT_THAT(broken(), ElementsAre(rules::linearizable));
}

TEST_F(DataRules, CallsAtTheSameTimeMayTakeEffectInAnyOrder) {
    std::size_t const one = run_.begins(1s, {"INCR", "k"});
    std::size_t const two = run_.begins(1s, {"INCR", "k"});
    runs(2s, {"INCR", "k"});
    runs(2s, {"INCR", "k"});
    run_.answered(one, 3s, Reply::integer(2));
    run_.answered(two, 3s, Reply::integer(1));
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(DataRules, TwoCallersDoNotCountToTheSameNumber) {
    std::size_t const one = run_.begins(1s, {"INCR", "k"});
    std::size_t const two = run_.begins(1s, {"INCR", "k"});
    runs(2s, {"INCR", "k"});
    runs(2s, {"INCR", "k"});
    run_.answered(one, 3s, Reply::integer(1));
    run_.answered(two, 3s, Reply::integer(1));
    EXPECT_THAT(broken(), ElementsAre(rules::linearizable));
}

TEST_F(DataRules, AnUnknownCallMayTakeEffectOnceOrNeverButNotTwice) {
    std::size_t const call = run_.begins(1s, {"INCR", "k"});
    run_.fails(call, 2s, Outcome::unknown);
    runs(3s, {"INCR", "k"});
    calls(4s, {"INCR", "k"}, Reply::integer(2));
    EXPECT_THAT(broken(), IsEmpty());
    calls(5s, {"INCR", "k"}, Reply::integer(4));
    EXPECT_THAT(broken(), ElementsAre(rules::linearizable));
}

TEST_F(DataRules, AnAcknowledgedWriteDoesNotVanishFromItsNode) {
    calls(1s, {"SET", "k", "a"});
    calls(2s, {"GET", "k"}, Reply());
    EXPECT_THAT(broken(), ElementsAre(rules::linearizable));
}

TEST_F(DataRules, AWriteThatWasNotReplicatedMayVanishInAFailover) {
    calls(1s, {"SET", "k", "a"});
    applies(1s, {"SET", "k", "a"}, 3);
    calls(2s, {"SET", "k", "b"});
    reads(3s, "a", 3);
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(DataRules, AWriteThatWasReplicatedMayNot) {
    calls(1s, {"SET", "k", "a"});
    calls(2s, {"SET", "k", "b"});
    applies(2s, {"SET", "k", "a"}, 3);
    applies(2s, {"SET", "k", "b"}, 3);
    reads(3s, "a", 3);
    EXPECT_THAT(broken(), ElementsAre(rules::linearizable));
}

TEST_F(DataRules, AWriteMayVanishInARestart) {
    calls(1s, {"SET", "k", "a"});
    std::size_t const call = run_.begins(2s, {"GET", "k"}, true);
    runs(2s, {"GET", "k"}, 0, 1);
    run_.answered(call, 3s, Reply());
    EXPECT_THAT(broken(), IsEmpty());
    reads(4s, "a");
}

TEST_F(DataRules, AKeyThatMigratesKeepsItsValue) {
    calls(1s, {"SET", "k", "a"});
    runs(2s, {"RESTORE-ASKING", "k", "0", "..."}, 1);
    runs(2s, {"MIGRATE", "10.0.0.2", "7001", "", "0", "1000", "KEYS", "k"}, 0);
    reads(3s, "a", 1);
    EXPECT_THAT(broken(), IsEmpty());
    calls(4s, {"GET", "k"}, Reply(), 1);
    EXPECT_THAT(broken(), ElementsAre(rules::linearizable));
}

TEST_F(DataRules, KeysOfOtherCommandsAreNotJudged) {
    calls(1s, {"SET", "k", "a"});
    calls(2s, {"SETRANGE", "k", "0", "b"}, Reply::integer(1));
    reads(3s, "b");
    EXPECT_THAT(broken(), IsEmpty());
    EXPECT_EQ(verdicts_.keys, 0u);
}

KeyOperation operation(KeyOperation::Kind kind, std::int64_t from, std::int64_t to) {
    KeyOperation result;
    result.kind = kind;
    result.from = {from, 0};
    result.to = {to, 0};
    return result;
}

TEST(Linearizability, SearchesBackWhenAnOrderDoesNotWorkOut) {
    KeyOperation a = operation(KeyOperation::Kind::set, 0, 10);
    a.argument = "a";
    KeyOperation b = operation(KeyOperation::Kind::set, 0, 11);
    b.argument = "b";
    KeyOperation read = operation(KeyOperation::Kind::get, 12, 13);
    read.is_answered = read.found = true;
    read.text = "a";  // although that one ended first
    EXPECT_EQ(check_linearizable({a, b, read}, 1000).verdict, Linearizable::yes);
    read.text = "c";
    read.call = 7;
    auto const result = check_linearizable({a, b, read}, 1000);
    EXPECT_EQ(result.verdict, Linearizable::no);
    EXPECT_EQ(result.unexplained, 7u);
}

TEST(Linearizability, WhatMayBeAnythingIsWhatIsReadFirst) {
    KeyOperation const forget = operation(KeyOperation::Kind::forget, 0, 1);
    KeyOperation read = operation(KeyOperation::Kind::get, 2, 3);
    read.is_answered = read.found = true;
    read.text = "a";
    KeyOperation again = operation(KeyOperation::Kind::get, 4, 5);
    again.is_answered = again.found = true;
    again.text = "a";
    EXPECT_EQ(check_linearizable({forget, read, again}, 1000).verdict, Linearizable::yes);
    again.text = "b";
    EXPECT_EQ(check_linearizable({forget, read, again}, 1000).verdict, Linearizable::no);
}

TEST(Linearizability, SaysThatItDoesNotKnowAfterSoManySteps) {
    std::vector<KeyOperation> operations;
    for (int n = 0; n < 20; ++n) {
        KeyOperation& set = operations.emplace_back(operation(KeyOperation::Kind::set, 0, 100));
        set.argument = std::to_string(n);
    }
    KeyOperation read = operation(KeyOperation::Kind::get, 101, 102);
    read.is_answered = read.found = true;
    read.text = "none of them";
    operations.push_back(read);
    auto const result = check_linearizable(operations, 1000);
    EXPECT_EQ(result.verdict, Linearizable::unknown);
    EXPECT_EQ(result.steps, 1000u);
}

}  // namespace
}  // namespace keyslot::sim
