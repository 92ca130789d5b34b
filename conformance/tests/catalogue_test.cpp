// Every case of the catalogue, played on our own client.
#include "conformance/harness/case_reader.hpp"
#include "conformance/harness/own_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace keyslot::conformance {

// GoogleTest prints a case by its id.
void PrintTo(Case const& test, std::ostream* out) { *out << test.id; }

namespace {

Catalogue const& catalogue() {
    static Catalogue const loaded = load_catalogue(KEYSLOT_CONFORMANCE_CASES);
    return loaded;
}

TEST(Catalogue, IsWithoutMistakes) {
    for (sim::Problem const& problem : catalogue().problems) {
        ADD_FAILURE() << to_string(problem);
    }
    EXPECT_GE(catalogue().cases.size(), 150u);
}

class Rule : public testing::TestWithParam<Case> {};

TEST_P(Rule, IsKeptByOurClient) {
    CaseReport const report = run_case(GetParam());
    EXPECT_EQ(to_string(report.judgement.verdict), "OK") << to_string(GetParam(), report, true);
}

TEST_P(Rule, IsJudgedTheSameEachTime) {
    CaseReport const first = run_case(GetParam(), 7);
    CaseReport const second = run_case(GetParam(), 7);
    EXPECT_EQ(first.evidence.summary, second.evidence.summary);
    EXPECT_EQ(to_string(first.evidence.dialogue), to_string(second.evidence.dialogue));
}

std::string test_name(testing::TestParamInfo<Case> const& info) {
    std::string name = info.param.id;
    std::replace_if(
        name.begin(), name.end(),
        [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Conformance, Rule, testing::ValuesIn(catalogue().cases), test_name);

}  // namespace
}  // namespace keyslot::conformance
