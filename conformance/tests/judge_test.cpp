// The judge on made-up evidence: what each check finds, and what it lets pass.
#include "conformance/harness/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot::conformance {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

Instant at(Duration time) { return Instant{time}; }

// A small dialogue on two connections: #0 to node-1, #1 to node-2.
Evidence evidence() {
    Evidence seen;
    seen.dialogue.connections = {{.opened = at(0ms), .node = "node-1", .peer = "a"},
                                 {.opened = at(2ms), .node = "node-2", .peer = "b"}};
    auto const say = [&](Duration when, std::size_t connection, std::vector<std::string> words) {
        std::string const node = connection == 0 ? "node-1" : "node-2";
        seen.dialogue.exchanges.push_back(
            {.at = at(when), .node = node, .connection = connection, .words = std::move(words)});
    };
    say(0ms, 0, {"CLUSTER", "SHARDS"});
    say(1ms, 0, {"GET", "k"});
    say(2ms, 1, {"ASKING"});
    say(3ms, 0, {"SET", "other", "1"});
    say(3ms, 1, {"get", "k"});
    say(4ms, 1, {"GET", "k2"});
    say(900ms, 0, {"GET", "k"});
    seen.marks["late"] = {.at = at(4ms), .exchanges = 6, .connections = 1};
    seen.executions = {{.at = at(3ms), .node = "node-2", .words = {"GET", "k"}},
                       {.at = at(5ms), .node = "node-2", .words = {"SET", "x", "1"}},
                       {.at = at(6ms), .node = "node-2", .words = {"SET", "x", "2"}}};
    seen.calls = {{.name = "ok",
                   .command = "GET k",
                   .started = at(1ms),
                   .ended = at(4ms),
                   .done = true,
                   .text = "1"},
                  {.name = "bad",
                   .command = "INCR k",
                   .started = at(1ms),
                   .ended = at(4ms),
                   .done = true,
                   .failed = true,
                   .text = "it broke",
                   .code = "connection",
                   .outcome = "unknown"},
                  {.name = "pending", .command = "INCR p"}};
    return seen;
}

std::string fault(Check const& check) { return find_fault(check, evidence()); }

Pattern any(Words words) { return {.node = {}, .words = std::move(words)}; }

TEST(Judge, LooksAtResults) {
    EXPECT_THAT(fault(ResultCheck{"ok", "1"}), IsEmpty());
    EXPECT_EQ(fault(ResultCheck{"ok", "2"}), "'GET k' gave 1, not 2");
    EXPECT_THAT(fault(ResultCheck{"bad", "1"}), HasSubstr("it broke"));
    EXPECT_EQ(fault(ResultCheck{"none", "1"}), "there was no call 'none'");
    EXPECT_EQ(fault(ResultCheck{"pending", "1"}), "'INCR p' never ended");
}

TEST(Judge, LooksAtFailures) {
    EXPECT_THAT(fault(FailureCheck{"bad", "", ""}), IsEmpty());
    EXPECT_THAT(fault(FailureCheck{"bad", "connection", "unknown"}), IsEmpty());
    EXPECT_THAT(fault(FailureCheck{"bad", "timeout", ""}), HasSubstr("failed otherwise"));
    EXPECT_THAT(fault(FailureCheck{"bad", "", "not_executed"}), HasSubstr("failed otherwise"));
    EXPECT_EQ(fault(FailureCheck{"ok", "", ""}), "'GET k' did not fail but gave 1");
}

TEST(Judge, CountsRequests) {
    EXPECT_THAT(fault(SeenCheck{any({"GET", "k"}), {3, 3}, "", {}}), IsEmpty())
        << "whatever the case";
    EXPECT_THAT(fault(SeenCheck{{"node-2", {"GET"}}, {2, 2}, "", {}}), IsEmpty());
    EXPECT_THAT(fault(SeenCheck{any({"*", "k"}), {3, 3}, "", {}}), IsEmpty());
    EXPECT_THAT(fault(SeenCheck{any({"GET"}), {1, 1}, "late", {}}), IsEmpty());
    EXPECT_EQ(fault(SeenCheck{{"node-2", {"GET", "k"}}, {0, 0}, "", {}}),
              "'GET k' at node-2 was seen 1 times, not 0");
}

TEST(Judge, CountsRequestsWithinASpan) {
    EXPECT_THAT(fault(SeenCheck{any({"GET"}), {0, 3}, "", 10ms}), IsEmpty());
    EXPECT_THAT(fault(SeenCheck{any({"GET"}), {0, 2}, "", 10ms}), HasSubstr("3 times"));
    EXPECT_THAT(fault(SeenCheck{any({"GET"}), {0, 2}, "", 2ms}), IsEmpty());
}

TEST(Judge, CountsExecutions) {
    EXPECT_THAT(fault(ExecutedCheck{any({"SET", "x"}), {2, 2}}), IsEmpty());
    EXPECT_EQ(fault(ExecutedCheck{any({"SET", "x"}), {1, 1}}),
              "'SET x' was executed 2 times, not 1");
}

