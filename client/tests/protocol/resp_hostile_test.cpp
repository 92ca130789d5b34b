#include "client/protocol/resp_parser.hpp"
#include "client/tests/protocol/resp_documents.hpp"

#include <gtest/gtest.h>

namespace keyslot::protocol {
namespace {

struct Malformed {
    std::string_view bytes;
    std::string_view message;
};

using std::string_view_literals::operator""sv;

Malformed const malformed[] = {
    {"x", "no type of reply begins with this byte at offset 0 (byte 0x78 'x')"},
    {"\0"sv, "no type of reply begins with this byte at offset 0 (byte 0x00)"},
    {"\xff", "no type of reply begins with this byte at offset 0 (byte 0xff)"},
    {"*2\r\n:1\r\nHTTP", "no type of reply begins with this byte at offset 8 (byte 0x48 'H')"},
    {"$x\r\n", "length is not a number at offset 1 (byte 0x78 'x')"},
    {"$\r\n", "length is not a number at offset 1 (byte 0x0d)"},
    {"$+1\r\n", "length is not a number at offset 1 (byte 0x2b '+')"},
    {"$-2\r\n", "negative length is not -1 at offset 2 (byte 0x32 '2')"},
    {"$-10\r\n", "negative length is not -1 at offset 3 (byte 0x30 '0')"},
    {"$1x\r\n", "not a digit of a length at offset 2 (byte 0x78 'x')"},
    {"$1\rx", "CR without LF at offset 3 (byte 0x78 'x')"},
    {"$1\nx", "not a digit of a length at offset 2 (byte 0x0a)"},
    {"$1\r\nxyz", "string does not end where its length says at offset 5 (byte 0x79 'y')"},
    {"$1\r\nx\ry", "CR without LF at offset 6 (byte 0x79 'y')"},
    {"$99999999999999999999\r\n", "length longer than the limit of 19 at offset 0"},
    {"$9999999999999999999\r\n", "string longer than the limit of 536870912 at offset 0"},
    {"*9999999999999999999\r\n", "more elements than the limit of 16777216 at offset 0"},
    {"%9223372036854775808\r\n", "more elements than the limit of 16777216 at offset 0"},
    {"%-1\r\n", "length is not a number at offset 1 (byte 0x2d '-')"},
    {"!-1\r\n", "length is not a number at offset 1 (byte 0x2d '-')"},
    {"=?\r\n", "length is not a number at offset 1 (byte 0x3f '?')"},
    {"=3\r\ntxt\r\n",
     "verbatim string without a format of three bytes and ':' at offset 4 (byte 0x74 't')"},
    {"=5\r\ntextx\r\n",
     "verbatim string without a format of three bytes and ':' at offset 4 (byte 0x74 't')"},
    {":\r\n", "integer without digits at offset 1 (byte 0x0d)"},
    {":-\r\n", "integer without digits at offset 2 (byte 0x0d)"},
    {":x\r\n", "integer without digits at offset 1 (byte 0x78 'x')"},
    {":1.5\r\n", "not a digit of an integer at offset 2 (byte 0x2e '.')"},
    {":9223372036854775808\r\n", "integer does not fit in 64 bits at offset 1 (byte 0x39 '9')"},
    {":-9223372036854775809\r\n", "integer does not fit in 64 bits at offset 1 (byte 0x2d '-')"},
    {":00000000000000000000", "integer does not fit in 64 bits at offset 1 (byte 0x30 '0')"},
    {"+OK\n", "LF without CR at offset 3 (byte 0x0a)"},
    {"+O\rK", "CR without LF at offset 3 (byte 0x4b 'K')"},
    {"_x\r\n", "null is not empty at offset 1 (byte 0x78 'x')"},
    {"#x\r\n", "boolean is neither t nor f at offset 1 (byte 0x78 'x')"},
    {"#tr", "boolean is longer than one byte at offset 2 (byte 0x72 'r')"},
    {",\r\n", "not a floating-point number at offset 1 (byte 0x0d)"},
    {",1.5x\r\n", "not a floating-point number at offset 1 (byte 0x31 '1')"},
    {",+-1\r\n", "not a floating-point number at offset 1 (byte 0x2b '+')"},
    {",infinity\r\n", "not a floating-point number at offset 1 (byte 0x69 'i')"},
    {",0x10\r\n", "not a floating-point number at offset 1 (byte 0x30 '0')"},
    {"(\r\n", "not a big number at offset 1 (byte 0x0d)"},
    {"(12a\r\n", "not a big number at offset 1 (byte 0x31 '1')"},
    {".\r\n", "end of a streamed aggregate where none is open at offset 0 (byte 0x2e '.')"},
    {"*1\r\n.\r\n", "end of a streamed aggregate where none is open at offset 4 (byte 0x2e '.')"},
    {"%?\r\n:1\r\n.\r\n",
     "streamed map ends with a key that has no value at offset 8 (byte 0x2e '.')"},
    {"*?\r\n|0\r\n.\r\n",
     "attribute without an element that it describes at offset 8 (byte 0x2e '.')"},
    {"$?\r\n$1\r\nx\r\n", "not a chunk of a streamed string at offset 4 (byte 0x24 '$')"},
    {"$?\r\n;-1\r\n", "length is not a number at offset 5 (byte 0x2d '-')"},
    {"$?\r\n;1\r\nxy\r\n", "string does not end where its length says at offset 9 (byte 0x79 'y')"},
    {";1\r\nx\r\n", "no type of reply begins with this byte at offset 0 (byte 0x3b ';')"},
};

TEST(RespParserOnMalformedBytes, NamesWhatIsWrongWhereAndTheByte) {
    for (Malformed const& bad : malformed) {
        RespParser parser;
        ASSERT_EQ(parser.parse(bad.bytes), ParseStatus::error) << bad.message;
        EXPECT_EQ(parser.error().message(), bad.message);
    }
}

TEST(RespParserOnMalformedBytes, SaysTheSameHoweverTheBytesArrive) {
    for (Malformed const& bad : malformed) {
        RespParser parser;
        ParseStatus status = ParseStatus::need_more;
        for (std::size_t size = 1; size <= bad.bytes.size() && status == ParseStatus::need_more;
             ++size) {
            status = parser.parse(bad.bytes.substr(0, size));
        }
        ASSERT_EQ(status, ParseStatus::error) << bad.message;
        EXPECT_EQ(parser.error().offset,
                  std::stoul(std::string(bad.message.substr(bad.message.find(" at offset ") + 11))))
            << bad.message;
    }
}

ParseStatus parse(RespLimits limits, std::string const& bytes) {
    return RespParser(limits).parse(bytes);
}

TEST(RespLimits, BoundDepth) {
    for (char const* open : {"*1\r\n", "*?\r\n", "~1\r\n", "|1\r\n", "%1\r\n"}) {
        std::string nested;
        for (int depth = 1; depth <= 3; ++depth) {
            nested += open;
            EXPECT_EQ(parse({.depth_max = 3}, nested), ParseStatus::need_more) << nested;
        }
        EXPECT_EQ(parse({.depth_max = 3}, nested + open), ParseStatus::error);
        EXPECT_EQ(parse({.depth_max = 3}, nested + "*0\r\n"), ParseStatus::error);
    }
}

TEST(RespLimits, BoundElements) {
    EXPECT_EQ(parse({.elements_max = 4}, "*2\r\n:1\r\n:2\r\n"), ParseStatus::complete);
    EXPECT_EQ(parse({.elements_max = 4}, "*3\r\n:1\r\n:2\r\n:3\r\n"), ParseStatus::complete);
    EXPECT_EQ(parse({.elements_max = 4}, "*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n"), ParseStatus::error);
    EXPECT_EQ(parse({.elements_max = 4}, "*5\r\n"), ParseStatus::error);
    EXPECT_EQ(parse({.elements_max = 4}, "%3\r\n"), ParseStatus::error);
    EXPECT_EQ(parse({.elements_max = 4}, "*?\r\n:1\r\n:2\r\n:3\r\n.\r\n"), ParseStatus::complete);
    EXPECT_EQ(parse({.elements_max = 4}, "*?\r\n:1\r\n:2\r\n:3\r\n:4\r\n"), ParseStatus::error);
}

TEST(RespLimits, BoundOneString) {
    EXPECT_EQ(parse({.bulk_bytes_max = 4}, "$3\r\nabc\r\n"), ParseStatus::complete);
    EXPECT_EQ(parse({.bulk_bytes_max = 4}, "$4\r\nabcd\r\n"), ParseStatus::complete);
    EXPECT_EQ(parse({.bulk_bytes_max = 4}, "$5\r\n"), ParseStatus::error);
    EXPECT_EQ(parse({.bulk_bytes_max = 4}, "$?\r\n;2\r\nab\r\n;2\r\ncd\r\n;0\r\n"),
              ParseStatus::complete);
    EXPECT_EQ(parse({.bulk_bytes_max = 4}, "$?\r\n;2\r\nab\r\n;3\r\n"), ParseStatus::error);
}

TEST(RespLimits, BoundOneLine) {
    EXPECT_EQ(parse({.line_bytes_max = 4}, "+abc\r\n"), ParseStatus::complete);
    EXPECT_EQ(parse({.line_bytes_max = 4}, "+abcd\r\n"), ParseStatus::complete);
    EXPECT_EQ(parse({.line_bytes_max = 4}, "+abcde\r\n"), ParseStatus::error);
    EXPECT_EQ(parse({.line_bytes_max = 4}, "+abcd"), ParseStatus::need_more);
    EXPECT_EQ(parse({.line_bytes_max = 4}, "+abcde"), ParseStatus::error);
    EXPECT_EQ(parse({.line_bytes_max = 4}, ":1234\r\n"), ParseStatus::complete);
    EXPECT_EQ(parse({.line_bytes_max = 4}, ":12345\r\n"), ParseStatus::error);
    EXPECT_EQ(parse({.line_bytes_max = 2}, "$10\r\n0123456789\r\n"), ParseStatus::complete);
    EXPECT_EQ(parse({.line_bytes_max = 2}, "$100\r\n"), ParseStatus::error);
}

TEST(RespLimits, BoundTheWholeReply) {
    std::string const reply = "*2\r\n$2\r\nab\r\n:1\r\n";
    EXPECT_EQ(parse({.reply_bytes_max = reply.size() + 1}, reply), ParseStatus::complete);
    EXPECT_EQ(parse({.reply_bytes_max = reply.size()}, reply), ParseStatus::complete);
    EXPECT_EQ(parse({.reply_bytes_max = reply.size() - 1}, reply), ParseStatus::error);
    EXPECT_EQ(parse({.reply_bytes_max = 10}, "$3\r\nabc\r\n"), ParseStatus::complete);
    EXPECT_EQ(parse({.reply_bytes_max = 10}, "$5\r\n"), ParseStatus::error);
    EXPECT_EQ(parse({.reply_bytes_max = 20}, "$?\r\n;3\r\nabc\r\n;3\r\nabc\r\n;3\r\nabc\r\n;0\r\n"),
              ParseStatus::error);
}

TEST(RespLimits, HoldWhereverTheReplyPassesThem) {
    std::string const reply = "*2\r\n*?\r\n$?\r\n;1\r\na\r\n;0\r\n.\r\n$1\r\nb\r\n";
    for (std::size_t limit = 0; limit <= reply.size(); ++limit) {
        ParseStatus const expected =
            limit < reply.size() ? ParseStatus::error : ParseStatus::complete;
        EXPECT_EQ(parse({.reply_bytes_max = limit}, reply), expected) << limit;
    }
    for (std::size_t limit = 0; limit <= 5; ++limit) {
        ParseStatus const expected = limit < 4 ? ParseStatus::error : ParseStatus::complete;
        EXPECT_EQ(parse({.elements_max = limit}, reply), expected) << limit;
    }
}

TEST(RespParserOnHostileBytes, MakesNoRoomForElementsThatWereOnlyAnnounced) {
    RespParser parser;
    std::string bytes;
    for (int depth = 0; depth < 16; ++depth) {
        bytes += "*1000000\r\n";
    }
    // 16 levels of a million each fit the limits; their memory would be 400 MB.
    EXPECT_EQ(parser.parse(bytes), ParseStatus::need_more);
}

TEST(RespParserOnHostileBytes, StandsAReplyOfAnyDepth) {
    // Deep enough to overflow the stack of anything that recurses: parsing, copying, comparing,
    // printing.
    std::size_t const depth = 200'000;
    std::string bytes;
    for (std::size_t n = 0; n < depth; ++n) {
        bytes += "*1\r\n";
    }
    bytes += ":1\r\n";
    RespParser parser({.depth_max = depth});
    ASSERT_EQ(parser.parse(bytes), ParseStatus::complete);
    Reply const copy(parser.reply());
    Reply const copy_of_copy = copy;
    EXPECT_TRUE(copy_of_copy == parser.reply());
    EXPECT_EQ(to_string(copy).size(), 3 * depth + std::string_view("(integer) 1").size());
    EXPECT_EQ(parser.reply().node()->descendants, depth);
}

TEST(RespParserOnHostileBytes, StandsAttributesInsideAttributes) {
    std::size_t const depth = 2'000;
    std::string bytes;
    for (std::size_t n = 0; n < depth; ++n) {
        bytes += "|1\r\n";
    }
    for (std::size_t n = 0; n < depth; ++n) {
        bytes += "+k\r\n+v\r\n";
    }
    bytes += ":1\r\n";
    RespParser parser({.depth_max = depth});
    ASSERT_EQ(parser.parse(bytes), ParseStatus::complete);
    Reply const copy(parser.reply());
    EXPECT_TRUE(copy == parser.reply());
    EXPECT_FALSE(to_string(copy).empty());
    EXPECT_EQ(copy.as_integer(), 1);
}

TEST(RespParserOnHostileBytes, NeverReadsOutsideTheInput) {
    // Every document with every byte replaced by a few others: nothing but complete, more or an
    // error, and no look beyond the bytes given (the sanitizers watch; the copy is exactly as
    // long).
    for (Document const& document : documents()) {
        for (std::size_t at = 0; at < document.bytes.size(); ++at) {
            for (char const other : "$*:+|%.;?-1920\r\n\xff"sv) {
                std::vector<char> bytes(document.bytes.begin(), document.bytes.end());
                bytes[at] = other;
                RespParser parser({.elements_max = 1000});
                std::string_view rest(bytes.data(), bytes.size());
                int replies = 0;
                while (!rest.empty() && replies < 20 &&
                       parser.parse(rest) == ParseStatus::complete) {
                    Reply const copy(parser.reply());
                    EXPECT_TRUE(copy == parser.reply());
                    EXPECT_EQ(to_string(copy), to_string(parser.reply()));
                    rest.remove_prefix(parser.consumed());
                    ++replies;
                }
            }
        }
    }
}

}  // namespace
}  // namespace keyslot::protocol
