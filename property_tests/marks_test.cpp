#include <keyslot/detail/sometimes.hpp>

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

namespace keyslot::detail {
namespace {

std::map<std::string_view, Mark const*> marks() {
    std::map<std::string_view, Mark const*> all;
    for (Mark const* mark = Mark::first(); mark != nullptr; mark = mark->next()) {
        EXPECT_TRUE(all.emplace(mark->name(), mark).second) << mark->name() << " is there twice";
    }
    return all;
}

[[maybe_unused]] void never_called() { KEYSLOT_SOMETIMES("test.never_reached"); }

TEST(Marks, AreKnownWhetherReachedOrNot) {
    ASSERT_TRUE(marks().contains("test.never_reached"));
    EXPECT_EQ(marks().at("test.never_reached")->hits(), 0u);
    EXPECT_TRUE(marks().contains("route.ask")) << "those of the simulator";
    EXPECT_TRUE(marks().contains("call.moved_after_moved")) << "those of the client";
}

TEST(Marks, CountOnlyWhenTheConditionHolds) {
    for (int i = 0; i < 5; ++i) {
        KEYSLOT_SOMETIMES_IF("test.conditional", i < 2);
        KEYSLOT_SOMETIMES_RARELY("test.rare");
    }
    EXPECT_EQ(marks().at("test.conditional")->hits(), 2u);
    EXPECT_FALSE(marks().at("test.conditional")->rare());
    EXPECT_EQ(marks().at("test.rare")->hits(), 5u);
    EXPECT_TRUE(marks().at("test.rare")->rare());
}

TEST(Marks, OfOneNameAreOne) {
    KEYSLOT_SOMETIMES("test.shared");
    KEYSLOT_SOMETIMES("test.shared");
    EXPECT_EQ(marks().at("test.shared")->hits(), 2u);
}

}  // namespace
}  // namespace keyslot::detail