TEST(Judge, LooksAtWhatCameRightBeforeOnTheSameConnection) {
    EXPECT_THAT(fault(FollowsCheck{{"node-2", {"GET", "k"}}, {"ASKING"}}), IsEmpty());
    EXPECT_EQ(fault(FollowsCheck{{"node-2", {"GET", "k2"}}, {"ASKING"}}),
              "'GET k2' at node-2 came right after 'get k', not after 'ASKING'");
    EXPECT_THAT(fault(FollowsCheck{{"node-1", {"GET", "k"}}, {"ASKING"}}),
                HasSubstr("CLUSTER SHARDS"));
    EXPECT_THAT(fault(FollowsCheck{any({"CLUSTER"}), {"ASKING"}}), HasSubstr("nothing"));
}

TEST(Judge, LooksAtTheOrderOfExecutions) {
    EXPECT_THAT(fault(OrderedCheck{any({"SET", "x"})}), IsEmpty());
    Evidence reversed = evidence();
    std::swap(reversed.executions[1], reversed.executions[2]);
    EXPECT_EQ(find_fault(OrderedCheck{any({"SET", "x"})}, reversed),
              "'SET x 1' was executed after number 2");
    EXPECT_THAT(fault(OrderedCheck{any({"SET", "y"})}), HasSubstr("never executed"));
}

TEST(Judge, LooksAtTimesFetchesAndConnections) {
    EXPECT_THAT(fault(TookCheck{"ok", 3ms}), IsEmpty());
    EXPECT_EQ(fault(TookCheck{"ok", 2ms}), "'GET k' took 3.000 ms, more than 2.000 ms");
    EXPECT_THAT(fault(FetchesCheck{{1, 1}, ""}), IsEmpty());
    EXPECT_THAT(fault(FetchesCheck{{1, 1}, "late"}), HasSubstr("0 times"));
    Evidence in_one_breath = evidence();
    auto& exchanges = in_one_breath.dialogue.exchanges;
    Exchange nodes = exchanges.front();
    nodes.words = {"CLUSTER", "NODES"};
    exchanges.insert(exchanges.begin() + 1, nodes);
    EXPECT_EQ(find_fault(FetchesCheck{{1, 1}, ""}, in_one_breath), "");
    exchanges[1].at += 1ms;
    EXPECT_THAT(find_fault(FetchesCheck{{1, 1}, ""}, in_one_breath), HasSubstr("2 times"));
    in_one_breath.breath = 1ms;
    EXPECT_EQ(find_fault(FetchesCheck{{1, 1}, ""}, in_one_breath), "");
    exchanges[1].words = exchanges[0].words;
    EXPECT_THAT(find_fault(FetchesCheck{{1, 1}, ""}, in_one_breath), HasSubstr("2 times"));
    EXPECT_THAT(fault(ConnectionsCheck{"node-2", {1, 1}, "late"}), IsEmpty());
    EXPECT_THAT(fault(ConnectionsCheck{"node-1", {1, 1}, "late"}), HasSubstr("0 times"));
}

TEST(Judge, TakesTheFirstOutcomeThatFits) {
    std::vector<AcceptedOutcome> const accept{
        {.name = "best", .strict = true, .checks = {{"result", ResultCheck{"ok", "2"}}}},
        {.name = "good", .strict = false, .checks = {{"result", ResultCheck{"ok", "1"}}}}};
    Judgement const tolerated = judge(accept, evidence());
    EXPECT_EQ(tolerated.verdict, Verdict::non_strict);
    EXPECT_EQ(tolerated.outcome, "good");
    Judgement const failed = judge({accept.front()}, evidence());
    EXPECT_EQ(failed.verdict, Verdict::failed);
    EXPECT_THAT(failed.reasons, testing::ElementsAre("not 'best': 'GET k' gave 1, not 2"));
}

TEST(Judge, SaysNothingOfTheClientWhenTheCaseWasSpoiled) {
    Evidence spoiled = evidence();
    spoiled.spoiled = "node-1 answered 'CLUSTER FOO' with ERR";
    EXPECT_EQ(judge({}, spoiled).verdict, Verdict::error);
    Evidence missing = evidence();
    missing.missing = {"'GET k' never came 5 times"};
    EXPECT_EQ(judge({{.name = "x", .checks = {}}}, missing).verdict, Verdict::failed);
}

TEST(Judge, HoldsNothingAgainstAClientThatDoesNotSayHowItFailed) {
    Evidence silent = evidence();
    silent.calls[1].code.clear();
    silent.calls[1].outcome.clear();
    EXPECT_EQ(find_fault(FailureCheck{"bad", "timeout", "not_executed"}, silent), "");
}

