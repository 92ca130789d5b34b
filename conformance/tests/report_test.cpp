// The reports of a made-up matrix: what a program, a CI system and a person read of it.
#include "conformance/report/matrix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace keyslot::conformance {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

Cell cell(Verdict verdict, std::string reason = "") {
    Cell made;
    made.report.judgement.verdict = verdict;
    if (!reason.empty()) {
        made.report.judgement.reasons = {std::move(reason)};
    }
    made.took = std::chrono::milliseconds{1500};
    made.plays = {verdict};
    return made;
}

Matrix matrix() {
    Matrix made;
    made.cases.resize(2);
    made.cases[0].id = "redirect/moved";
    made.cases[0].requirement = "<follow>";
    made.cases[0].source = "s & t";
    made.cases[1].id = "topology/x";
    made.cases[1].level = Level::should;
    made.clients = {{.name = "one", .version = "1.2", .arm = "TCP", .command = "./one"},
                    {.name = "two", .version = "", .arm = "TCP", .command = "./two"}};
    made.cells.resize(2);
    made.cells[0].push_back(cell(Verdict::failed, "not 'o': <b>\x01"));
    made.cells[0].push_back(cell(Verdict::ok));
    made.cells[1].push_back(cell(Verdict::error, "the driver ended with exit code 7"));
    made.cells[1].push_back(cell(Verdict::unimplemented, "order"));
    Evidence& seen = made.cells[0][0].report.evidence;
    seen.dialogue.connections = {{.opened = Instant{}, .node = "node-1", .peer = "p"},
                                 {.opened = Instant{}, .node = "node-2", .peer = "q"}};
    seen.dialogue.exchanges.push_back({.at = Instant{},
                                       .node = "node-2",
                                       .connection = 1,
                                       .words = {"GET", "<k>"},
                                       .answer = "$1"});
    seen.calls.push_back({.name = "call", .command = "GET <k>", .done = true, .text = "1"});
    made.cells[1][0].report.evidence.driver_lines = {"! Traceback <module>"};
    return made;
}

CaseReport played(Verdict verdict, std::string outcome) {
    CaseReport report;
    report.judgement.verdict = verdict;
    report.judgement.outcome = std::move(outcome);
    return report;
}

TEST(Plays, WhatPassesAtFirstIsPlayedOnce) {
    for (Verdict const verdict : {Verdict::ok, Verdict::unimplemented, Verdict::not_applicable}) {
        Cell cell;
        cell.note_play(played(verdict, ""), {});
        EXPECT_TRUE(cell.is_decided(3));
        EXPECT_FALSE(cell.is_unsteady());
    }
}

TEST(Plays, WhatFailsTwiceOfThreeTimesHasFailed) {
    Cell cell;
    cell.note_play(played(Verdict::failed, "first"), {});
    EXPECT_TRUE(cell.is_decided(1));
    EXPECT_FALSE(cell.is_decided(3));
    cell.note_play(played(Verdict::failed, "second"), {});
    EXPECT_TRUE(cell.is_decided(3));
    EXPECT_FALSE(cell.is_decided(5));
    EXPECT_EQ(cell.report.judgement.outcome, "first");
}

TEST(Plays, MostOfThemDecideAndThatTheyDifferIsSaid) {
    Cell cell;
    cell.note_play(played(Verdict::failed, "first"), {});
    cell.note_play(played(Verdict::ok, "second"), {});
    EXPECT_EQ(cell.report.judgement.outcome, "first");
    EXPECT_FALSE(cell.is_decided(3));
    cell.note_play(played(Verdict::ok, "third"), {});
    EXPECT_TRUE(cell.is_decided(3));
    EXPECT_EQ(cell.report.judgement.verdict, Verdict::ok);
    EXPECT_EQ(cell.report.judgement.outcome, "third");
    EXPECT_TRUE(cell.is_unsteady());
    EXPECT_EQ(list_of(cell.plays), "FAILED, OK, OK");
}

TEST(Report, CountsByVerdictAndLevel) {
    Matrix const made = matrix();
    EXPECT_EQ(made.count(0, Verdict::failed, Level::must), 1u);
    EXPECT_EQ(made.count(0, Verdict::ok, Level::must), 0u);
    EXPECT_EQ(made.count(0, Verdict::ok, std::nullopt), 1u);
    EXPECT_THAT(to_text(made), HasSubstr("NOT_APPLICABLE"));
    EXPECT_EQ(group_of(made.cases[0]), "redirect");
}

TEST(Report, JsonHasEverything) {
    json const read = json::parse(to_json(matrix()));
    EXPECT_EQ(read["cases"][1]["level"], "should");
    json const& one = read["clients"][0];
    EXPECT_EQ(one["version"], "1.2");
    EXPECT_EQ(one["counts"]["FAILED"], 1);
    EXPECT_EQ(one["results"][0]["verdict"], "FAILED");
    EXPECT_EQ(one["results"][0]["plays"], json({"FAILED"}));
    EXPECT_EQ(one["results"][0]["connections"][0]["exchanges"].size(), 0u);
    EXPECT_EQ(one["results"][0]["connections"][1]["exchanges"][0]["request"][1], "<k>");
    EXPECT_EQ(read["clients"][1]["results"][0]["driver_lines"][0], "! Traceback <module>");
}

TEST(Report, JUnitHasFailuresErrorsAndWhatWasSkipped) {
    std::string const xml = to_junit(matrix());
    EXPECT_THAT(xml, HasSubstr("<testsuite name=\"one 1.2\" tests=\"2\" failures=\"1\" "
                               "errors=\"0\" skipped=\"0\" time=\"3.000\">"));
    EXPECT_THAT(xml, HasSubstr("tests=\"2\" failures=\"0\" errors=\"1\" skipped=\"1\""));
    EXPECT_THAT(xml, HasSubstr("<failure type=\"must\" message=\"not &#39;o&#39;: &lt;b&gt;?\">"));
    EXPECT_THAT(xml, HasSubstr("! Traceback &lt;module&gt;"));
}

TEST(Report, HtmlHasAPageForEachCellAndTrustsNobody) {
    std::string const html = to_html(matrix());
    EXPECT_THAT(html, HasSubstr("href=\"#c0-redirect/moved\""));
    EXPECT_THAT(html, HasSubstr("id=\"c0-redirect/moved\""));
    EXPECT_THAT(html, HasSubstr("id=\"c1-topology/x\""));
    EXPECT_THAT(html, HasSubstr("GET &lt;k&gt;"));
    EXPECT_THAT(html, Not(HasSubstr("<k>")));
    EXPECT_THAT(html, Not(HasSubstr("<follow>")));
    EXPECT_THAT(html, Not(HasSubstr("http"))) << "one file that needs nothing else";
}

}  // namespace
}  // namespace keyslot::conformance
