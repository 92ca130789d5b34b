#include <keyslot/sim/scenario.hpp>

#include "simulator/faults/reader.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <tuple>
#include <utility>

namespace keyslot::sim {
namespace {

template <class T>
Parsed<T> finished(T value, std::vector<Problem> problems) {
    Parsed<T> result{std::nullopt, std::move(problems)};
    if (result.problems.empty()) {
        result.value = std::move(value);
    }
    return result;
}

/// One action, as the control API gets it.
template <class T>
Parsed<T> parse_body(std::string_view json,
                     void (Reader::*read)(Document const&, Topology const&, T&),
                     Topology const& cluster) {
    std::vector<Problem> problems;
    Document const document = read_json(json, "body", problems);
    T value;
    if (problems.empty()) {
        Reader reader{problems};
        (reader.*read)(document, cluster, value);
    }
    return finished(std::move(value), std::move(problems));
}

}  // namespace

std::string to_string(Problem const& problem) {
    return problem.where + ": " + problem.what +
           (problem.allowed.empty() ? "" : " (" + problem.allowed + ")");
}

Parsed<Scenario> parse_scenario(std::string_view yaml, std::string_view file) {
    std::vector<Problem> problems;
    Document const document = read_yaml(yaml, file, problems);
    Scenario scenario;
    if (problems.empty()) {
        Reader{problems}.read(document, scenario);
        // The reader takes the cluster first; a person reads from the top.
        std::sort(problems.begin(), problems.end(), [](Problem const& a, Problem const& b) {
            return std::tie(a.line, a.column, a.what) < std::tie(b.line, b.column, b.what);
        });
    }
    return finished(std::move(scenario), std::move(problems));
}

Parsed<Scenario> load_scenario(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!(file && text << file.rdbuf())) {
        return {std::nullopt, {{path, "cannot be read, or is empty"}}};
    }
    return parse_scenario(text.str(), path);
}

Parsed<TimedFault> parse_triggered_action(std::string_view json, Topology const& cluster) {
    return parse_body<TimedFault>(json, &Reader::read_triggered_action, cluster);
}

Parsed<FaultSpec> parse_action(std::string_view json, Topology const& cluster) {
    return parse_body<FaultSpec>(json, &Reader::read_action, cluster);
}

}  // namespace keyslot::sim
