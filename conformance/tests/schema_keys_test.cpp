// cases/schema.json and the reader of the cases know the same keys: what each map may hold is what the
// reader names when it is given one that it does not know.
#include "conformance/harness/case_reader.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>

namespace keyslot::conformance {
namespace {

using nlohmann::json;
using Keys = std::set<std::string>;

std::string const stranger = "qqqqqqqqqqqqqqqqqqqq";

json const& schema() {
    static json const read = json::parse(std::ifstream(KEYSLOT_CONFORMANCE_CASES "/schema.json"));
    return read;
}

Keys keys_of(json const& object) {
    Keys keys;
    for (auto const& [key, value] : object.at("properties").items()) {
        keys.insert(key);
    }
    return keys;
}

Keys known_to_schema(std::string const& definition) {
    return keys_of(schema().at("$defs").at(definition));
}

// "a, b, c" of the mistake that the stranger is.
Keys known_to_reader(std::string const& yaml) {
    Keys keys;
    for (sim::Problem const& problem : parse_case(yaml, "c.yaml").problems) {
        if (problem.what.find(stranger) == std::string::npos) {
            continue;
        }
        std::string const list = problem.allowed + ", ";
        for (std::size_t at = 0, end = 0; (end = list.find(", ", at)) != std::string::npos;
             at = end + 2) {
            keys.insert(list.substr(at, end - at));
        }
    }
    return keys;
}

std::string const head = "id: a/b\nrequirement: r\nsource: s\n";
std::string const good_accept = "accept: [{outcome: o, when: [{result: {is: OK}}]}]\n";

std::string with_step(std::string const& step) {
    return head + "steps:\n  - " + step + "\n" + good_accept;
}
std::string with_check(std::string const& check) {
    return head + "steps: []\naccept:\n  - outcome: o\n    when:\n      - " + check + "\n";
}

TEST(Schema, KnowsWhatTheReaderKnowsOfACase) {
    EXPECT_EQ(known_to_reader(stranger + ": 1\n" + with_step("sleep: 1s")), keys_of(schema()));
    EXPECT_EQ(known_to_reader("topology: {" + stranger + ": 1}\n" + with_step("sleep: 1s")),
              known_to_schema("topology"));
    EXPECT_EQ(known_to_reader("client: {" + stranger + ": 1}\n" + with_step("sleep: 1s")),
              known_to_schema("client"));
    EXPECT_EQ(known_to_reader(head + "steps: []\naccept: [{outcome: o, " + stranger +
                              ": 1, when: [{result: {is: OK}}]}]\n"),
              known_to_schema("outcome"));
}

TEST(Schema, KnowsTheSameSteps) {
    json const& step = schema().at("$defs").at("step").at("anyOf");
    Keys steps = keys_of(step[1]);
    for (json const& word : step[0].at("enum")) {
        steps.insert(word.get<std::string>());
    }
    EXPECT_EQ(known_to_reader(with_step(stranger + ": 1")), steps);
    for (auto const& [kind, value] : step[1].at("properties").items()) {
        if (schema().at("$defs").contains(kind)) {
            EXPECT_EQ(known_to_reader(with_step(kind + ": {" + stranger + ": 1}")),
                      known_to_schema(kind))
                << kind;
        }
    }
}

TEST(Schema, KnowsTheSameChecks) {
    json const& check = schema().at("$defs").at("check");
    EXPECT_EQ(known_to_reader(with_check(stranger + ": {}")), keys_of(check));
    for (std::string const& kind : keys_of(check)) {
        std::string const is = kind == "result" ? "is: OK, " : "";
        EXPECT_EQ(known_to_reader(with_check(kind + ": {" + is + stranger + ": 1}")),
                  known_to_schema(kind))
            << kind;
    }
    EXPECT_EQ(known_to_reader(with_check("result: {fails: true, " + stranger + ": 1}")),
              known_to_schema("failure"));
}

}  // namespace
}  // namespace keyslot::conformance
