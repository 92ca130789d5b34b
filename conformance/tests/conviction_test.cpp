// Each case can fail: a client with the habit that tests/convictions.txt names is convicted by it, and
// the same client without that habit is not.
#include "conformance/harness/case_reader.hpp"
#include "conformance/harness/virtual_run.hpp"
#include "conformance/tests/naive/naive_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

namespace keyslot::conformance {
namespace {

Catalogue const& catalogue() {
    static Catalogue const loaded = load_catalogue(KEYSLOT_CONFORMANCE_CASES);
    return loaded;
}

// A case, and the habit that it finds out.
using Conviction = std::pair<std::string, std::string>;

std::map<std::string, std::string> const& convictions() {
    static std::map<std::string, std::string> const read = [] {
        std::map<std::string, std::string> found;
        std::ifstream file(KEYSLOT_CONVICTIONS);
        for (std::string line; std::getline(file, line);) {
            std::istringstream words(line);
            std::string id, habit;
            if (words >> id >> habit && !id.starts_with('#')) {
                EXPECT_TRUE(found.emplace(id, habit).second) << id << " is there twice";
            }
        }
        return found;
    }();
    return read;
}

CaseReport play(Case const& test, std::string const& habit) {
    return run_in_virtual_time(
        test, [&habit](Case const& of, sim::World& world, Stage& stage, std::string const& host) {
            return std::make_unique<naive::NaiveClient>(of, world, stage, host, habit);
        });
}

bool is_broken(CaseReport const& report, Case const& test) {
    // A case of no right and wrong has a verdict beside the one that counts.
    return judge(test.accept, report.evidence).verdict == Verdict::failed;
}

TEST(Convictions, NameEveryCaseAndNoOther) {
    for (Case const& test : catalogue().cases) {
        EXPECT_TRUE(convictions().contains(test.id)) << test.id << " convicts nobody";
    }
    for (auto const& [id, habit] : convictions()) {
        EXPECT_TRUE(std::any_of(catalogue().cases.begin(), catalogue().cases.end(),
                                [&](Case const& test) { return test.id == id; }))
            << id << " is no case";
    }
}

class EveryCase : public testing::TestWithParam<Conviction> {
protected:
    Case const& test() const {
        return *std::find_if(catalogue().cases.begin(), catalogue().cases.end(),
                             [this](Case const& one) { return one.id == GetParam().first; });
    }
};

TEST_P(EveryCase, ConvictsTheHabitAndNotTheClient) {
    auto const& [id, habit] = GetParam();
    CaseReport const guilty = play(test(), habit);
    EXPECT_TRUE(is_broken(guilty, test())) << habit << ": " << to_string(test(), guilty, true);
    if (habit == "-") {
        return;
    }
    CaseReport const innocent = play(test(), "");
    EXPECT_FALSE(is_broken(innocent, test())) << to_string(test(), innocent, true);
    EXPECT_EQ(innocent.evidence.spoiled, "");
}

std::string test_name(testing::TestParamInfo<Conviction> const& info) {
    std::string name = info.param.first;
    std::replace_if(
        name.begin(), name.end(),
        [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Conformance, EveryCase,
                         testing::ValuesIn(std::vector<Conviction>(convictions().begin(),
                                                                   convictions().end())),
                         test_name);

}  // namespace
}  // namespace keyslot::conformance
