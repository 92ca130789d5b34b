#include "simulator/runner/oracle.hpp"

#include "client/protocol/resp_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace keyslot::sim {
namespace {

using Words = std::vector<std::string>;

Instant at(Duration time) { return Instant{time}; }

// A history and a log, written by hand.
class OracleTest : public testing::Test {
protected:
    std::size_t begins(Duration when, Words words, bool repeatable = false) {
        return history_.begin(std::move(words), repeatable, at(when));
    }
    void answered(std::size_t call, Duration when, Reply reply = Reply::simple_string("OK")) {
        history_.end(call, Result<Reply>(std::move(reply)), at(when));
    }
    void fails(std::size_t call, Duration when, Outcome outcome) {
        Failure failure;
        failure.code = ErrorCode::timeout;
        failure.outcome = outcome;
        history_.end(call, Result<Reply>(std::make_shared<Failure const>(failure)), at(when));
    }
    void runs(Duration when, Words const& words, bool from_replication = false,
              std::uint64_t session = 7) {
        ExecutionRecord record;
        record.at = at(when);
        record.session = session;
        record.from_replication = from_replication;
        append(std::move(record), words);
    }
    void runs_in_exec(Duration when, Words const& words, std::uint64_t session = 7) {
        ExecutionRecord record;
        record.at = at(when);
        record.session = session;
        record.in_transaction = true;
        append(std::move(record), words);
    }
    void pops(Duration when, Words const& words, bool found = true) {
        ExecutionRecord record;
        record.at = at(when);
        record.session = 7;
        record.is_write = found;
        append(std::move(record), words);
    }
    void append(ExecutionRecord record, Words const& words) {
        std::vector<std::string_view> const views(words.begin(), words.end());
        record.arguments = views;
        log_.append(record);
    }
    std::vector<std::size_t> unit(UnitKind kind, Duration when, std::vector<Words> const& calls,
                                  std::optional<std::size_t> founded_on = std::nullopt) {
        std::size_t const number = history_.begin_unit(kind, founded_on);
        for (Words const& words : calls) {
            history_.add_to_unit(number, begins(when, words, words.front() == "GET"));
        }
        return history_.units()[number].calls;
    }
    static Reply popped(std::string const& key, std::string const& element) {
        return parsed("*2\r\n$" + std::to_string(key.size()) + "\r\n" + key + "\r\n$" +
                      std::to_string(element.size()) + "\r\n" + element + "\r\n");
    }
    static Reply parsed(std::string const& bytes) {
        protocol::RespParser parser;
        EXPECT_EQ(parser.parse(bytes), protocol::ParseStatus::complete);
        return Reply(parser.reply());
    }

    std::vector<std::string_view> rules_broken() {
        std::vector<std::string_view> broken;
        for (Violation const& violation : judge_safety(history_, log_)) {
            broken.push_back(violation.rule);
        }
        return broken;
    }

