#include "simulator/server/html_style.hpp"
#include "simulator/server/html_text.hpp"
#include "simulator/server/html_timeline.hpp"
#include "simulator/server/report.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace keyslot::sim {
namespace {

constexpr std::size_t violations_shown_max = 20;
// Of runs that held, beyond these there is only a line in the summary: nobody reads on.
constexpr std::size_t held_shown_max = 20;

struct Rule {
    std::string_view name, meaning;
};
constexpr std::array<Rule, 30> judged{
    {{rules::executed_once, "no write ran twice, and nothing that ended not_executed ever ran"},
     {rules::acknowledged_ran, "what was answered had run, while the call lasted"},
     {rules::reply_matches, "replies fit their commands"},
     {rules::value_was_written, "a read gives what was written to that very key"},
     {rules::all_or_nothing, "a transaction ran as a whole or not at all"},
     {rules::watch_holds, "and only on what it had watched"},
     {rules::keeps_order, "a pipeline kept the order of its commands on one slot"},
     {rules::popped_once, "no element was popped by two callers"},
     {rules::reaches_caller,
      "what was popped reached its caller, or the caller knows that it may not"},
     {rules::message_published, "subscribers are told what was published"},
     {rules::message_subscribed, "and only what they subscribed to"},
     {rules::message_once, "each message once, in the order of its publisher's node"},
     {rules::message_or_gap, "where messages may be missing there is a gap marker"},
     {rules::goes_by_its_map, "calls went to nodes that had been named as owners of their slot"},
     {rules::follows_redirections, "MOVED and ASK were followed"},
     {rules::asks_properly, "ASKING stood where an ASK had sent a command, and nowhere else"},
     {rules::map_never_goes_back, "what was known of a slot gave way to nothing older"},
     {rules::linearizable, "each string key was one thing, used one call after the other"},
     {rules::redirections_end, "no call was redirected more often than allowed"},
     {rules::refreshes_rarely, "the topology was asked for once at a time, and not too often"},
     {rules::reconnects_rarely, "connects to a dead node had pauses between them"},
     {rules::closed_is_silent, "a closed client does nothing"},
     {rules::nothing_is_left, "every call that a client had begun was counted as ended"},
     {rules::settles, "nothing hangs"},
     {rules::lets_go, "calls that are cancelled or closed end at once"},
     {rules::keeps_deadline, "every call ends by its deadline"},
     {rules::recovers, "after the faults every client reaches every range of slots"},
     {rules::notices_silence, "no subscriber keeps a connection that is silent for long"},
     {rules::hears_again, "after the faults every subscription gets new messages"},
     {rules::reaches_the_rest, "or without a dead node what the others serve, at the first try"}}};

using Cells = std::vector<std::string>;

// A cell that begins with '#' holds a number, and is set to the right.
std::string row(std::string_view kind, Cells const& cells) {
    std::string html;
    for (std::string const& cell : cells) {
        bool const is_number = cell.starts_with('#');
        html += element(kind, is_number ? "class='number'" : "",
                        std::string_view(cell).substr(is_number ? 1 : 0));
    }
    return element("tr", "", html) + '\n';
}

std::string table(Cells const& head, std::string const& rows) {
    return element("div", "class='wide'", element("table", "", row("th", head) + rows)) + '\n';
}

std::string verdict_text(Verdict verdict) {
    bool const held = verdict == Verdict::held;
    return element("span", held ? "class='verdict good'" : "class='verdict bad'",
                   (held ? "✓ " : "✗ ") + std::string(to_string(verdict)));
}

std::string figures(RunResult const& result) {
    auto const figure = [](std::string const& value, std::string_view what) {
        return element("li", "", element("b", "", escaped(value)) + escaped(what)) + '\n';
    };
    return element(
        "ul", "class='figures'",
        figure(std::to_string(result.calls), "calls") +
            figure(std::to_string(result.calls - result.succeeded), "failed") +
            figure(std::to_string(result.client.moved), "MOVED") +
            figure(std::to_string(result.client.asked), "ASK") +
            figure(std::to_string(result.client.retries), "retries") +
            figure(std::to_string(result.client.refreshes), "refreshes of the slot map") +
            figure(in_seconds(result.worst_unavailability.length),
                   "worst unavailability, slots " + result.worst_unavailability.range));
}

std::string violations(RunResult const& result, std::string_view rule) {
    std::string html;
    std::size_t count = 0;
    for (auto const* list : {&result.safety, &result.liveness}) {
        for (Violation const& violation : *list) {
            if (violation.rule == rule && ++count <= violations_shown_max) {
                html += element("div", "", escaped(violation.what)) + '\n';
            }
        }
    }
    if (count == 0) {
        return "";
    }
    if (count > violations_shown_max) {
        html += "and " + std::to_string(count - violations_shown_max) + " more";
    }
    return element("div", "class='bad'", "✗ " + std::to_string(count) + " times") + html;
}

std::string verdicts(RunResult const& result) {
    std::string rows;
    for (Rule const& rule : judged) {
        std::string const convicted = violations(result, rule.name);
        rows +=
            element(
                "tr", "",
                element("td", "", escaped(rule.name)) + element("td", "", escaped(rule.meaning)) +
                    element("td", "class='what'",
                            convicted.empty() ? "<span class='good'>✓ held</span>" : convicted)) +
            '\n';
    }
    return "<h3>Verdicts</h3>\n" + table({"rule", "says", "verdict"}, rows);
}

std::string errors(RunResult const& result) {
    if (result.errors.empty()) {
        return "";
    }
    std::string rows;
    for (auto const& [kind, count] : result.errors) {
        rows += row("td", {escaped(kind), '#' + std::to_string(count)});
    }
    return "<h3>Calls that failed</h3>\n" + table({"error, whether it ran", "#calls"}, rows);
}

std::string faults(RunResult const& result) {
    if (result.faults.empty()) {
        return "";
    }
    std::string rows;
    for (FaultReport const& fault : result.faults) {
        bool const waiting = fault.state == FaultState::waiting;
        bool const over = fault.state == FaultState::ended || fault.state == FaultState::failed;
        rows += row("td", {'#' + std::to_string(fault.id + 1),
                           '#' + (waiting ? "" : in_seconds(fault.started.time_since_epoch())),
                           '#' + (over ? in_seconds(fault.ended.time_since_epoch()) : ""),
                           escaped(to_yaml(fault.spec)),
                           std::string(to_string(fault.state)) +
                               (fault.result.empty() ? "" : ": " + escaped(fault.result))});
    }
    return "<h3>Faults</h3>\n" + table({"#", "#from", "#to", "fault", "what came of it"}, rows);
}

std::string to_copy(std::string_view text) {
    return element(
               "div", "class='copied'",
               element("pre", "", escaped(text)) + "<button type='button' hidden>copy</button>") +
           '\n';
}

std::string reproduction(NamedResult const& named) {
    RunResult const& result = named.result;
    return "<h3>Reproduce it</h3>\n" +
           to_copy("keyslot-sim run " + named.file + " --seed " + std::to_string(result.seed)) +
           element("p", "class='note'",
                   "seed " + std::to_string(result.seed) + ", " + std::to_string(result.events) +
                       " events, digest " + digest_text(result.digest) + ", " +
                       in_seconds(result.simulated) + " simulated, " + in_seconds(named.wall) +
                       " on the clock. " + escaped(named.file) + " says:") +
           '\n' + to_copy(named.scenario);
}

std::string section(NamedResult const& named, std::size_t number, bool open) {
    RunResult const& result = named.result;
    return "<details class='run' id='run-" + std::to_string(number) + '\'' + (open ? " open" : "") +
           "><summary>" + escaped(named.file) + ", seed " + std::to_string(result.seed) + ": " +
           verdict_text(result.verdict()) + "</summary>\n" + figures(result) +
           html_timeline(result) + html_legend() + verdicts(result) + errors(result) +
           faults(result) + reproduction(named) + "</details>\n";
}

std::string summary(std::vector<NamedResult> const& results, std::vector<bool> const& shown) {
    std::string rows;
    for (std::size_t n = 0; n < results.size(); ++n) {
        RunResult const& result = results[n].result;
        std::string const file = escaped(results[n].file);
        rows += row(
            "td",
            {shown[n] ? element("a", "href='#run-" + std::to_string(n + 1) + '\'', file) : file,
             '#' + std::to_string(result.seed), '#' + std::to_string(result.calls),
             '#' + std::to_string(result.calls - result.succeeded),
             '#' + std::to_string(result.client.moved + result.client.asked),
             '#' + in_seconds(result.worst_unavailability.length), verdict_text(result.verdict())});
    }
    return table(
        {"scenario", "#seed", "#calls", "#failed", "#redirects", "#unavailable", "verdict"}, rows);
}

// All that failed, and the first of those that held.
std::vector<bool> choose_shown(std::vector<NamedResult> const& results) {
    std::vector<bool> shown;
    std::size_t held = 0;
    for (NamedResult const& named : results) {
        shown.push_back(named.result.verdict() != Verdict::held || held++ < held_shown_max);
    }
    return shown;
}

std::string note_on_rest(std::vector<bool> const& shown) {
    auto const rest = std::count(shown.begin(), shown.end(), false);
    if (rest == 0) {
        return "";
    }
    return "<p class='note'>" + std::to_string(rest) +
           " more runs held and are not told in full: play one by itself to see it.</p>\n";
}

std::string heading(std::vector<NamedResult> const& results) {
    auto const held = std::count_if(results.begin(), results.end(), [](NamedResult const& named) {
        return named.result.verdict() == Verdict::held;
    });
    std::string text = std::to_string(results.size()) + (results.size() == 1 ? " run" : " runs");
    if (results.size() > 1) {
        text += ", " + std::to_string(held) + " held";
    }
    return "<h1>keyslot-sim <small>" + text + "</small></h1>\n";
}

}  // namespace

std::string html_report(std::vector<NamedResult> const& results) {
    std::string html =
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>\n"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        "<title>keyslot-sim</title>\n<style>";
    html += html_style;
    html += "</style></head><body>\n";
    html += html_patterns;
    html += heading(results);
    std::vector<bool> const shown = choose_shown(results);
    if (results.size() > 1) {
        html += summary(results, shown);
        html += note_on_rest(shown);
    }
    for (std::size_t n = 0; n < results.size(); ++n) {
        if (shown[n]) {
            bool const open = results.size() == 1 || results[n].result.verdict() != Verdict::held;
            html += section(results[n], n + 1, open);
        }
    }
    html += "<script>";
    html += html_script;
    return html + "</script></body></html>\n";
}

}  // namespace keyslot::sim
