#include "simulator/server/report.hpp"

#include <algorithm>

namespace keyslot::sim {
namespace {

constexpr std::string_view head = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>keyslot-sim</title><style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; }
h2 { margin-top: 2em; } pre { background: #8881; padding: 1em; overflow-x: auto; }
td, th { padding: 0 1em 0 0; text-align: left; vertical-align: top; }
.line { position: relative; height: 1.6em; background: #8882; margin: 2px 0; }
.bar { position: absolute; top: 0; bottom: 0; min-width: 3px; background: #e8a33d; }
.gap .bar { background: #d64545; }
.label { position: absolute; left: .5em; white-space: nowrap; }
svg { width: 100%; height: 8em; background: #8881; display: block; margin-bottom: 2px; }
.answered { fill: #58a574; } .failed { fill: #d64545; }
.held { color: #2a7d3f; } .bad { color: #c22; font-weight: bold; }
</style></head><body><h1>keyslot-sim</h1>
)";

std::string escape(std::string_view text) {
    std::string result;
    for (char const c : text) {
        switch (c) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&quot;"; break;
            default: result += c;
        }
    }
    return result;
}

std::string percent(Duration part, Duration whole) {
    double const share = std::chrono::duration<double>(part) / std::chrono::duration<double>(whole);
    return std::to_string(100 * std::clamp(share, 0.0, 1.0)) + '%';
}

std::string bar(Duration from, Duration to, Duration whole, std::string const& label, bool is_gap) {
    return std::string("<div class='line") + (is_gap ? " gap" : "") +
           "'><div class='bar' style='left:" + percent(from, whole) +
           ";width:" + percent(to - from, whole) + "'></div><span class='label'>" + escape(label) +
           "</span></div>\n";
}

// Answered calls upwards in green, failed ones on top in red, against time.
std::string call_chart(RunResult const& result) {
    constexpr std::uint64_t height = 100;
    std::uint64_t most = 1;
    for (Stretch const& stretch : result.timeline) {
        most = std::max(most, stretch.answered + stretch.failed);
    }
    std::string html = "<svg viewBox='0 0 " + std::to_string(result.timeline.size()) +
                       " 100' preserveAspectRatio='none'><title>calls that ended, at most " +
                       std::to_string(most) + " in one stretch</title>\n";
    auto const column = [&](std::size_t x, std::uint64_t from, std::uint64_t count,
                            char const* kind) {
        if (count > 0) {
            html += "<rect x='" + std::to_string(x) + "' y='" +
                    std::to_string(height - (from + count) * height / most) +
                    "' width='1' height='" + std::to_string(count * height / most + 1) +
                    "' class='" + kind + "'/>\n";
        }
    };
    for (std::size_t x = 0; x < result.timeline.size(); ++x) {
        Stretch const& stretch = result.timeline[x];
        column(x, 0, stretch.answered, "answered");
        column(x, stretch.answered, stretch.failed, "failed");
    }
    return html + "</svg>\n";
}

std::string timeline(RunResult const& result) {
    std::string html = call_chart(result);
    Duration const whole = std::max(result.simulated, Duration{1});
    for (FaultReport const& fault : result.faults) {
        Duration const from = fault.started.time_since_epoch();
        Duration const to =
            fault.state == FaultState::active ? whole : fault.ended.time_since_epoch();
        html += bar(from, to, whole,
                    in_seconds(from) + " " + to_yaml(fault.spec) + " – " +
                        (fault.state == FaultState::failed ? "failed: " : "") + fault.result,
                    false);
    }
    Availability::Gap const& gap = result.worst_unavailability;
    Duration const from = gap.from.time_since_epoch();
    return html + bar(from, from + gap.length, whole,
                      "worst unavailability: " + in_seconds(gap.length) + " of slots " + gap.range,
                      true);
}

std::string section(NamedResult const& named) {
    bool const held = named.result.verdict() == Verdict::held;
    return "<h2>" + escape(named.file) + ", seed " + std::to_string(named.result.seed) +
           ": <span class='" + (held ? "held" : "bad") + "'>" +
           std::string(to_string(named.result.verdict())) + "</span></h2>\n" +
           timeline(named.result) + "<pre>" +
           escape(text_report(named.file, named.result, named.wall)) + "</pre>\n" +
           "<details><summary>the scenario</summary><pre>" + escape(named.scenario) +
           "</pre></details>\n";
}

}  // namespace

std::string html_report(std::vector<NamedResult> const& results) {
    std::string html(head);
    for (NamedResult const& named : results) {
        html += section(named);
    }
    return html + "</body></html>\n";
}

}  // namespace keyslot::sim