    History history_;
    ExecutionLog log_;
};

TEST_F(OracleTest, AnAnsweredWriteThatRanOnceIsFine) {
    answered(begins(1s, {"SET", "k", "v"}), 2s);
    runs(1500ms, {"SET", "k", "v"});
    runs(1600ms, {"SET", "k", "v"}, true);       // on the replica
    runs(1600ms, {"SET", "k", "v"}, false, 0);   // no session: not a client's
    EXPECT_THAT(rules_broken(), IsEmpty());
}

TEST_F(OracleTest, AWriteThatRanTwiceConvicts) {
    answered(begins(1s, {"SET", "k", "v"}), 2s);
    runs(1500ms, {"SET", "k", "v"});
    runs(1600ms, {"SET", "k", "v"});
    EXPECT_THAT(rules_broken(), ElementsAre(rules::executed_once));
    EXPECT_THAT(judge_safety(history_, log_).front().what,
                HasSubstr("node-1 executed 'SET k v' at 1600ms, once more than the calls allow"));
}

TEST_F(OracleTest, ARepeatableWriteMayRunTwiceAndLate) {
    answered(begins(1s, {"SET", "k", "v"}, true), 2s);
    runs(1500ms, {"SET", "k", "v"});
    runs(9s, {"SET", "k", "v"});
    EXPECT_THAT(rules_broken(), IsEmpty());
}

TEST_F(OracleTest, AnAnswerWithoutAnExecutionConvicts) {
    answered(begins(1s, {"SET", "k", "v"}), 2s);
    EXPECT_THAT(rules_broken(), ElementsAre(rules::acknowledged_ran));
}

TEST_F(OracleTest, AnExecutionAfterTheAnswerIsNoneOfThatCall) {
    answered(begins(1s, {"SET", "k", "v"}), 2s);
    runs(2500ms, {"SET", "k", "v"});
    EXPECT_THAT(rules_broken(), ElementsAre(rules::acknowledged_ran, rules::executed_once));
}

TEST_F(OracleTest, NotExecutedMeansNever) {
    fails(begins(1s, {"SET", "k", "v"}), 2s, Outcome::not_executed);
    EXPECT_THAT(rules_broken(), IsEmpty());
    runs(9s, {"SET", "k", "v"});
    EXPECT_THAT(rules_broken(), ElementsAre(rules::executed_once));
}

TEST_F(OracleTest, UnknownMayRunOnceAtAnyTimeButNotTwice) {
    fails(begins(1s, {"SET", "k", "v"}), 2s, Outcome::unknown);
    EXPECT_THAT(rules_broken(), IsEmpty());
    runs(9s, {"SET", "k", "v"});
    EXPECT_THAT(rules_broken(), IsEmpty());
    runs(10s, {"SET", "k", "v"});
    EXPECT_THAT(rules_broken(), ElementsAre(rules::executed_once));
}

TEST_F(OracleTest, ACallThatPendsMayRunOnce) {
    begins(1s, {"INCR", "c"});
    runs(2s, {"INCR", "c"});
    EXPECT_THAT(rules_broken(), IsEmpty());
    runs(3s, {"INCR", "c"});
    EXPECT_THAT(rules_broken(), ElementsAre(rules::executed_once));
}

TEST_F(OracleTest, EqualCallsAreToldApartByTheirTimes) {
    std::size_t const slow = begins(1s, {"INCR", "c"});
    std::size_t const fast = begins(2s, {"INCR", "c"});
    runs(2500ms, {"INCR", "c"});
    answered(fast, 3s, Reply::integer(1));
    runs(4s, {"INCR", "c"});
    answered(slow, 5s, Reply::integer(2));
    EXPECT_THAT(rules_broken(), IsEmpty());
    // One more, when only a call that was answered before could have caused it:
    runs(6s, {"INCR", "c"});
    EXPECT_THAT(rules_broken(), ElementsAre(rules::executed_once));
}

TEST_F(OracleTest, OneExecutionDoesNotCoverTwoAnswers) {
    std::size_t const first = begins(1s, {"INCR", "c"});
    std::size_t const second = begins(1s, {"INCR", "c"});
    runs(2s, {"INCR", "c"});
    answered(first, 3s, Reply::integer(1));
    answered(second, 3s, Reply::integer(1));
    EXPECT_THAT(rules_broken(), ElementsAre(rules::acknowledged_ran));
}

TEST_F(OracleTest, ACommandNobodyCalledIsNoConcern) {
    runs(1s, {"DEL", "k"});
    EXPECT_THAT(rules_broken(), IsEmpty());
}

TEST_F(OracleTest, AReadGivesWhatWasWrittenToThatKey) {
    runs(1s, {"SET", "k", "v1"});
    answered(begins(1s, {"SET", "k", "v1"}), 1s);
    runs(2s, {"GET", "k"});
    answered(begins(2s, {"GET", "k"}, true), 2s, Reply::bulk_string("v1"));
    EXPECT_THAT(rules_broken(), IsEmpty());
    runs(3s, {"GET", "other"});
    answered(begins(3s, {"GET", "other"}, true), 3s, Reply::bulk_string("v1"));
    EXPECT_THAT(rules_broken(), ElementsAre(rules::value_was_written));
}

TEST_F(OracleTest, AReadMayGiveWhatAnUnknownWriteWroteButNotWhatNeverRan) {
    runs(1s, {"SET", "k", "v1"});
    fails(begins(1s, {"SET", "k", "v1"}), 1s, Outcome::unknown);
    runs(2s, {"GET", "k"});
    answered(begins(2s, {"GET", "k"}, true), 2s, Reply::bulk_string("v1"));
    EXPECT_THAT(rules_broken(), IsEmpty());
    fails(begins(3s, {"SET", "k", "v2"}), 3s, Outcome::not_executed);
    runs(4s, {"GET", "k"});
    answered(begins(4s, {"GET", "k"}, true), 4s, Reply::bulk_string("v2"));
    EXPECT_THAT(rules_broken(), ElementsAre(rules::value_was_written));
}

TEST_F(OracleTest, AValueFromTheFutureConvicts) {
    runs(1s, {"GET", "k"});
    answered(begins(1s, {"GET", "k"}, true), 2s, Reply::bulk_string("v1"));
    runs(3s, {"SET", "k", "v1"});
    answered(begins(3s, {"SET", "k", "v1"}), 3s);
    EXPECT_THAT(rules_broken(), ElementsAre(rules::value_was_written));
}

TEST_F(OracleTest, ARepliesOfAnotherCommandConvicts) {
    runs(1s, {"SET", "k", "v1"});
    answered(begins(1s, {"SET", "k", "v1"}), 1s, Reply::integer(1));
    runs(2s, {"GET", "k"});
    answered(begins(2s, {"GET", "k"}, true), 2s, Reply::simple_string("OK"));
    runs(3s, {"DEL", "k"});
    answered(begins(3s, {"DEL", "k"}), 3s, Reply::integer(2));
    runs(4s, {"INCR", "c"});
    answered(begins(4s, {"INCR", "c"}), 4s, Reply::integer(2));
    EXPECT_THAT(rules_broken(), testing::Each(rules::reply_matches));
    EXPECT_EQ(rules_broken().size(), 4u);
}

TEST_F(OracleTest, KeysThatOtherWritesTouchAreNotJudgedByValue) {
    runs(1s, {"APPEND", "k", "x"});
    answered(begins(1s, {"APPEND", "k", "x"}), 1s, Reply::integer(5));
    runs(2s, {"GET", "k"});
    answered(begins(2s, {"GET", "k"}, true), 2s, Reply::bulk_string("what?"));
    EXPECT_THAT(rules_broken(), IsEmpty());
}

TEST_F(OracleTest, ATransactionThatRanAsAWholeIsFine) {
    auto const calls =
        unit(UnitKind::transaction, 1s, {{"SET", "a", "1"}, {"INCR", "n"}, {"GET", "a"}});
    runs(1500ms, {"INCR", "n"});
    runs_in_exec(2s, {"SET", "a", "1"});
    runs_in_exec(2s, {"INCR", "n"});
    runs_in_exec(2s, {"GET", "a"});
    answered(begins(1s, {"INCR", "n"}), 2s, Reply::integer(1));
    answered(calls[0], 3s);
    answered(calls[1], 3s, Reply::integer(2));
    answered(calls[2], 3s, Reply::bulk_string("1"));
    EXPECT_THAT(rules_broken(), IsEmpty());
}

TEST_F(OracleTest, HalfATransactionConvicts) {
    auto const calls = unit(UnitKind::transaction, 1s, {{"SET", "a", "1"}, {"SET", "b", "1"}});
    runs_in_exec(2s, {"SET", "a", "1"});
    fails(calls[0], 3s, Outcome::unknown);
    fails(calls[1], 3s, Outcome::unknown);
    EXPECT_THAT(rules_broken(), ElementsAre(rules::all_or_nothing));
}

TEST_F(OracleTest, ATransactionWithSomethingInBetweenConvicts) {
    auto const calls = unit(UnitKind::transaction, 1s, {{"SET", "a", "1"}, {"SET", "b", "1"}});
    runs_in_exec(2s, {"SET", "a", "1"});
    runs(2s, {"SET", "a", "2"}, false, 8);
    runs_in_exec(2s, {"SET", "b", "1"});
    answered(calls[0], 3s);
    answered(calls[1], 3s);
    EXPECT_THAT(rules_broken(), testing::Contains(rules::all_or_nothing));
}

TEST_F(OracleTest, ATransactionThatDoesNotReadItsOwnWriteConvicts) {
    auto const calls = unit(UnitKind::transaction, 1s, {{"SET", "a", "1"}, {"GET", "a"}});
    runs_in_exec(2s, {"SET", "a", "1"});
    runs_in_exec(2s, {"GET", "a"});
    answered(calls[0], 3s);
    answered(calls[1], 3s, Reply());
    EXPECT_THAT(rules_broken(), ElementsAre(rules::watch_holds));
}

TEST_F(OracleTest, ExecOnAnotherValueThanWasWatchedConvicts) {
    runs(1s, {"GET", "a"});
    std::size_t const read = begins(1s, {"GET", "a"}, true);
    answered(read, 1s, Reply());
    auto const calls = unit(UnitKind::transaction, 1s, {{"GET", "a"}, {"SET", "a", "1"}}, read);
    runs_in_exec(2s, {"GET", "a"});
    runs_in_exec(2s, {"SET", "a", "1"});
    answered(calls[0], 3s, Reply());
    answered(calls[1], 3s);
    EXPECT_THAT(rules_broken(), IsEmpty());
    std::size_t const other = begins(3s, {"SET", "a", "2"});
    runs(3s, {"SET", "a", "2"});
    answered(other, 3s);
    auto const late = unit(UnitKind::transaction, 3s, {{"GET", "a"}, {"SET", "a", "3"}}, read);
    runs_in_exec(4s, {"GET", "a"});
    runs_in_exec(4s, {"SET", "a", "3"});
    answered(late[0], 5s, Reply::bulk_string("2"));
    answered(late[1], 5s);
    EXPECT_THAT(rules_broken(), ElementsAre(rules::watch_holds));
}

TEST_F(OracleTest, APipelineThatRanOutOfOrderConvictsUnlessTheEarlierOneIsUnknown) {
    auto const calls = unit(UnitKind::pipeline, 1s, {{"SET", "a", "1"}, {"SET", "a", "2"}});
    runs(2s, {"SET", "a", "2"});
    runs(3s, {"SET", "a", "1"});
    fails(calls[0], 4s, Outcome::unknown);
    answered(calls[1], 4s);
    EXPECT_THAT(rules_broken(), IsEmpty());
    auto const settled = unit(UnitKind::pipeline, 5s, {{"SET", "a", "3"}, {"SET", "a", "4"}});
    runs(6s, {"SET", "a", "4"});
    runs(7s, {"SET", "a", "3"});
    answered(settled[0], 8s);
    answered(settled[1], 8s);
    EXPECT_THAT(rules_broken(), ElementsAre(rules::keeps_order));
}

TEST_F(OracleTest, ABlockingPopMayBeSentAgainWithTheTimeThatIsLeft) {
    std::size_t const call = begins(1s, {"BLPOP", "q", "0.5"});
    pops(1400ms, {"BLPOP", "q", "0.2"}, false);
    answered(call, 1500ms, Reply());
    answered(begins(2s, {"BLPOP", "q", "0.5"}), 3s, Reply());
    EXPECT_THAT(rules_broken(), IsEmpty())
        << "and that its time is over the client itself can tell";
}

TEST_F(OracleTest, AnElementThatReachesNobodyConvictsUnlessItsCallerKnows) {
    runs(1s, {"RPUSH", "q", "x"});
    answered(begins(1s, {"RPUSH", "q", "x"}), 1s, Reply::integer(1));
    std::size_t const call = begins(2s, {"BLPOP", "q", "0.5"});
    pops(2s, {"BLPOP", "q", "0.5"});
    EXPECT_THAT(rules_broken(), IsEmpty());
    answered(call, 3s, Reply());
    EXPECT_THAT(rules_broken(), ElementsAre(rules::reaches_caller));
}

TEST_F(OracleTest, AnElementThatGoesToTwoCallersConvictsUnlessRedisMayHaveBroughtItBack) {
    runs(1s, {"RPUSH", "q", "x"});
    answered(begins(1s, {"RPUSH", "q", "x"}), 1s, Reply::integer(1));
    for (int i = 0; i < 2; ++i) {
        pops(2s, {"BLPOP", "q", "0.5"});
        answered(begins(2s, {"BLPOP", "q", "0.5"}), 2s, popped("q", "x"));
    }
    EXPECT_THAT(rules_broken(), ElementsAre(rules::popped_once));
    runs(3s, {"SET", "other", "1"}, true);  // that node follows another by now
    EXPECT_THAT(rules_broken(), IsEmpty());
}

TEST_F(OracleTest, ACallThatIsLetGoEndsAtOnce) {
    std::size_t const prompt = begins(1s, {"GET", "k"}, true);
    history_.let_go(prompt, at(2s));
    fails(prompt, 2s, Outcome::unknown);
    history_.let_go(prompt, at(3s));
    EXPECT_THAT(judge_liveness(history_, 5s), IsEmpty());
    std::size_t const late = begins(1s, {"GET", "k"}, true);
    history_.let_go(late, at(2s));
    fails(late, 2001ms, Outcome::unknown);
    EXPECT_EQ(judge_liveness(history_, 5s).at(0).rule, rules::lets_go);
}

TEST_F(OracleTest, LivenessAsksForAnEndInTime) {
    answered(begins(1s, {"GET", "k"}, true), 6s, Reply());
    answered(begins(1s, {"BLPOP", "q", "2.5"}), 8500ms, Reply());
    EXPECT_THAT(judge_liveness(history_, 5s), IsEmpty());
    answered(begins(1s, {"GET", "k"}, true), 7s, Reply());
    begins(2s, {"GET", "k"}, true);
    auto const violations = judge_liveness(history_, 5s);
    ASSERT_EQ(violations.size(), 2u);
    EXPECT_EQ(violations[0].rule, rules::keeps_deadline);
    EXPECT_EQ(violations[1].rule, rules::settles);
}

}  // namespace
}  // namespace keyslot::sim
