#include "client/protocol/resp_parser.hpp"

#include <keyslot/reply.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace keyslot {
namespace {

Reply parsed(std::string_view bytes) {
    protocol::RespParser parser;
    EXPECT_EQ(parser.parse(bytes), protocol::ParseStatus::complete) << bytes;
    return Reply(parser.reply());
}

std::vector<std::string> texts(ReplyView view) {
    std::vector<std::string> all;
    for (ReplyView const element : view) {
        all.emplace_back(element.text());
    }
    return all;
}

TEST(Reply, OwnsItsBytes) {
    Reply scalar, tree, part;
    {
        std::string const bytes =
            "*3\r\n$5\r\nhello\r\n*2\r\n+a\r\n=7\r\nmkd:abc\r\n:7\r\n" + std::string(200, 'x');
        protocol::RespParser parser;
        ASSERT_EQ(parser.parse(bytes), protocol::ParseStatus::complete);
        tree = Reply(parser.reply());
        part = Reply(parser.reply()[1]);
        scalar = Reply(parser.reply()[0]);
    }
    EXPECT_EQ(scalar.text(), "hello");
    EXPECT_EQ(to_string(tree), "1) \"hello\"\n2) 1) a\n   2) abc\n3) (integer) 7");
    EXPECT_EQ(to_string(part), "1) a\n2) abc");
    EXPECT_EQ(part[1].verbatim_format(), "mkd");
    Reply const moved = std::move(tree);
    EXPECT_EQ(moved[0].text(), "hello");
}

TEST(Reply, CopiesAPartFarIntoALongReply) {
    std::string bytes =
        "*2\r\n$1000\r\n" + std::string(1000, 'x') + "\r\n*3\r\n+a\r\n:5\r\n$2\r\nbc\r\n";
    Reply const whole = parsed(bytes);
    Reply const part(whole[1]);
    Reply const scalar(whole[1][2]);
    EXPECT_EQ(to_string(part), "1) a\n2) (integer) 5\n3) \"bc\"");
    EXPECT_EQ(scalar.text(), "bc");
    EXPECT_TRUE(part == whole[1]);
}

TEST(Reply, IsNullByDefault) {
    EXPECT_TRUE(Reply().is_null());
    EXPECT_EQ(Reply().size(), 0u);
    EXPECT_EQ(Reply().view().begin(), Reply().view().end());
}

TEST(Reply, IsMadeOfValues) {
    EXPECT_EQ(Reply::bulk_string("abc").text(), "abc");
    EXPECT_EQ(Reply::bulk_string("").text(), "");
    EXPECT_EQ(Reply::bulk_string({}).type(), ReplyType::bulk_string);
    EXPECT_EQ(Reply::simple_string("OK").type(), ReplyType::simple_string);
    EXPECT_TRUE(Reply::error("ERR no").is_error());
    EXPECT_EQ(Reply::integer(-5).as_integer(), -5);
    EXPECT_TRUE(Reply::integer(5) == parsed(":5\r\n"));
    EXPECT_TRUE(Reply::error("ERR no") == parsed("-ERR no\r\n"));
}

TEST(ReplyView, StepsThroughElementsAndOverAttributes) {
    Reply const reply = parsed("*4\r\n+a\r\n*2\r\n+x\r\n+y\r\n|1\r\n+k\r\n+v\r\n+b\r\n*0\r\n");
    EXPECT_EQ(texts(reply), (std::vector<std::string>{"a", "", "b", ""}));
    EXPECT_EQ(reply[2].text(), "b");
    EXPECT_EQ(reply[2].attribute()->find("k")->text(), "v");
    EXPECT_FALSE(reply[0].attribute());
    EXPECT_EQ(texts(reply[1]), (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(texts(reply[3]), std::vector<std::string>{});
}

TEST(ReplyView, EndsAnAggregateWhereAnAttributeFollowsIt) {
    Reply const reply = parsed("*2\r\n*1\r\n+a\r\n|1\r\n+k\r\n+v\r\n+b\r\n");
    EXPECT_EQ(texts(reply[0]), std::vector<std::string>{"a"});
}

TEST(ReplyView, FindsTheAttributeOfTheWholeReply) {
    Reply const reply = parsed("|1\r\n+ttl\r\n|1\r\n+unit\r\n+s\r\n:30\r\n$1\r\nx\r\n");
    EXPECT_EQ(reply.text(), "x");
    ASSERT_TRUE(reply.view().attribute());
    std::optional<ReplyView> const ttl = reply.view().attribute()->find("ttl");
    EXPECT_EQ(ttl->as_integer(), 30);
    EXPECT_EQ(ttl->attribute()->find("unit")->text(), "s");
    Reply const attribute(*reply.view().attribute());
    EXPECT_EQ(attribute.type(), ReplyType::attribute);
    EXPECT_EQ(attribute.find("ttl")->as_integer(), 30);
}

TEST(ReplyView, FindsKeysInMapsAndFlatArrays) {
    for (std::string_view const bytes :
         {"%2\r\n$1\r\na\r\n*1\r\n:1\r\n+b\r\n:2\r\n", "*4\r\n$1\r\na\r\n*1\r\n:1\r\n+b\r\n:2\r\n",
          "*5\r\n$1\r\na\r\n*1\r\n:1\r\n+b\r\n:2\r\n+c\r\n"}) {
        Reply const reply = parsed(bytes);
        EXPECT_EQ(reply.find("a")->size(), 1u);
        EXPECT_EQ(reply.find("b")->as_integer(), 2);
        EXPECT_FALSE(reply.find("c"));
        EXPECT_FALSE(reply.find(""));
    }
    EXPECT_FALSE(parsed(":1\r\n").find("a"));
}

TEST(ReplyView, ReadsIntegersFromWhatIsOne) {
    EXPECT_EQ(parsed(":-3\r\n").as_integer(), -3);
    EXPECT_EQ(parsed("$2\r\n-3\r\n").as_integer(), -3);
    EXPECT_EQ(parsed("+12\r\n").as_integer(), 12);
    EXPECT_EQ(parsed("#t\r\n").as_integer(), 1);
    EXPECT_EQ(parsed("(77\r\n").as_integer(), 77);
    for (std::string_view const bytes :
         {"$0\r\n\r\n", "$2\r\n 1\r\n", "$2\r\n1 \r\n", "$3\r\n1.0\r\n", "+\r\n", ",1\r\n", "_\r\n",
          "-1\r\n", "*0\r\n", "(99999999999999999999\r\n", "$20\r\n92233720368547758080\r\n"}) {
        EXPECT_EQ(parsed(bytes).as_integer(), std::nullopt) << bytes;
    }
}

TEST(ReplyView, ReadsDoublesFromWhatIsOne) {
    EXPECT_EQ(parsed(",1.25\r\n").as_double(), 1.25);
    EXPECT_EQ(parsed(",-1e3\r\n").as_double(), -1000);
    EXPECT_EQ(parsed(",+.5\r\n").as_double(), 0.5);
    EXPECT_EQ(parsed(":4\r\n").as_double(), 4);
    EXPECT_EQ(parsed("$20\r\n0.10000000000000001\n\r\n").as_double(), std::nullopt);
    EXPECT_EQ(parsed("$19\r\n0.10000000000000001\r\n").as_double(), 0.1);
    EXPECT_EQ(parsed("$4\r\n-inf\r\n").as_double(), -std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(*parsed("+nan\r\n").as_double()));
    for (std::string_view const bytes :
         {"$0\r\n\r\n", "$1\r\n-\r\n", "$1\r\ne\r\n", "$2\r\n1x\r\n", "$3\r\n0x1\r\n",
          "$8\r\ninfinity\r\n", "$6\r\nnan(1)\r\n", "$5\r\n1e999\r\n", "_\r\n", "$2\r\n--\r\n",
          "$3\r\n--1\r\n", "$3\r\n+-1\r\n"}) {
        EXPECT_EQ(parsed(bytes).as_double(), std::nullopt) << bytes;
    }
}

TEST(ReplyView, ReadsBooleansFromZeroAndOne) {
    EXPECT_EQ(parsed("#t\r\n").as_boolean(), true);
    EXPECT_EQ(parsed(":0\r\n").as_boolean(), false);
    EXPECT_EQ(parsed(":2\r\n").as_boolean(), std::nullopt);
    EXPECT_EQ(parsed("$1\r\n1\r\n").as_boolean(), std::nullopt);
}

TEST(ReplyView, IsEqualByTypeAndValue) {
    auto const equal = [](std::string_view a, std::string_view b) {
        bool const there = parsed(a) == parsed(b);
        EXPECT_EQ(there, parsed(b) == parsed(a));
        return there;
    };
    EXPECT_TRUE(equal("*2\r\n:1\r\n$1\r\na\r\n", "*?\r\n:1\r\n$?\r\n;1\r\na\r\n;0\r\n.\r\n"));
    EXPECT_TRUE(equal("$-1\r\n", "_\r\n"));
    EXPECT_TRUE(equal("*-1\r\n", "_\r\n"));
    EXPECT_FALSE(equal("$1\r\na\r\n", "+a\r\n"));
    EXPECT_FALSE(equal(":1\r\n", ":2\r\n"));
    EXPECT_FALSE(equal("#t\r\n", "#f\r\n"));
    EXPECT_FALSE(equal("*1\r\n*1\r\n:1\r\n", "*2\r\n*0\r\n:1\r\n"));
    EXPECT_FALSE(equal("=5\r\ntxt:a\r\n", "=5\r\nmkd:a\r\n"));
    EXPECT_FALSE(equal("|1\r\n+k\r\n:1\r\n:7\r\n", ":7\r\n"));
    EXPECT_TRUE(equal("|1\r\n+k\r\n:1\r\n:7\r\n", "|1\r\n+k\r\n:1\r\n:7\r\n"));
    EXPECT_FALSE(equal("|1\r\n+k\r\n:1\r\n:7\r\n", "|1\r\n+k\r\n:2\r\n:7\r\n"));
}

TEST(ReplyView, PrintsAsRedisCliDoes) {
    // Taken from redis-cli 7.0.15 --no-raw.
    EXPECT_EQ(to_string(parsed(
                  "*3\r\n:1\r\n*3\r\n:2\r\n*0\r\n*2\r\n$5\r\na\r\n\x01\xc8\r\n-ERR x\r\n+OK\r\n")),
              "1) (integer) 1\n2) 1) (integer) 2\n   2) (empty array)\n"
              "   3) 1) \"a\\r\\n\\x01\\xc8\"\n      2) (error) ERR x\n3) OK");
    EXPECT_EQ(to_string(parsed(
                  "%2\r\n$1\r\na\r\n*2\r\n:1\r\n:2\r\n$1\r\nb\r\n*2\r\n:1\r\n*2\r\n:3\r\n:4\r\n")),
              "1# \"a\" => \n   1) (integer) 1\n   2) (integer) 2\n"
              "2# \"b\" => \n   1) (integer) 1\n   2) 1) (integer) 3\n      2) (integer) 4");
    EXPECT_EQ(to_string(parsed("%1\r\n$1\r\na\r\n%1\r\n$1\r\nb\r\n:1\r\n")),
              "1# \"a\" => 1# \"b\" => (integer) 1");
    std::string tens = "*10\r\n";
    for (int n = 0; n < 10; ++n) {
        tens += ":7\r\n";
    }
    EXPECT_EQ(to_string(parsed(tens)).substr(0, 16), " 1) (integer) 7\n");
    std::ostringstream out;
    out << parsed("$1\r\n\"\r\n").view();
    EXPECT_EQ(out.str(), "\"\\\"\"");
}

}  // namespace
}  // namespace keyslot
