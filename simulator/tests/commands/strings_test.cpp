#include "simulator/tests/commands/command_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Set, replicas_get_relative_expiry_as_an_absolute_time) {
    CommandBench redis;
    redis.now_ms = 1000;
    EXPECT_EQ(redis("SET a 1 EX 10"), ok);
    EXPECT_THAT(redis.streamed, ElementsAre("SET a 1 PXAT 11000"));
    EXPECT_EQ(redis("PSETEX a 5 2"), ok);
    EXPECT_THAT(redis.streamed, ElementsAre("SET a 2 PXAT 1005"));
    EXPECT_EQ(redis("PEXPIRETIME a"), ":1005\r\n");
}

TEST(Set, without_expiry_goes_out_as_it_came_less_the_get) {
    CommandBench redis;
    EXPECT_EQ(redis("set a 1 nx"), ok);
    EXPECT_THAT(redis.streamed, ElementsAre("set a 1 nx"));
    EXPECT_EQ(redis("SET a 2 GET XX get"), bulk("1"));
    EXPECT_THAT(redis.streamed, ElementsAre("SET a 2 XX"));
}

TEST(Set, a_condition_that_fails_changes_and_propagates_nothing) {
    CommandBench redis;
    EXPECT_EQ(redis("SET a 1 XX"), nil);
    EXPECT_EQ(redis("SET a 1"), ok);
    EXPECT_EQ(redis("SET a 2 NX"), nil);
    EXPECT_THAT(redis.streamed, IsEmpty());
    EXPECT_THAT(redis.changed, IsEmpty());
    EXPECT_EQ(redis("SET a 2 NX GET"), bulk("1"));
    EXPECT_EQ(redis("GET a"), bulk("1"));
}

TEST(Set, keeps_the_expiry_only_when_asked_to) {
    CommandBench redis;
    redis("SET a 1 EX 100");
    redis("SET a 2 KEEPTTL");
    EXPECT_EQ(redis("TTL a"), ":100\r\n");
    redis("SET a 3");
    EXPECT_EQ(redis("TTL a"), ":-1\r\n");
}

TEST(Set, options_that_exclude_each_other_are_a_syntax_error) {
    CommandBench redis;
    for (auto const* const line :
         {"SET a 1 NX XX", "SET a 1 EX 1 PX 1", "SET a 1 KEEPTTL EX 1", "SET a 1 EX",
          "SET a 1 PERSIST", "SET a 1 EX 1 KEEPTTL", "GETEX a PERSIST EX 1", "GETEX a KEEPTTL",
          "GETEX a EX 1 PERSIST"}) {
        EXPECT_EQ(redis(line), "-ERR syntax error\r\n") << line;
    }
    EXPECT_EQ(redis("SET a 1 EX 1 EX 2"), ok);  // but not itself
    EXPECT_EQ(redis("TTL a"), ":2\r\n");
}

TEST(Set, an_expiry_must_be_positive_and_not_overflow) {
    CommandBench redis;
    for (auto const* const time : {"0", "-1", "9223372036854775807", "9223372036854776"}) {
        EXPECT_EQ(redis.run({"SET", "a", "1", "EX", time}),
                  "-ERR invalid expire time in 'set' command\r\n");
        EXPECT_EQ(redis.run({"SETEX", "a", time, "1"}),
                  "-ERR invalid expire time in 'setex' command\r\n");
    }
    EXPECT_EQ(redis("SET a 1 EX x"), "-ERR value is not an integer or out of range\r\n");
    EXPECT_EQ(redis("EXISTS a"), ":0\r\n");
}

TEST(Getex, says_what_it_did_to_the_expiry_and_nothing_when_it_did_nothing) {
    CommandBench redis;
    redis.now_ms = 1000;
    redis("SET a 1");
    EXPECT_EQ(redis("GETEX a"), bulk("1"));
    EXPECT_THAT(redis.streamed, IsEmpty());
    redis("GETEX a EX 10");
    EXPECT_THAT(redis.streamed, ElementsAre("PEXPIREAT a 11000"));
    redis("GETEX a PERSIST");
    EXPECT_THAT(redis.streamed, ElementsAre("PERSIST a"));
    redis("GETEX a PERSIST");
    EXPECT_THAT(redis.streamed, IsEmpty());
    EXPECT_EQ(redis("GETEX a PXAT 999"), bulk("1"));
    EXPECT_THAT(redis.streamed, ElementsAre("DEL a"));
    EXPECT_EQ(redis("EXISTS a"), ":0\r\n");
}

TEST(Getdel, propagates_a_del) {
    CommandBench redis;
    redis("SET a 1");
    EXPECT_EQ(redis("GETDEL a"), bulk("1"));
    EXPECT_THAT(redis.streamed, ElementsAre("DEL a"));
    EXPECT_EQ(redis("GETDEL a"), nil);
    EXPECT_THAT(redis.streamed, IsEmpty());
}

TEST(Incr, takes_only_the_one_spelling_of_an_integer) {
    CommandBench redis;
    for (auto const* const text :
         {"01", "+1", " 1", "1 ", "-0", "1.0", "", "9223372036854775808"}) {
        redis.run({"SET", "a", text});
        EXPECT_EQ(redis("INCR a"), "-ERR value is not an integer or out of range\r\n") << text;
    }
}

