#include "conformance/report/matrix.hpp"

#include <nlohmann/json.hpp>

namespace keyslot::conformance {
namespace {

using nlohmann::ordered_json;

double in_ms(Instant at) {
    return std::chrono::duration<double, std::milli>(at.time_since_epoch()).count();
}

ordered_json describe(CallSeen const& call) {
    ordered_json json{{"name", call.name},
                      {"command", call.command},
                      {"started_ms", in_ms(call.started)},
                      {"ended_ms", call.done ? ordered_json(in_ms(call.ended)) : ordered_json()},
                      {"failed", call.failed},
                      {"text", call.text}};
    if (call.failed) {
        json["code"] = call.code;
        json["outcome"] = call.outcome;
    }
    return json;
}

ordered_json describe(Dialogue const& dialogue) {
    ordered_json connections = ordered_json::array();
    for (ConnectionSeen const& connection : dialogue.connections) {
        connections.push_back({{"node", connection.node},
                               {"opened_ms", in_ms(connection.opened)},
                               {"exchanges", ordered_json::array()}});
    }
    for (Exchange const& exchange : dialogue.exchanges) {
        connections[exchange.connection]["exchanges"].push_back({{"at_ms", in_ms(exchange.at)},
                                                                 {"request", exchange.words},
                                                                 {"answer", exchange.answer},
                                                                 {"scripted", exchange.scripted}});
    }
    return connections;
}

ordered_json describe(Case const& test, Cell const& cell) {
    Judgement const& judgement = cell.report.judgement;
    Evidence const& evidence = cell.report.evidence;
    ordered_json json{{"case", test.id},
                      {"verdict", to_string(judgement.verdict)},
                      {"outcome", judgement.outcome},
                      {"reasons", judgement.reasons},
                      {"took_ms", cell.took.count()}};
    json["plays"] = ordered_json::array();
    for (Verdict const verdict : cell.plays) {
        json["plays"].push_back(to_string(verdict));
    }
    json["calls"] = ordered_json::array();
    for (CallSeen const& call : evidence.calls) {
        json["calls"].push_back(describe(call));
    }
    json["connections"] = describe(evidence.dialogue);
    json["driver_lines"] = evidence.driver_lines;
    return json;
}

}  // namespace

std::string to_json(Matrix const& matrix) {
    ordered_json json{{"format", 1}};
    json["cases"] = ordered_json::array();
    for (Case const& test : matrix.cases) {
        json["cases"].push_back({{"id", test.id},
                                 {"level", to_string(test.level)},
                                 {"requirement", test.requirement},
                                 {"source", test.source},
                                 {"needs", needs_of(test)}});
    }
    json["clients"] = ordered_json::array();
    for (std::size_t n = 0; n < matrix.clients.size(); ++n) {
        ClientColumn const& client = matrix.clients[n];
        ordered_json column{{"name", client.name},
                            {"version", client.version},
                            {"arm", client.arm},
                            {"command", client.command}};
        VerdictCounts const counts = matrix.counts(n);
        for (std::size_t verdict = 0; verdict < verdict_count; ++verdict) {
            column["counts"][std::string(to_string(static_cast<Verdict>(verdict)))] =
                counts[verdict];
        }
        column["results"] = ordered_json::array();
        for (std::size_t row = 0; row < matrix.cases.size(); ++row) {
            column["results"].push_back(describe(matrix.cases[row], matrix.cells[n][row]));
        }
        json["clients"].push_back(std::move(column));
    }
    return json.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace keyslot::conformance
