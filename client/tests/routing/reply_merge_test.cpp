#include "client/routing/reply_merge.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace keyslot::routing {
namespace {

protocol::CommandInfo const& command(std::string_view name, std::string_view subcommand = {}) {
    protocol::CommandInfo const& info = *protocol::find_command(name);
    return subcommand.empty() ? info : *protocol::find_subcommand(info, subcommand);
}

std::vector<Reply> integers(std::initializer_list<int> values) {
    std::vector<Reply> replies;
    for (int const value : values) {
        replies.push_back(Reply::integer(value));
    }
    return replies;
}

Reply array(std::vector<Reply> const& elements) {
    return Reply::array_of(std::vector<ReplyView>(elements.begin(), elements.end()));
}

TEST(ReplyMerge, IsForCommandsThatSeveralNodesAnswer) {
    EXPECT_TRUE(is_for_several_nodes(command("dbsize")));
    EXPECT_TRUE(is_for_several_nodes(command("script", "load")));
    EXPECT_TRUE(is_for_several_nodes(command("keys")));
    EXPECT_FALSE(is_for_several_nodes(command("info"))) << "its replies cannot be made one";
    EXPECT_FALSE(is_for_several_nodes(command("scan")));
    EXPECT_FALSE(is_for_several_nodes(command("get")));
    EXPECT_FALSE(is_for_several_nodes(command("del"))) << "its keys are in one slot";
}

TEST(ReplyMerge, AddsCountsAndTakesTheLeast) {
    EXPECT_EQ(merge(command("dbsize"), integers({3, 4, 5}), 0)->as_integer(), 12);
    EXPECT_EQ(merge(command("wait"), integers({2, 1, 2}), 0)->as_integer(), 1);
    EXPECT_EQ(merge(command("dbsize"), std::vector{Reply::bulk_string("x")}, 0), std::nullopt);
}

TEST(ReplyMerge, JudgesArraysElementByElement) {
    Reply const all = array(integers({1, 0, 1}));
    Reply const some = array(integers({1, 1, 0}));
    auto const merged = merge(command("script", "exists"), std::vector{all, some}, 0);
    EXPECT_EQ(merged->view(), array(integers({1, 0, 0})).view());
    Reply const shorter = array(integers({1}));
    EXPECT_EQ(merge(command("script", "exists"), std::vector{all, shorter}, 0), std::nullopt);
}

TEST(ReplyMerge, JoinsWhatEachNodeLists) {
    Reply const first = array({Reply::bulk_string("a"), Reply::bulk_string("bb")});
    Reply const none = array({});
    Reply const nested = array({array({Reply::bulk_string("c"), Reply::integer(7)})});
    auto const merged = merge(command("keys"), std::vector{first, none, nested}, 0);
    ASSERT_EQ(merged->size(), 3u);
    EXPECT_EQ((*merged)[0].text(), "a");
    EXPECT_EQ((*merged)[1].text(), "bb");
    EXPECT_EQ((*merged)[2][0].text(), "c");
    EXPECT_EQ((*merged)[2][1].as_integer(), 7);
    EXPECT_EQ(merge(command("keys"), std::vector{none, none}, 0)->size(), 0u);
}

TEST(ReplyMerge, TakesAnyReplyThatIsNotNullWhereOneIsEnough) {
    std::vector<Reply> const replies{Reply(), Reply::bulk_string("k"), Reply()};
    for (std::uint64_t random = 0; random < 5; ++random) {
        EXPECT_EQ(merge(command("randomkey"), replies, random)->text(), "k");
    }
    EXPECT_TRUE(merge(command("randomkey"), std::vector{Reply(), Reply()}, 1)->is_null());
    EXPECT_EQ(merge(command("flushall"), std::vector(2, Reply::simple_string("OK")), 0)->text(),
              "OK");
}

TEST(Reply, AnArrayOfCopiesOutlivesItsElements) {
    Reply made;
    {
        std::vector<Reply> const parts{Reply::bulk_string("one"), Reply::error("ERR two"),
                                       Reply::integer(-3), Reply(),
                                       array({Reply::bulk_string("x")})};
        made = array(parts);
    }
    ASSERT_EQ(made.size(), 5u);
    EXPECT_EQ(made[0].text(), "one");
    EXPECT_TRUE(made[1].is_error());
    EXPECT_EQ(made[1].text(), "ERR two");
    EXPECT_EQ(made[2].as_integer(), -3);
    EXPECT_TRUE(made[3].is_null());
    EXPECT_EQ(made[4][0].text(), "x");
    Reply const again(made.view());
    EXPECT_EQ(again.view(), made.view());
}

}  // namespace
}  // namespace keyslot::routing
