// cases/rules.json: every rule that the cluster specification has for clients, and the cases that stand
// for it.
#include "conformance/report/rules.hpp"
#include "conformance/harness/case_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace keyslot::conformance {
namespace {

TEST(Rules, EachHasACaseThatExists) {
    Catalogue const catalogue = load_catalogue(KEYSLOT_CONFORMANCE_CASES);
    std::vector<SpecificationRule> const rules = load_rules(KEYSLOT_CONFORMANCE_CASES);
    EXPECT_GE(rules.size(), 25u);
    for (SpecificationRule const& rule : rules) {
        EXPECT_FALSE(rule.section.empty());
        EXPECT_FALSE(rule.cases.empty()) << rule.text;
        for (std::string const& id : rule.cases) {
            EXPECT_TRUE(std::any_of(catalogue.cases.begin(), catalogue.cases.end(),
                                    [&](Case const& test) { return test.id == id; }))
                << rule.text << ": there is no case " << id;
        }
    }
}

TEST(Rules, CaseFilesAreCalledByTheirIds) {
    for (Case const& test : load_catalogue(KEYSLOT_CONFORMANCE_CASES).cases) {
        EXPECT_TRUE(test.file.ends_with("/" + test.id + ".yaml")) << test.file << ": " << test.id;
    }
}

TEST(Rules, EveryCaseSaysWhereItsRuleStands) {
    std::set<std::string> requirements;
    for (Case const& test : load_catalogue(KEYSLOT_CONFORMANCE_CASES).cases) {
        EXPECT_GE(test.source.size(), 4u) << test.id;
        EXPECT_GE(test.requirement.size(), 30u) << test.id;
        EXPECT_TRUE(requirements.insert(test.requirement).second)
            << test.id << " says the same as another case";
    }
}

}  // namespace
}  // namespace keyslot::conformance
