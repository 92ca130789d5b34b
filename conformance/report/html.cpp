// The HTML report: the front page with the matrix, and a page for each cell, all in one file.
#include "conformance/report/matrix.hpp"
#include "conformance/report/page.hpp"
#include "simulator/server/html_text.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace keyslot::conformance {
namespace {

using sim::decimal;
using sim::element;
using sim::escaped;

// A page that shows more is of no use to anybody; the JSON has all of it.
constexpr std::size_t shown_connections_max = 25;
constexpr std::size_t shown_exchanges_max = 60;  // of one connection
constexpr std::size_t shown_calls_max = 12;

struct Sign {
    std::string_view mark, meaning;
};

Sign sign_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok: return {"&#10003;", "as the rule demands"};
        case Verdict::non_strict: return {"~", "tolerated, but not what the rule is after"};
        case Verdict::informational:
            return {"i", "there is no right and wrong: what the client does"};
        case Verdict::unimplemented:
            return {"&ndash;", "the client, or its driver, lacks what it takes"};
        case Verdict::not_applicable: return {"&middot;", "cannot be played in this way"};
        case Verdict::failed: return {"&#10007;", "breaks the rule"};
        case Verdict::error: return {"!", "the harness or the driver broke down"};
    }
    return {"?", ""};
}

