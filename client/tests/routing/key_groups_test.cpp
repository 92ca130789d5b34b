#include "client/routing/key_groups.hpp"

#include "client/protocol/hash_slot.hpp"

#include <gtest/gtest.h>

namespace keyslot::routing {
namespace {

TEST(KeyGroups, hold_the_keys_of_one_slot_each_in_the_order_they_came) {
    std::vector<std::string> const keys{"{a}1", "b", "{a}2", "b", "{a}1"};
    std::vector<KeyGroup> const expected{{protocol::hash_slot("a"), {0, 2, 4}},
                                         {protocol::hash_slot("b"), {1, 3}}};
    EXPECT_EQ(group_by_slot(keys), expected);
    EXPECT_TRUE(group_by_slot({}).empty());
}

}  // namespace
}  // namespace keyslot::routing
