#include "conformance/report/rules.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <stdexcept>

namespace keyslot::conformance {

std::vector<SpecificationRule> load_rules(std::string const& directory) {
    std::string const path = directory + "/rules.json";
    std::ifstream file(path);
    try {
        std::vector<SpecificationRule> rules;
        for (auto const& rule : nlohmann::json::parse(file)) {
            rules.push_back({.section = rule.at("section"),
                             .text = rule.at("rule"),
                             .cases = rule.at("cases")});
        }
        return rules;
    } catch (nlohmann::json::exception const& error) {
        throw std::runtime_error(path + ": " + error.what());
    }
}

}  // namespace keyslot::conformance
