#include "client/protocol/resp_writer.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace keyslot::protocol {
namespace {

using std::string_literals::operator""s;

std::string written(int protocol, std::function<void(RespWriter&)> const& write) {
    std::string out;
    RespWriter writer(out, protocol);
    write(writer);
    return out;
}

TEST(RespWriter, WritesWhatBothProtocolsHave) {
    for (int const protocol : {2, 3}) {
        EXPECT_EQ(written(protocol,
                          [](RespWriter& w) {
                              w.ok();
                              w.error("ERR no");
                              w.integer(-42);
                              w.integer(std::numeric_limits<std::int64_t>::min());
                              w.bulk("");
                              w.bulk({"a\0\r\n", 4});
                              w.array(0);
                              w.array(12);
                          }),
                  "+OK\r\n-ERR no\r\n:-42\r\n:-9223372036854775808\r\n$0\r\n\r\n"
                  "$4\r\na\0\r\n\r\n*0\r\n*12\r\n"s);
    }
}

TEST(RespWriter, WritesResp3TypesAsTheyAre) {
    EXPECT_EQ(written(3,
                      [](RespWriter& w) {
                          w.null();
                          w.null_array();
                          w.boolean(true);
                          w.boolean(false);
                          w.big_number("-12345678901234567890");
                          w.verbatim("txt", "a\nb");
                          w.bulk_error("ERR a\r\nb");
                          w.map(2);
                          w.set(3);
                          w.push(4);
                          w.attribute(1);
                      }),
              "_\r\n_\r\n#t\r\n#f\r\n(-12345678901234567890\r\n=7\r\ntxt:a\nb\r\n"
              "!8\r\nERR a\r\nb\r\n%2\r\n~3\r\n>4\r\n|1\r\n");
}

TEST(RespWriter, WritesResp3TypesInResp2AsRedisDoes) {
    EXPECT_EQ(written(2,
                      [](RespWriter& w) {
                          w.null();
                          w.null_array();
                          w.boolean(true);
                          w.boolean(false);
                          w.big_number("-12345678901234567890");
                          w.verbatim("txt", "a\nb");
                          w.bulk_error("ERR a\r\nb");
                          w.map(2);
                          w.set(3);
                          w.push(4);
                          w.number(0.5);
                      }),
              "$-1\r\n*-1\r\n:1\r\n:0\r\n$21\r\n-12345678901234567890\r\n$3\r\na\nb\r\n"
              "-ERR a  b\r\n*4\r\n*3\r\n*4\r\n$3\r\n0.5\r\n");
}

TEST(RespWriter, WritesDoublesWithSeventeenDigits) {
    double const infinity = std::numeric_limits<double>::infinity();
    double const nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(
        written(3,
                [&](RespWriter& w) {
                    for (double const value : {0.1, 3.0, -0.0, 1e300, 1e-7, 123456789012345680000.0,
                                               infinity, -infinity, nan, -nan}) {
                        w.number(value);
                    }
                }),
        ",0.10000000000000001\r\n,3\r\n,-0\r\n,1.0000000000000001e+300\r\n"
        ",9.9999999999999995e-08\r\n,1.2345678901234568e+20\r\n,inf\r\n,-inf\r\n,nan\r\n,nan\r\n");
}

TEST(RespWriter, KeepsAnErrorOnOneLine) {
    EXPECT_EQ(written(3, [](RespWriter& w) { w.error("ERR a\r\nb\nc"); }), "-ERR a  b c\r\n");
}

TEST(WriteCommand, WritesAnArrayOfBulkStrings) {
    std::string out = "before";
    write_command(out, {"SET", "", std::string_view("k\0\r\n", 4), "0123456789"});
    EXPECT_EQ(out, "before*4\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\nk\0\r\n\r\n$10\r\n0123456789\r\n"s);
}

TEST(WriteCommand, AppendsWithoutReallocatingForEachCommand) {
    std::string out;
    int reallocations = 0;
    for (int n = 0; n < 10'000; ++n) {
        std::size_t const before = out.capacity();
        write_command(out, {"GET", "key"});
        reallocations += out.capacity() != before ? 1 : 0;
    }
    EXPECT_LT(reallocations, 20);
}

}  // namespace
}  // namespace keyslot::protocol