TEST(Incr, stops_at_the_ends_of_int64) {
    CommandBench redis;
    redis("SET a 9223372036854775806");
    EXPECT_EQ(redis("INCR a"), ":9223372036854775807\r\n");
    EXPECT_EQ(redis("INCR a"), "-ERR increment or decrement would overflow\r\n");
    EXPECT_EQ(redis("DECRBY a -9223372036854775808"), "-ERR decrement would overflow\r\n");
    EXPECT_EQ(redis("GET a"), bulk("9223372036854775807"));
}

TEST(Incrbyfloat, is_propagated_as_its_result_with_the_expiry_kept) {
    CommandBench redis;
    redis("SET a 0.1 EX 100");
    EXPECT_EQ(redis("INCRBYFLOAT a 0.2"), bulk("0.3"));
    EXPECT_THAT(redis.streamed, ElementsAre("SET a 0.3 KEEPTTL"));
    EXPECT_EQ(redis("TTL a"), ":100\r\n");
    EXPECT_EQ(redis("INCRBYFLOAT a 1e3"), bulk("1000.29999999999999999"));  // so does Redis
    EXPECT_EQ(redis("INCRBYFLOAT a inf"), "-ERR increment would produce NaN or Infinity\r\n");
    EXPECT_EQ(redis("INCRBYFLOAT a nan"), "-ERR value is not a valid float\r\n");
}

TEST(Setrange, pads_with_zero_bytes_and_minds_the_limit) {
    CommandBench redis;
    EXPECT_EQ(redis("SETRANGE a 3 x"), ":4\r\n");
    EXPECT_EQ(redis("GET a"), bulk({"\0\0\0x", 4}));
    EXPECT_EQ(redis("SETRANGE a 536870912 x"),
              "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n");
    EXPECT_EQ(redis("SETRANGE a -1 x"), "-ERR offset is out of range\r\n");
    EXPECT_EQ(redis.run({"SETRANGE", "none", "5", ""}), ":0\r\n");
    EXPECT_EQ(redis("EXISTS none"), ":0\r\n");
}

TEST(Getrange, counts_from_both_ends) {
    CommandBench redis;
    redis("SET a hello");
    EXPECT_EQ(redis("GETRANGE a 1 -2"), bulk("ell"));
    EXPECT_EQ(redis("GETRANGE a -100 100"), bulk("hello"));
    EXPECT_EQ(redis("GETRANGE a 3 2"), bulk(""));
    EXPECT_EQ(redis("SUBSTR none 0 -1"), bulk(""));
}

TEST(Msetnx, sets_all_or_nothing) {
    CommandBench redis;
    EXPECT_EQ(redis("MSETNX {t}a 1 {t}b 2"), ":1\r\n");
    EXPECT_EQ(redis("MSETNX {t}c 1 {t}b 3"), ":0\r\n");
    EXPECT_EQ(redis("MGET {t}a {t}b {t}c"), "*3\r\n$1\r\n1\r\n$1\r\n2\r\n$-1\r\n");
    EXPECT_EQ(redis("MSET a 1 b"), "-ERR wrong number of arguments for 'mset' command\r\n");
}

TEST(Lcs, gives_the_string_its_length_or_the_matching_ranges) {
    CommandBench redis;
    redis("MSET {t}1 ohmytext {t}2 mynewtext");
    EXPECT_EQ(redis("LCS {t}1 {t}2"), bulk("mytext"));
    EXPECT_EQ(redis("LCS {t}1 {t}2 LEN"), ":6\r\n");
    EXPECT_EQ(redis("LCS {t}1 {t}2 IDX MINMATCHLEN 4 WITHMATCHLEN"),
              "*4\r\n$7\r\nmatches\r\n*1\r\n*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:4\r\n"
              "$3\r\nlen\r\n:6\r\n");
    redis.protocol = 3;
    EXPECT_TRUE(redis("LCS {t}1 {t}2 IDX").starts_with("%2\r\n"));
}

TEST(Encoding, depends_on_how_the_value_came_about) {
    CommandBench redis;
    auto const encoding = [&] { return redis("OBJECT ENCODING a"); };
    redis("SET a 12");
    EXPECT_EQ(encoding(), bulk("int"));
    redis("APPEND a 3");
    EXPECT_EQ(encoding(), bulk("raw"));
    redis("INCR a");
    EXPECT_EQ(encoding(), bulk("int"));
    redis("INCRBYFLOAT a 1");
    EXPECT_EQ(encoding(), bulk("embstr"));
    redis.run({"SET", "a", std::string(44, 'x')});
    EXPECT_EQ(encoding(), bulk("embstr"));
    redis.run({"SET", "a", std::string(45, 'x')});
    EXPECT_EQ(encoding(), bulk("raw"));
}

TEST(Refcount, small_integers_are_shared_until_they_are_copied) {
    CommandBench redis;
    redis("SET {t}a 9999");
    EXPECT_EQ(redis("OBJECT REFCOUNT {t}a"), ":2147483647\r\n");
    redis("COPY {t}a {t}b");
    EXPECT_EQ(redis("OBJECT REFCOUNT {t}b"), ":1\r\n");
    redis("INCR {t}a");
    EXPECT_EQ(redis("OBJECT REFCOUNT {t}a"), ":1\r\n");
}

}  // namespace
}  // namespace keyslot::sim
