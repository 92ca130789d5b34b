#include "client/protocol/request_parser.hpp"
#include "client/protocol/inline_words.hpp"
#include "client/protocol/resp_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The bytes and answers here were tried on redis-server 7.0.15.

namespace keyslot::protocol {
namespace {

using std::string_view_literals::operator""sv;
using testing::ElementsAre;
using testing::IsEmpty;
using Words = std::vector<std::string>;

Words words_of(RequestParser const& parser) {
    return {parser.arguments().begin(), parser.arguments().end()};
}

// All commands in `bytes`; "!..." for an error, "..." at the end for an unfinished command.
std::vector<Words> commands_in(std::string_view bytes, bool authenticated = true,
                               RequestLimits limits = {}) {
    std::vector<Words> commands;
    RequestParser parser(limits);
    while (!bytes.empty()) {
        ParseStatus const status = parser.parse(bytes, authenticated);
        if (status == ParseStatus::error) {
            commands.push_back({"!" + parser.error_line()});
            return commands;
        }
        if (status == ParseStatus::need_more) {
            commands.push_back({"..."});
            return commands;
        }
        commands.push_back(words_of(parser));
        bytes.remove_prefix(parser.consumed());
    }
    return commands;
}

Words error(std::string_view what) { return {"!ERR Protocol error: " + std::string(what)}; }

TEST(RequestParser, ReadsCommandsThatFollowOneAnother) {
    EXPECT_THAT(
        commands_in("*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\nPING hello\r\n*1\r\n$1\r\n"),
        ElementsAre(Words{"PING"}, Words{"GET", ""}, Words{"PING", "hello"}, Words{"..."}));
}

TEST(RequestParser, ReadsTheSameWhateverTheSplit) {
    std::string const bytes =
        "*3\r\n$3\r\nSET\r\n$4\r\nk\r\ny\r\n$10\r\n0123456789\r\nECHO \"a b\" "
        "'c'\r\n*0\r\n*1\r\n$4\r\nPING\r\n";
    auto const whole = commands_in(bytes);
    for (std::size_t first = 1; first < bytes.size(); ++first) {
        RequestParser parser;
        std::vector<Words> commands;
        std::string_view rest;
        std::size_t start = 0;
        for (std::size_t const end : {first, bytes.size()}) {
            std::string const moved = bytes.substr(start, end - start);
            rest = moved;
            while (!rest.empty() && parser.parse(rest) == ParseStatus::complete) {
                commands.push_back(words_of(parser));
                start += parser.consumed();
                rest.remove_prefix(parser.consumed());
            }
        }
        EXPECT_EQ(commands, whole) << first;
        EXPECT_EQ(start, bytes.size());
    }
}

TEST(RequestParser, ReadsWhatWriteCommandWrites) {
    std::string bytes;
    write_command(bytes, {"SET", "\r\n"sv, "\0\xff"sv, ""});
    EXPECT_THAT(commands_in(bytes),
                ElementsAre(Words{"SET", "\r\n", std::string("\0\xff", 2), ""}));
}

TEST(RequestParser, PassesOverEmptyCommands) {
    EXPECT_THAT(commands_in("*0\r\n*-5\r\n\r\n\n   \r\nPING\r\n"),
                ElementsAre(IsEmpty(), IsEmpty(), IsEmpty(), IsEmpty(), IsEmpty(), Words{"PING"}));
}

TEST(RequestParser, DoesNotLookAtTheTwoBytesAfterAPayload) {
    EXPECT_THAT(commands_in("*1\r\n$4\r\nPINGxyPING\r\n"),
                ElementsAre(Words{"PING"}, Words{"PING"}));
    EXPECT_THAT(commands_in("*1\rX$4\r\nPING\r\n"), ElementsAre(Words{"PING"}));
}

TEST(RequestParser, AnswersTheErrorsOfRedis) {
    EXPECT_THAT(commands_in("*1\r\nx\r\n"), ElementsAre(error("expected '$', got 'x'")));
    EXPECT_THAT(commands_in("*1\r\n\r\nabc"), ElementsAre(error("expected '$', got ' '")));
    EXPECT_THAT(commands_in("*x\r\n"), ElementsAre(error("invalid multibulk length")));
    for (std::string_view const count :
         {"", "01", "+1", "-0", " 1", "1 ", "2147483648", "99999999999999999999"}) {
        EXPECT_THAT(commands_in("*" + std::string(count) + "\r\n"),
                    ElementsAre(error("invalid multibulk length")))
            << count;
    }
    EXPECT_THAT(commands_in("*2147483647\r\n"), ElementsAre(Words{"..."}));
    for (std::string_view const length : {"", "04", "+4", "-1", "x", "536870913"}) {
        EXPECT_THAT(commands_in("*1\r\n$" + std::string(length) + "\r\n"),
                    ElementsAre(error("invalid bulk length")))
            << length;
    }
    EXPECT_THAT(commands_in("*1\r\n$536870912\r\n"), ElementsAre(Words{"..."}));
}

TEST(RequestParser, HoldsStrangersToLess) {
    EXPECT_THAT(commands_in("*10\r\n", false), ElementsAre(Words{"..."}));
    EXPECT_THAT(commands_in("*11\r\n", false),
                ElementsAre(error("unauthenticated multibulk length")));
    EXPECT_THAT(commands_in("*11\r\n", true), ElementsAre(Words{"..."}));
    EXPECT_THAT(commands_in("*1\r\n$16384\r\n", false), ElementsAre(Words{"..."}));
    EXPECT_THAT(commands_in("*1\r\n$16385\r\n", false),
                ElementsAre(error("unauthenticated bulk length")));
    EXPECT_THAT(commands_in("*1\r\n$16385\r\n", true), ElementsAre(Words{"..."}));
}

TEST(RequestParser, PutsUpWith64KiBWithoutALineEnd) {
    std::size_t const limit = 64 * 1024;
    std::string const ones(limit, '1');
    EXPECT_THAT(commands_in("*" + ones.substr(1)), ElementsAre(Words{"..."}));
    EXPECT_THAT(commands_in("*" + ones), ElementsAre(error("too big mbulk count string")));
    EXPECT_THAT(commands_in("*1\r\n$" + ones.substr(1)), ElementsAre(Words{"..."}));
    EXPECT_THAT(commands_in("*1\r\n$" + ones), ElementsAre(error("too big bulk count string")));
    EXPECT_THAT(commands_in("*1\r\nx" + ones), ElementsAre(error("too big bulk count string")));
    EXPECT_THAT(commands_in(ones), ElementsAre(Words{"..."}));
    EXPECT_THAT(commands_in("1" + ones), ElementsAre(error("too big inline request")));
    EXPECT_THAT(commands_in("1" + ones + "\n"), ElementsAre(Words{"1" + ones}));
}

TEST(RequestParser, NeverSeesTheEndOfALineWithAZeroByte) {
    EXPECT_THAT(commands_in("*1\r\n\0abc\r\n"sv), ElementsAre(Words{"..."}));
    EXPECT_THAT(commands_in("PING \0foo\r\n"sv), ElementsAre(Words{"..."}));
    std::string const dark = std::string("PING \0\r\n", 8) + std::string(70'000, 'x') + "\r\n";
    EXPECT_THAT(commands_in(dark), ElementsAre(error("too big inline request")));
}

TEST(RequestParser, SplitsInlineCommandsAsRedisDoes) {
    EXPECT_THAT(commands_in("PING\n"), ElementsAre(Words{"PING"}));
    EXPECT_THAT(commands_in("  ECHO\t a \r\n"), ElementsAre(Words{"ECHO", "a"}));
    EXPECT_THAT(commands_in("ECHO \"a\\x41\\x4g\\q\\n\\\"\" \r\n"),
                ElementsAre(Words{"ECHO", "aAx4gq\n\""}));
    EXPECT_THAT(commands_in("ECHO 'a\\'b\\n'\r\n"), ElementsAre(Words{"ECHO", "a'b\\n"}));
    EXPECT_THAT(commands_in("ECHO a\"b\" '' \"\"\n"), ElementsAre(Words{"ECHO", "ab", "", ""}));
    EXPECT_THAT(commands_in("PING\rx\n"), ElementsAre(Words{"PING", "x"}));
    EXPECT_THAT(commands_in("\vPING\v\r\n"), ElementsAre(Words{"PING\v"}));
    EXPECT_THAT(commands_in("ECHO \"a\"\vb\r\n"), ElementsAre(Words{"ECHO", "a", "b"}));
}

TEST(RequestParser, RefusesQuotesThatAreNotBalanced) {
    for (std::string_view const line : {"\"ping\"x", "ECHO \"", "ECHO 'a", "ECHO \"a\"b",
                                        "ECHO 'a'b", "ECHO \"a\\\"", "ECHO \"a\\"}) {
        EXPECT_THAT(commands_in(std::string(line) + "\r\n"),
                    ElementsAre(error("unbalanced quotes in request")))
            << line;
    }
}

TEST(RequestParser, StaysFailedUntilReset) {
    RequestParser parser;
    EXPECT_EQ(parser.parse("*x\r\n"), ParseStatus::error);
    EXPECT_EQ(parser.parse("PING\r\n"), ParseStatus::error);
    EXPECT_EQ(parser.error_line(), "ERR Protocol error: invalid multibulk length");
    parser.reset();
    EXPECT_EQ(parser.parse("PING\r\n"), ParseStatus::complete);
}

TEST(RequestParser, FeedsAMegabyteByteByByteWithoutScanningItAgain) {
    std::string const bytes =
        "*2\r\n$4\r\nECHO\r\n$1000000\r\n" + std::string(1'000'000, 'x') + "\r\n";
    RequestParser parser;
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        ASSERT_EQ(parser.parse(std::string_view(bytes).substr(0, size)), ParseStatus::need_more);
    }
    ASSERT_EQ(parser.parse(bytes), ParseStatus::complete);
    EXPECT_EQ(parser.arguments()[1].size(), 1'000'000u);
}

}  // namespace
}  // namespace keyslot::protocol
