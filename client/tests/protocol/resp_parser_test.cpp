#include "client/tests/protocol/resp_documents.hpp"

#include <gtest/gtest.h>

namespace keyslot::protocol {
namespace {

TEST(RespParser, ReadsEveryTypeOfBothProtocols) {
    for (Document const& document : documents()) {
        Feeder feeder;
        EXPECT_EQ(feeder.feed(document.bytes), ParseStatus::complete) << document.bytes;
        EXPECT_EQ(feeder.printed(), document.printed) << document.bytes;
        EXPECT_EQ(feeder.bytes_left(), 0u);
    }
}

TEST(RespParser, ReadsTheSameWhateverTheSplit) {
    for (Document const& document : documents()) {
        for (std::size_t first = 1; first < document.bytes.size(); ++first) {
            Feeder feeder;
            feeder.feed(document.bytes.substr(0, first));
            EXPECT_EQ(feeder.feed(document.bytes.substr(first)), ParseStatus::complete);
            EXPECT_EQ(feeder.printed(), document.printed) << document.bytes << " at " << first;
        }
    }
}

TEST(RespParser, ReadsTheSameByteByByte) {
    for (Document const& document : documents()) {
        Feeder feeder;
        for (char const& byte : document.bytes) {
            EXPECT_NE(feeder.feed({&byte, 1}), ParseStatus::error) << document.bytes;
        }
        EXPECT_EQ(feeder.printed(), document.printed) << document.bytes;
    }
}

TEST(RespParser, ReadsRepliesThatFollowOneAnother) {
    std::string all;
    std::string printed;
    for (Document const& document : documents()) {
        all += document.bytes;
        printed += (printed.empty() ? "" : "\n--\n") + std::string(document.printed);
    }
    Feeder feeder;
    feeder.feed(all);
    EXPECT_EQ(feeder.printed(), printed);
}

TEST(RespParser, NeverAsksForMoreThanIsMissing) {
    for (Document const& document : documents()) {
        for (std::size_t size = 0; size < document.bytes.size(); ++size) {
            RespParser parser;
            if (parser.parse(document.bytes.substr(0, size)) == ParseStatus::need_more) {
                EXPECT_GE(parser.bytes_missing(), 1u);
                EXPECT_LE(size + parser.bytes_missing(), document.bytes.size()) << document.bytes;
            }
        }
    }
}

TEST(RespParser, TellsHowMuchOfALongStringIsMissing) {
    RespParser parser;
    EXPECT_EQ(parser.parse("$1000\r\nabc"), ParseStatus::need_more);
    EXPECT_EQ(parser.bytes_missing(), 999u);
}

TEST(RespParser, PointsIntoTheInput) {
    std::string const input = "*2\r\n$5\r\nhello\r\n+world\r\n";
    RespParser parser;
    ASSERT_EQ(parser.parse(input), ParseStatus::complete);
    EXPECT_EQ(parser.reply()[0].text().data(), input.data() + input.find("hello"));
    EXPECT_EQ(parser.reply()[1].text().data(), input.data() + input.find("world"));
}

TEST(RespParser, TellsTheTwoNullsOfResp2Apart) {
    RespParser parser;
    ASSERT_EQ(parser.parse("$-1\r\n"), ParseStatus::complete);
    EXPECT_FALSE(parser.reply().node()->null_array);
    ASSERT_EQ(parser.parse("*-1\r\n"), ParseStatus::complete);
    EXPECT_TRUE(parser.reply().node()->null_array);
}

TEST(RespParser, StaysFailedUntilReset) {
    RespParser parser;
    EXPECT_EQ(parser.parse("?"), ParseStatus::error);
    EXPECT_EQ(parser.parse("+OK\r\n"), ParseStatus::error);
    parser.reset();
    EXPECT_EQ(parser.parse("+OK\r\n"), ParseStatus::complete);
    EXPECT_EQ(parser.reply().text(), "OK");
}

TEST(RespParser, ForgetsAReplyHalfReadOnReset) {
    RespParser parser;
    EXPECT_EQ(parser.parse("*2\r\n|1\r\n+a\r\n+b\r\n$?\r\n;3\r\nabc\r\n"), ParseStatus::need_more);
    parser.reset();
    EXPECT_EQ(parser.parse("$?\r\n;1\r\nx\r\n;0\r\n"), ParseStatus::complete);
    EXPECT_EQ(parser.reply().text(), "x");
    EXPECT_FALSE(parser.reply().attribute());
}

TEST(RespParser, HandsOutAPushInTheMiddleOfAReplyWithoutConsumingIt) {
    std::string const input = "*1\r\n>1\r\n+hi\r\n:1\r\n";
    RespParser parser;
    ASSERT_EQ(parser.parse(input), ParseStatus::complete);
    EXPECT_EQ(parser.reply().type(), ReplyType::push);
    EXPECT_EQ(parser.consumed(), 0u);
    ASSERT_EQ(parser.parse(input), ParseStatus::complete);
    EXPECT_EQ(parser.reply().type(), ReplyType::array);
    EXPECT_EQ(parser.reply().size(), 1u);
    EXPECT_EQ(parser.consumed(), input.size());
}

TEST(RespParser, FeedsAMegabyteByteByByteWithoutScanningItAgain) {
    // Quadratic work would be 10^12 steps here. The buffer is whole from the start; only its length
    // grows.
    std::size_t const length = 1'000'000;
    std::string const bulk = "$1000000\r\n" + std::string(length, '\r') + "\r\n";
    RespParser parser;
    for (std::size_t size = 0; size < bulk.size(); ++size) {
        ASSERT_EQ(parser.parse(std::string_view(bulk).substr(0, size)), ParseStatus::need_more);
    }
    ASSERT_EQ(parser.parse(bulk), ParseStatus::complete);
    EXPECT_EQ(parser.reply().text().size(), length);

    std::string const line = "+" + std::string(length, 'x') + "\r\n";
    RespParser line_parser({.line_bytes_max = length});
    for (std::size_t size = 0; size < line.size(); ++size) {
        ASSERT_EQ(line_parser.parse(std::string_view(line).substr(0, size)),
                  ParseStatus::need_more);
    }
    ASSERT_EQ(line_parser.parse(line), ParseStatus::complete);
    EXPECT_EQ(line_parser.reply().text().size(), length);
}

}  // namespace
}  // namespace keyslot::protocol
