#include "simulator/runner/runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace keyslot {
namespace {

/// Scenarios that once showed a defect, of client, simulator or oracle; the first line of each says which.
std::vector<std::string> regressions() {
    std::vector<std::string> files;
    for (auto const& entry : std::filesystem::directory_iterator("property_tests/regressions")) {
        if (entry.path().extension() == ".yaml") {
            files.push_back(entry.path().stem().string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

class Regression : public ::testing::TestWithParam<std::string> {};

TEST_P(Regression, Holds) {
    auto const scenario = sim::load_scenario("property_tests/regressions/" + GetParam() + ".yaml");
    ASSERT_TRUE(scenario.value) << to_string(scenario.problems.front());
    sim::RunResult const result = sim::run_scenario(*scenario.value);
    for (auto const* violations : {&result.safety, &result.liveness}) {
        for (sim::Violation const& violation : *violations) {
            ADD_FAILURE() << violation.rule << ": " << violation.what;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Property, Regression, ::testing::ValuesIn(regressions()),
                         [](auto const& file) {
                             std::string name = file.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace keyslot
