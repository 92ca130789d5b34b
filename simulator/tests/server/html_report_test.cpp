#include "simulator/server/html_text.hpp"
#include "simulator/server/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

namespace keyslot::sim {
namespace {

NamedResult played(Scenario const& scenario) {
    RunOptions options;
    options.chronicle = true;
    return {"a.yaml", to_yaml(scenario), run_scenario(scenario, options), 1ms};
}

Scenario failover() {
    Scenario scenario;
    scenario.workload.duration = 8s;
    scenario.workload.rate = {200};
    scenario.workload.keys = 50;
    scenario.faults = {{1s, Crash{.node = "node-2", .restart_after = 5s}}};
    return scenario;
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) {
        ++found;
    }
    return found;
}

// The name of the tag that begins at `open`: "svg", "/svg".
std::string tag_at(std::string_view html, std::size_t open) {
    return std::string(html.substr(open + 1, html.find_first_of(" >\n", open) - open - 1));
}

// Every element that is opened is closed, in the right order; nullopt, or what is wrong. The style
// and the script hold no tags.
std::optional<std::string> malformed(std::string_view html) {
    std::vector<std::string> open;
    for (auto at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
        std::string const tag = tag_at(html, at);
        auto const end = html.find('>', at);
        bool const is_void = html[end - 1] == '/' || tag == "!doctype" || tag == "meta";
        if (tag.starts_with('/')) {
            if (open.empty() || open.back() != tag.substr(1)) {
                return "unexpected <" + tag + "> at " + std::to_string(at);
            }
            open.pop_back();
        } else if (!is_void) {
            open.push_back(tag);
        }
    }
    return open.empty() ? std::nullopt : std::optional("left open: " + open.back());
}

TEST(HtmlReport, TellsAFailoverInALaneForEachNode) {
    std::string const html = html_report({played(failover())});
    EXPECT_EQ(malformed(html), std::nullopt);
    for (int node = 1; node <= 6; ++node) {
        EXPECT_THAT(html, HasSubstr(">node-" + std::to_string(node) + "</text>"));
    }
    EXPECT_THAT(html, HasSubstr(": replica of node-2<"));
    EXPECT_THAT(html, HasSubstr("class='down'"));
    EXPECT_THAT(html, HasSubstr("class='outage'"));
    EXPECT_THAT(html, HasSubstr("5461-10922, "));
    EXPECT_THAT(html, HasSubstr("class='shade'"));
    EXPECT_THAT(html, HasSubstr("keyslot-sim run a.yaml --seed 1"));
    EXPECT_THAT(html, HasSubstr("✓ held"));
}

TEST(HtmlReport, NeedsNothingFromElsewhere) {
    std::string const html = html_report({played(failover())});
    EXPECT_THAT(html, Not(HasSubstr("http")));
    EXPECT_THAT(html, Not(HasSubstr("src=")));
    EXPECT_THAT(html, Not(HasSubstr("@import")));
}

TEST(HtmlReport, TheSameRunGivesTheSamePage) {
    EXPECT_EQ(html_report({played(failover())}), html_report({played(failover())}));
}

TEST(HtmlReport, OfSeveralRunsThoseThatFailedAreOpen) {
    NamedResult const held = played(failover());
    NamedResult failed = held;
    failed.result.safety.push_back({rules::executed_once, "call 7 <ran> twice", 7});
    std::string const html = html_report({held, failed});
    EXPECT_EQ(malformed(html), std::nullopt);
    EXPECT_THAT(html, HasSubstr("2 runs, 1 held"));
    EXPECT_THAT(html, HasSubstr("<details class='run' id='run-1'>"));
    EXPECT_THAT(html, HasSubstr("<details class='run' id='run-2' open>"));
    EXPECT_THAT(html, HasSubstr("call 7 &lt;ran&gt; twice"));
}

TEST(HtmlReport, OfManyRunsThatHeldOnlySomeAreToldInFull) {
    std::vector<NamedResult> const many(30, played(failover()));
    std::string const html = html_report(many);
    EXPECT_EQ(count(html, "<details class='run'"), 20u);
    EXPECT_THAT(html, HasSubstr("30 runs, 30 held"));
    EXPECT_THAT(html, HasSubstr("10 more runs held and are not told in full"));
}

TEST(HtmlReport, ARunWithoutAChronicleStillHasItsCallsAndVerdict) {
    NamedResult named = played(failover());
    named.result.chronicle.reset();
    std::string const html = html_report({named});
    EXPECT_EQ(malformed(html), std::nullopt);
    EXPECT_THAT(html, HasSubstr("class='answered'"));
    EXPECT_THAT(html, HasSubstr("executed-once"));
}

TEST(HtmlReport, AnEmptyRunIsAPageToo) {
    EXPECT_EQ(malformed(html_report({{"a.yaml", "", RunResult{}, 0ms}})), std::nullopt);
    EXPECT_EQ(malformed(html_report({})), std::nullopt);
}

TEST(HtmlText, EscapesWhatWouldBeMarkup) {
    EXPECT_EQ(escaped("<a href=\"x\" id='y'>&"),
              "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;");
    EXPECT_EQ(escaped(std::string_view{"a\0\x1b\n", 4}), "a??\n");
}

}  // namespace
}  // namespace keyslot::sim
