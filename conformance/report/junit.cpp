#include "conformance/report/matrix.hpp"
#include "simulator/server/html_text.hpp"

#include <cstdio>

namespace keyslot::conformance {
namespace {

using sim::element;
using sim::escaped;

std::string attribute(std::string_view name, std::string_view value) {
    return std::string(name) + "=\"" + escaped(value) + "\"";
}

std::string in_seconds(std::chrono::milliseconds time) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", std::chrono::duration<double>(time).count());
    return text;
}

std::string first_of(std::vector<std::string> const& reasons) {
    return reasons.empty() ? "" : reasons.front();
}

// NON_STRICT and INFORMATIONAL pass; what could not be judged is skipped.
std::string result_of(Case const& test, Cell const& cell) {
    Judgement const& judgement = cell.report.judgement;
    std::string const message = attribute("message", first_of(judgement.reasons));
    switch (judgement.verdict) {
        case Verdict::failed:
            return element("failure", attribute("type", to_string(test.level)) + " " + message,
                           escaped(to_string(test, cell.report, true)));
        case Verdict::error: {
            std::string lines;
            for (std::string const& line : cell.report.evidence.driver_lines) {
                lines += line + "\n";
            }
            return element("error", attribute("type", "harness") + " " + message, escaped(lines));
        }
        case Verdict::unimplemented:
        case Verdict::not_applicable: return element("skipped", message, "");
        case Verdict::ok:
        case Verdict::non_strict:
        case Verdict::informational: break;
    }
    return element("system-out", "",
                   escaped(std::string(to_string(judgement.verdict)) + ": " + judgement.outcome));
}

std::string suite_of(Matrix const& matrix, std::size_t client) {
    std::string cases;
    std::chrono::milliseconds total{};
    for (std::size_t row = 0; row < matrix.cases.size(); ++row) {
        Cell const& cell = matrix.cells[client][row];
        total += cell.took;
        cases += element("testcase",
                         attribute("classname", matrix.clients[client].name) + " " +
                             attribute("name", matrix.cases[row].id) + " " +
                             attribute("time", in_seconds(cell.took)),
                         result_of(matrix.cases[row], cell)) +
                 "\n";
    }
    VerdictCounts const counts = matrix.counts(client);
    auto const count = [&](Verdict verdict) { return counts[static_cast<std::size_t>(verdict)]; };
    auto const number = [](std::string_view name, std::size_t value) {
        return " " + attribute(name, std::to_string(value));
    };
    ClientColumn const& column = matrix.clients[client];
    return element("testsuite",
                   attribute("name", column.name + " " + column.version) +
                       number("tests", matrix.cases.size()) +
                       number("failures", count(Verdict::failed)) +
                       number("errors", count(Verdict::error)) +
                       number("skipped",
                              count(Verdict::unimplemented) + count(Verdict::not_applicable)) +
                       " " + attribute("time", in_seconds(total)),
                   "\n" + cases) +
           "\n";
}

}  // namespace

std::string to_junit(Matrix const& matrix) {
    std::string suites;
    for (std::size_t client = 0; client < matrix.clients.size(); ++client) {
        suites += suite_of(matrix, client);
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
           element("testsuites", attribute("name", "keyslot-conformance"), "\n" + suites) + "\n";
}

}  // namespace keyslot::conformance
