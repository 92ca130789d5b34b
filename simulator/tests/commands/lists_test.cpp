#include "simulator/tests/commands/command_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string const no_elements = "*0\r\n";

std::string bulks(std::initializer_list<std::string_view> words) {
    std::string reply = "*" + std::to_string(words.size()) + "\r\n";
    for (std::string_view const word : words) {
        reply += bulk(word);
    }
    return reply;
}

TEST(Lists, an_empty_list_is_no_key) {
    CommandBench redis;
    redis("RPUSH l a b");
    redis("EXPIRE l 100");
    EXPECT_EQ(redis("LPOP l"), bulk("a"));
    EXPECT_EQ(redis("TTL l"), ":100\r\n");
    EXPECT_EQ(redis("RPOP l"), bulk("b"));
    EXPECT_EQ(redis("EXISTS l"), ":0\r\n");
    redis("RPUSH l a b");
    EXPECT_EQ(redis("TTL l"), ":-1\r\n");
    EXPECT_EQ(redis("LTRIM l 5 6"), ok);
    EXPECT_EQ(redis("TYPE l"), "+none\r\n");
    redis("RPUSH l a a");
    EXPECT_EQ(redis("LREM l 0 a"), ":2\r\n");
    EXPECT_EQ(redis("TYPE l"), "+none\r\n");
}

TEST(Lists, a_count_of_nought_pops_nothing_from_a_list_and_is_null_without_one) {
    CommandBench redis;
    EXPECT_EQ(redis("LPOP l 0"), "*-1\r\n");
    redis("RPUSH l a b c");
    EXPECT_EQ(redis("LPOP l 0"), no_elements);
    EXPECT_THAT(redis.streamed, IsEmpty());
    EXPECT_EQ(redis("RPOP l 2"), bulks({"c", "b"}));
    EXPECT_THAT(redis.streamed, ElementsAre("RPOP l 2"));
}

TEST(Lists, a_trim_that_takes_nothing_touches_the_key_and_replicas_do_not_hear_of_it) {
    CommandBench redis;
    redis("RPUSH l a b");
    EXPECT_EQ(redis("LTRIM l 0 -1"), ok);
    EXPECT_THAT(redis.streamed, IsEmpty());
    EXPECT_THAT(redis.changed, ElementsAre("l"));
}

TEST(Lists, replicas_get_the_plain_form_of_a_pop) {
    CommandBench redis;
    redis("RPUSH l a b c d");
    redis("BLPOP x l 0");
    EXPECT_THAT(redis.streamed, ElementsAre("LPOP l"));
    redis("LMPOP 2 x l right COUNT 9");
    EXPECT_THAT(redis.streamed, ElementsAre("RPOP l 3"));
    redis("RPUSH l a b");
    redis("BLMOVE l m left Right 0");
    EXPECT_THAT(redis.streamed, ElementsAre("LMOVE l m left Right"));
    redis("BRPOPLPUSH l m 0");
    EXPECT_THAT(redis.streamed, ElementsAre("RPOPLPUSH l m"));
}

TEST(Lists, what_cannot_wait_gets_its_own_kind_of_nothing) {
    CommandBench redis;
    EXPECT_EQ(redis("BLPOP l 0"), "*-1\r\n");
    EXPECT_EQ(redis("BLMPOP 0 1 l LEFT"), "*-1\r\n");
    EXPECT_EQ(redis("BLMOVE l m LEFT LEFT 0"), nil);
    EXPECT_EQ(redis("BRPOPLPUSH l m 0"), nil);
}

TEST(Lists, the_lowest_number_stands_for_all) {
    CommandBench redis;
    redis("RPUSH l a b a");
    EXPECT_EQ(redis("LPOS l a RANK -9223372036854775808 COUNT 1"), "*2\r\n:2\r\n:0\r\n");
    EXPECT_EQ(redis("LREM l -9223372036854775808 a"), ":2\r\n");
}

TEST(Lists, removal_from_the_tail_leaves_the_first_ones) {
    CommandBench redis;
    redis("RPUSH l a b a c a");
    EXPECT_EQ(redis("LREM l -2 a"), ":2\r\n");
    EXPECT_EQ(redis("LRANGE l 0 -1"), bulks({"a", "b", "c"}));
}

TEST(Lists, travel_between_nodes) {
    ListValue list;
    list.elements = {"a", "", std::string("\0\r\n", 3)};
    std::string bytes;
    serialise(list, bytes);
    auto const read = deserialise(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(std::get<ListValue>(*read).elements, list.elements);
    EXPECT_FALSE(deserialise(std::string_view(bytes).substr(0, bytes.size() - 1)));
    EXPECT_FALSE(deserialise(std::string_view(bytes).substr(0, 1)));
}

TEST(Sort, by_number_and_then_by_text) {
    CommandBench redis;
    redis("RPUSH l 2 10 1.0 1 -inf 0x3");
    EXPECT_EQ(redis("SORT l"), bulks({"-inf", "1", "1.0", "2", "0x3", "10"}));
    EXPECT_EQ(redis("SORT l DESC LIMIT 0 2"), bulks({"10", "0x3"}));
    EXPECT_EQ(redis("SORT l ALPHA LIMIT 1 2"), bulks({"0x3", "1"}));
    EXPECT_EQ(redis("SORT l BY x DESC LIMIT 0 2"), bulks({"0x3", "-inf"}));
}

TEST(Sort, stores_a_list_or_deletes_what_was_there) {
    CommandBench redis;
    redis("RPUSH l 2 1");
    redis("SET d x EX 100");
    EXPECT_EQ(redis("SORT l STORE d"), ":2\r\n");
    EXPECT_THAT(redis.streamed, ElementsAre("SORT l STORE d"));
    EXPECT_EQ(redis("TTL d"), ":-1\r\n");
    EXPECT_EQ(redis("LRANGE d 0 -1"), bulks({"1", "2"}));
    EXPECT_EQ(redis("SORT none STORE d"), ":0\r\n");
    EXPECT_EQ(redis("EXISTS d"), ":0\r\n");
}

}  // namespace
}  // namespace keyslot::sim
