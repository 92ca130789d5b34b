#include "simulator/server/report.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace keyslot::sim {
namespace {

constexpr std::size_t violations_shown_max = 5;

void row(std::string& text, std::string_view name, std::string const& value) {
    text += "  ";
    text += name;
    text.append(name.size() < 22 ? 22 - name.size() : 1, ' ');
    text += value + '\n';
}

void show_violations(std::string& text, std::vector<Violation> const& violations) {
    std::size_t const shown = std::min(violations.size(), violations_shown_max);
    for (std::size_t i = 0; i < shown; ++i) {
        row(text, violations[i].rule, violations[i].what);
    }
    if (shown < violations.size()) {
        row(text, "", "and " + std::to_string(violations.size() - shown) + " more");
    }
}

std::string fault_line(FaultReport const& fault) {
    std::string line = in_seconds(fault.started.time_since_epoch());
    line += fault.state == FaultState::active ? " and on"
                                              : " to " + in_seconds(fault.ended.time_since_epoch());
    return line + ": " + (fault.state == FaultState::failed ? "failed, " : "") + fault.result;
}

}  // namespace

std::string in_seconds(Duration duration) {
    char text[40];
    std::snprintf(text, sizeof text, "%.3fs", std::chrono::duration<double>(duration).count());
    return text;
}

std::string digest_text(std::uint64_t digest) {
    char text[20];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(digest));
    return text;
}

std::string text_report(std::string_view file, RunResult const& result, Duration wall) {
    std::string text = std::string(file) + '\n';
    row(text, "calls",
        std::to_string(result.calls) + ", " + std::to_string(result.succeeded) + " answered");
    for (auto const& [kind, count] : result.errors) {
        row(text, "  " + kind, std::to_string(count));
    }
    if (result.messages.published + result.messages.told > 0) {
        row(text, "messages",
            std::to_string(result.messages.published) + " published, " +
                std::to_string(result.messages.told) + " given to subscribers, " +
                std::to_string(result.messages.gaps) + " gaps");
    }
    row(text, "redirections",
        std::to_string(result.client.moved) + " MOVED, " + std::to_string(result.client.asked) +
            " ASK");
    row(text, "retries", std::to_string(result.client.retries));
    row(text, "refreshes", std::to_string(result.client.refreshes));
    row(text, "connections",
        std::to_string(result.client.connects) + " begun, " +
            std::to_string(result.client.disconnects) + " ended");
    row(text, "worst unavailability",
        in_seconds(result.worst_unavailability.length) + " of slots " +
            result.worst_unavailability.range + ", from " +
            in_seconds(result.worst_unavailability.from.time_since_epoch()));
    for (FaultReport const& fault : result.faults) {
        row(text, std::string(name_of(fault.spec)), fault_line(fault));
    }
    row(text, "verdict", std::string(to_string(result.verdict())));
    show_violations(text, result.safety);
    show_violations(text, result.liveness);
    text += "seed=" + std::to_string(result.seed) + " events=" + std::to_string(result.events) +
            " digest=" + digest_text(result.digest) + " sim=" + in_seconds(result.simulated) +
            " wall=" + in_seconds(wall) + "\n\n";
    return text;
}

std::string summary_table(std::vector<NamedResult> const& results) {
    std::size_t widest = 8;
    for (NamedResult const& named : results) {
        widest = std::max(widest, named.file.size());
    }
    auto const width = static_cast<int>(widest);
    char line[512];
    std::snprintf(line, sizeof line, "%-*s %8s %8s %8s %8s %12s  %-16s  %s\n", width, "scenario",
                  "seed", "calls", "failed", "redirect", "unavailable", "digest", "verdict");
    std::string text = line;
    for (NamedResult const& named : results) {
        RunResult const& result = named.result;
        std::snprintf(line, sizeof line, "%-*s %8llu %8llu %8llu %8llu %12s  %-16s  %s\n", width,
                      named.file.c_str(), static_cast<unsigned long long>(result.seed),
                      static_cast<unsigned long long>(result.calls),
                      static_cast<unsigned long long>(result.calls - result.succeeded),
                      static_cast<unsigned long long>(result.client.moved + result.client.asked),
                      in_seconds(result.worst_unavailability.length).c_str(),
                      digest_text(result.digest).c_str(),
                      std::string(to_string(result.verdict())).c_str());
        text += line;
    }
    return text + '\n';
}

}  // namespace keyslot::sim