std::string class_of(Verdict verdict) {
    std::string name(to_string(verdict));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

std::string tag_of(Verdict verdict) {
    return element("span", "class=\"tag " + class_of(verdict) + "\"", to_string(verdict));
}

std::string time_of(Instant at) {
    return decimal(std::chrono::duration<double, std::milli>(at.time_since_epoch()).count()) +
           " ms";
}

std::string row(std::vector<std::pair<std::string_view, std::string>> const& cells) {
    std::string text;
    for (auto const& [name, content] : cells) {
        text += element("td", name.empty() ? "" : "class=\"" + std::string(name) + "\"", content);
    }
    return element("tr", "", text) + "\n";
}

class Page {
public:
    explicit Page(Matrix const& matrix) : matrix_(matrix) {}

    std::string write() const {
        std::string body = element("main", "class=\"front\"", front());
        for (std::size_t client = 0; client < matrix_.clients.size(); ++client) {
            for (std::size_t test = 0; test < matrix_.cases.size(); ++test) {
                body += cell_page(client, test);
            }
        }
        return html_page("Redis Cluster clients: conformance", body);
    }

private:
    // ---- the front page

    std::string front() const {
        return element("h1", "",
                       "Redis Cluster clients <small>" + std::to_string(matrix_.cases.size()) +
                           " cases, " + std::to_string(matrix_.clients.size()) +
                           (matrix_.clients.size() == 1 ? " client" : " clients") + "</small>") +
               legend() + element("div", "class=\"wide\"", matrix_table()) +
               element("h3", "", "Counts") + element("div", "class=\"wide\"", counts_table());
    }

    static std::string legend() {
        std::string items;
        for (std::size_t n = 0; n < verdict_count; ++n) {
            auto const verdict = static_cast<Verdict>(n);
            Sign const sign = sign_of(verdict);
            items += element("li", "",
                             element("span", "class=\"tag " + class_of(verdict) + "\"", sign.mark) +
                                 " " + std::string(to_string(verdict)) + ": " +
                                 std::string(sign.meaning));
        }
        return element("ul", "class=\"legend\"", items);
    }

    std::string matrix_table() const {
        std::string heads = element("th", "", "");
        for (ClientColumn const& client : matrix_.clients) {
            heads += element("th", "scope=\"col\"",
                             element("span", "",
                                     escaped(client.name) + " " +
                                         element("small", "", escaped(client.version))));
        }
        std::string rows;
        std::string_view group;
        for (std::size_t test = 0; test < matrix_.cases.size(); ++test) {
            if (group_of(matrix_.cases[test]) != group) {
                group = group_of(matrix_.cases[test]);
                std::string const span = std::to_string(1 + matrix_.clients.size());
                rows += element("tr", "class=\"group\"",
                                element("th", "colspan=\"" + span + "\"", escaped(group))) +
                        "\n";
            }
            rows += matrix_row(test);
        }
        return element("table", "class=\"matrix\"",
                       element("thead", "", element("tr", "", heads)) + element("tbody", "", rows));
    }

    std::string matrix_row(std::size_t test) const {
        Case const& rule = matrix_.cases[test];
        std::string const name =
            rule.id.size() > group_of(rule).size() ? rule.id.substr(group_of(rule).size() + 1) : "";
        std::string cells =
            element("th", "scope=\"row\" title=\"" + escaped(rule.requirement) + "\"",
                    escaped(name) + (rule.level == Level::must
                                         ? ""
                                         : " " + element("small", "", to_string(rule.level))));
        for (std::size_t client = 0; client < matrix_.clients.size(); ++client) {
            Verdict const verdict = matrix_.cells[client][test].report.judgement.verdict;
            std::string const title = matrix_.clients[client].name + ", " + rule.id + ": " +
                                      std::string(to_string(verdict));
            cells += element("td", "",
                             element("a",
                                     "href=\"#" + id_of(client, test) + "\" class=\"" +
                                         class_of(verdict) + "\" title=\"" + escaped(title) +
                                         "\" aria-label=\"" + escaped(title) + "\"",
                                     sign_of(verdict).mark));
        }
        return element("tr", "", cells) + "\n";
    }

    std::string counts_table() const {
        std::string heads = element("th", "", "");
        for (std::size_t n = 0; n < verdict_count; ++n) {
            heads += element("th", "", to_string(static_cast<Verdict>(n)));
        }
        std::string rows;
        for (std::size_t client = 0; client < matrix_.clients.size(); ++client) {
            ClientColumn const& column = matrix_.clients[client];
            std::string cells =
                element("th", "",
                        escaped(column.name) + " " +
                            element("small", "", escaped(column.version + ", " + column.arm)));
            for (std::size_t const count : matrix_.counts(client)) {
                cells += element("td", "", std::to_string(count));
            }
            rows += element("tr", "", cells);
        }
        return element("table", "class=\"counts\"",
                       element("thead", "", element("tr", "", heads)) + element("tbody", "", rows));
    }

    // ---- a cell's page

    std::string id_of(std::size_t client, std::size_t test) const {
        return "c" + std::to_string(client) + "-" + escaped(matrix_.cases[test].id);
    }

    std::string cell_page(std::size_t client, std::size_t test) const {
        Case const& rule = matrix_.cases[test];
        Cell const& cell = matrix_.cells[client][test];
        Judgement const& judgement = cell.report.judgement;
        Evidence const& evidence = cell.report.evidence;
        std::string text = element("nav", "", element("a", "href=\"#\"", "&larr; matrix"));
        text += element("h2", "",
                        escaped(matrix_.clients[client].name + ": " + rule.id) + " " +
                            tag_of(judgement.verdict));
        text += element("p", "", escaped(rule.requirement));
        text += element("p", "class=\"note\"",
                        escaped(std::string(to_string(rule.level)) + "; " + rule.source));
        if (cell.is_unsteady()) {
            text += element("p", "", "The plays of it differ: " + list_of(cell.plays));
        }
        text += verdict_part(judgement);
        text += calls_part(evidence.calls);
        text += dialogue_part(evidence.dialogue);
        text += lines_part(evidence.driver_lines);
        text += element("h3", "", "Play it again") + element("pre", "", again(client, rule));
        return element("section", "class=\"page\" id=\"" + id_of(client, test) + "\"", text) + "\n";
    }

    static std::string verdict_part(Judgement const& judgement) {
        std::string text;
        if (!judgement.outcome.empty()) {
            text += element("p", "", "Outcome: " + escaped(judgement.outcome));
        }
        if (!judgement.reasons.empty()) {
            std::string items;
            for (std::string const& reason : judgement.reasons) {
                items += element("li", "", escaped(reason));
            }
            text += element("h3", "", "Why") + element("ul", "class=\"reasons\"", items);
        }
        return text;
    }

    static std::string calls_part(std::vector<CallSeen> const& calls) {
        if (calls.empty()) {
            return {};
        }
        std::string rows;
        std::size_t const shown = std::min(calls.size(), shown_calls_max);
        for (std::size_t n = 0; n < shown; ++n) {
            CallSeen const& call = calls[n];
            std::string const took =
                call.done
                    ? decimal(std::chrono::duration<double, std::milli>(call.ended - call.started)
                                  .count()) +
                          " ms"
                    : "never ended";
            rows += row({{"what", escaped(call.command)},
                         {"what", escaped((call.failed ? "failed: " : "") + call.text)},
                         {"time", took}});
        }
        return element("h3", "", "What the client was asked for, and gave") +
               element("table", "", rows) + more(calls.size() - shown, "calls");
    }

    static std::string dialogue_part(Dialogue const& dialogue) {
        std::string text;
        std::size_t const shown = std::min(dialogue.connections.size(), shown_connections_max);
        for (std::size_t n = 0; n < shown; ++n) {
            ConnectionSeen const& connection = dialogue.connections[n];
            std::string rows;
            std::size_t count = 0;
            for (Exchange const& exchange : dialogue.exchanges) {
                if (exchange.connection == n && ++count <= shown_exchanges_max) {
                    rows += exchange_row(exchange);
                }
            }
            std::string const name = "Connection " + std::to_string(n) + " to " + connection.node +
                                     ", opened at " + time_of(connection.opened);
            text += element("h3", "", escaped(name)) +
                    (count == 0 ? element("p", "class=\"note\"", "nothing was said on it")
                                : element("table", "", rows)) +
                    more(count - std::min(count, shown_exchanges_max), "requests");
        }
        return text + more(dialogue.connections.size() - shown, "connections");
    }

    static std::string exchange_row(Exchange const& exchange) {
        std::string const answer = exchange.answer.empty() ? "(nothing)" : exchange.answer;
        std::string const scripted =
            exchange.scripted ? " " + element("small", "class=\"scripted\"", "by the case") : "";
        return row({{"time", time_of(exchange.at)},
                    {"what", escaped(in_one_line(exchange.words))},
                    {"what", escaped(answer) + scripted}});
    }

    static std::string lines_part(std::vector<std::string> const& lines) {
        if (lines.empty()) {
            return {};
        }
        std::string text;
        for (std::string const& line : lines) {
            text += escaped(line) + "\n";
        }
        return element("h3", "", "The last lines of the driver") +
               element("p", "class=\"note\"", "&gt; sent to it, &lt; from it, ! on its stderr") +
               element("pre", "", text);
    }

    std::string again(std::size_t client, Case const& rule) const {
        return escaped("keyslot-conformance " + matrix_.clients[client].options + " --case " +
                       rule.id + " --dialogue");
    }

    static std::string more(std::size_t count, std::string_view what) {
        return count == 0 ? ""
                          : element("p", "class=\"note\"",
                                    std::to_string(count) + " more " + std::string(what));
    }

    Matrix const& matrix_;
};

}  // namespace

std::string to_html(Matrix const& matrix) { return Page(matrix).write(); }

}  // namespace keyslot::conformance