TEST(Judge, AllowsForWhatRealSocketsCost) {
    Evidence slow = evidence();
    slow.clock_slack = 1ms;
    EXPECT_EQ(find_fault(TookCheck{"ok", 2ms}, slow), "");
    EXPECT_NE(find_fault(TookCheck{"ok", 1ms}, slow), "");
    slow.burst_allowance = 2;
    EXPECT_EQ(find_fault(SeenCheck{any({"GET"}), {0, 2}, "", 10ms}, slow), "");
    EXPECT_NE(find_fault(SeenCheck{any({"GET"}), {0, 1}, "", 10ms}, slow), "");
    EXPECT_NE(find_fault(SeenCheck{any({"GET"}), {0, 2}, "", {}}, slow), "") << "of spans only";
}

TEST(Judge, WhatIsMissingIsNoFailure) {
    Evidence lacking = evidence();
    lacking.unimplemented = "a pipeline";
    lacking.spoiled = "a pipeline";
    EXPECT_EQ(judge({}, lacking).verdict, Verdict::unimplemented);
}

TEST(Judge, InformationalCasesHaveNoRightAndWrong) {
    Case test;
    test.level = Level::informational;
    test.accept = {{.name = "best", .checks = {{"result", ResultCheck{"ok", "2"}}}}};
    EXPECT_EQ(judge_case(test, evidence()).verdict, Verdict::informational);
    Evidence spoiled = evidence();
    spoiled.spoiled = "node-1 answered 'CLUSTER FOO' with ERR";
    EXPECT_EQ(judge_case(test, spoiled).verdict, Verdict::error);
}

TEST(Judge, SaysWhatAStarStandsFor) {
    EXPECT_TRUE(matches_text("OK", "OK"));
    EXPECT_TRUE(matches_text("[1, (error)*, 2]", "[1, (error) MOVED 5 x, 2]"));
    EXPECT_TRUE(matches_text("*end", "the end"));
    EXPECT_FALSE(matches_text("[1, *]", "[2, 3]"));
    EXPECT_FALSE(matches_text("*x", ""));
    EXPECT_TRUE(matches_text("*", ""));
}

TEST(Judge, LooksForWhatAConnectionHasSaidBefore) {
    EXPECT_THAT(fault(PrecededCheck{{"node-2", {"GET"}}, {"ASKING"}}), IsEmpty());
    EXPECT_EQ(fault(PrecededCheck{any({"GET"}), {"ASKING"}}),
              "'GET' came on a connection without 'ASKING'");
}

TEST(Judge, CountsRedirections) {
    Evidence seen = evidence();
    seen.dialogue.exchanges[1].answer = "-MOVED 1 a:1";
    seen.dialogue.exchanges[6].answer = "-ASK 1 a:1";
    seen.dialogue.exchanges[3].answer = "-ERR MOVED";
    EXPECT_THAT(find_fault(RedirectionsCheck{{2, 2}, ""}, seen), IsEmpty());
    EXPECT_EQ(find_fault(RedirectionsCheck{{0, 0}, "late"}, seen),
              "requests were redirected 1 times, not 0");
}

TEST(Judge, CountsMessagesAndGaps) {
    Evidence seen = evidence();
    seen.messages = {{.at = at(1ms), .channel = "c", .text = "one"},
                     {.at = at(2ms), .channel = "c", .gap = true},
                     {.at = at(3ms), .channel = "d", .text = "one"}};
    seen.marks["later"] = {.at = at(2ms), .messages = 1};
    EXPECT_THAT(find_fault(ReceivedCheck{{"", "one"}, {2, 2}, ""}, seen), IsEmpty());
    EXPECT_EQ(find_fault(ReceivedCheck{{"c", "one"}, {1, 1}, "later"}, seen),
              "'one' on 'c' was received 0 times, not 1");
    EXPECT_THAT(find_fault(GapsCheck{"c", {1, 1}, "later"}, seen), IsEmpty());
    EXPECT_EQ(find_fault(GapsCheck{"d", {1, 1}, ""}, seen), "a gap in 'd' was told 0 times, not 1");
}

TEST(Judge, LooksAtWhatWasTooShort) {
    TookCheck const check{.of = "ok", .at_most = {}, .at_least = 3ms};
    EXPECT_THAT(fault(check), IsEmpty());
    EXPECT_EQ(fault(TookCheck{.of = "ok", .at_most = {}, .at_least = 4ms}),
              "'GET k' took 3.000 ms, less than 4.000 ms");
}

TEST(Judge, LooksAtTheWordsOfAFailure) {
    EXPECT_THAT(fault(FailureCheck{.of = "bad", .code = "", .outcome = "", .says = "broke"}),
                IsEmpty());
    EXPECT_THAT(fault(FailureCheck{.of = "bad", .code = "", .outcome = "", .says = "NOAUTH"}),
                HasSubstr("failed otherwise"));
}

}  // namespace
}  // namespace keyslot::conformance
