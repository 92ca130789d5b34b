#include "simulator/tests/commands/command_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Rename, takes_the_expiry_along_and_touches_both_keys) {
    CommandBench redis;
    redis("SET {t}a 1 EX 100");
    redis("SET {t}b 2 EX 5");
    EXPECT_EQ(redis("RENAME {t}a {t}b"), ok);
    EXPECT_THAT(redis.changed, ElementsAre("{t}a", "{t}b"));
    EXPECT_EQ(redis("TTL {t}b"), ":100\r\n");
    EXPECT_EQ(redis("RENAME {t}a {t}b"), "-ERR no such key\r\n");
    EXPECT_EQ(redis("RENAME {t}b {t}b"), ok);
    EXPECT_THAT(redis.streamed, IsEmpty());
    EXPECT_EQ(redis("RENAMENX {t}b {t}b"), ":0\r\n");
}

TEST(Copy, refuses_itself_other_databases_and_silent_overwriting) {
    CommandBench redis;
    redis("MSET {t}a 1 {t}b 2");
    EXPECT_EQ(redis("COPY {t}a {t}b"), ":0\r\n");
    EXPECT_EQ(redis("COPY {t}a {t}b REPLACE"), ":1\r\n");
    EXPECT_EQ(redis("GET {t}b"), bulk("1"));
    EXPECT_EQ(redis("COPY {t}a {t}a"), "-ERR source and destination objects are the same\r\n");
    EXPECT_EQ(redis("COPY {t}a {t}c DB 1"),
              "-ERR Copying to another database is not allowed in cluster mode\r\n");
    EXPECT_EQ(redis("COPY {t}a {t}c DB 16"), "-ERR DB index is out of range\r\n");
}

TEST(Expire, a_time_that_has_passed_deletes_and_propagates_a_del) {
    CommandBench redis;
    redis("SET a 1");
    EXPECT_EQ(redis("EXPIRE a -1 NX"), ":1\r\n");
    EXPECT_THAT(redis.streamed, ElementsAre("DEL a"));
    EXPECT_EQ(redis("EXISTS a"), ":0\r\n");
}

TEST(Expire, on_a_replica_a_time_that_has_passed_is_only_noted) {
    CommandBench redis;
    redis.is_replica = redis.from_master = true;
    redis("SET a 1");
    EXPECT_EQ(redis("PEXPIREAT a 5"), ":1\r\n");
    EXPECT_EQ(redis.keyspace.size(), 1u);
}

TEST(Expire, is_propagated_as_pexpireat_with_its_conditions) {
    CommandBench redis;
    redis.now_ms = 1000;
    redis("SET a 1");
    redis("EXPIRE a 10 NX");
    EXPECT_THAT(redis.streamed, ElementsAre("PEXPIREAT a 11000 NX"));
    redis("pexpireat a 12000 gt");
    EXPECT_THAT(redis.streamed, ElementsAre("pexpireat a 12000 gt"));
}

TEST(Expire, conditions_compare_with_the_present_expiry) {
    CommandBench redis;
    redis("SET a 1");
    EXPECT_EQ(redis("EXPIRE a 10 XX"), ":0\r\n");
    EXPECT_EQ(redis("EXPIRE a 10 GT"), ":0\r\n");  // none is later than any
    EXPECT_EQ(redis("EXPIRE a 10 LT"), ":1\r\n");
    EXPECT_EQ(redis("EXPIRE a 10 LT"), ":0\r\n");
    EXPECT_EQ(redis("EXPIRE a 11 GT"), ":1\r\n");
    EXPECT_EQ(redis("EXPIRE a 5 NX"), ":0\r\n");
    EXPECT_EQ(redis("EXPIRE a 5 GT LT"),
              "-ERR GT and LT options at the same time are not compatible\r\n");
    EXPECT_EQ(redis("EXPIRE a 5 NX XX"),
              "-ERR NX and XX, GT or LT options at the same time are not compatible\r\n");
    EXPECT_EQ(redis("EXPIRE a 5 xy"), "-ERR Unsupported option xy\r\n");
}

TEST(Ttl, rounds_to_the_nearest_second) {
    CommandBench redis;
    redis("SET a 1 PX 1499");
    EXPECT_EQ(redis("TTL a"), ":1\r\n");
    redis("SET a 1 PX 1500");
    EXPECT_EQ(redis("TTL a"), ":2\r\n");
    EXPECT_EQ(redis("PTTL a"), ":1500\r\n");
    EXPECT_EQ(redis("TTL none"), ":-2\r\n");
    redis("PERSIST a");
    EXPECT_EQ(redis("TTL a"), ":-1\r\n");
}

TEST(ExpiredKey, lives_through_its_last_millisecond) {
    CommandBench redis;
    redis("SET a 1 PX 10");
    redis.now_ms += 10;
    EXPECT_EQ(redis("GET a"), bulk("1"));
    redis.now_ms += 1;
    EXPECT_EQ(redis("GET a"), nil);
}

TEST(ExpiredKey, on_a_master_goes_with_a_del_ahead_of_the_command) {
    CommandBench redis;
    redis("SET a 1 PX 10");
    redis.now_ms += 11;
    EXPECT_EQ(redis("APPEND a x"), ":1\r\n");
    EXPECT_THAT(redis.streamed, ElementsAre("DEL a", "APPEND a x"));
    redis("SET a 1 PX 10");
    redis.now_ms += 11;
    EXPECT_EQ(redis("DEL a"), ":0\r\n");
    EXPECT_THAT(redis.streamed, ElementsAre("DEL a"));
}

TEST(ExpiredKey, on_a_replica_looks_missing_but_still_counts) {
    CommandBench redis;
    redis("SET a 1 PX 10");
    redis.now_ms += 11;
    redis.is_replica = true;
    EXPECT_EQ(redis("GET a"), nil);
    EXPECT_EQ(redis("TTL a"), ":-2\r\n");
    EXPECT_EQ(redis("KEYS *"), "*0\r\n");
    EXPECT_EQ(redis("SCAN 0"), "*2\r\n$1\r\n0\r\n*0\r\n");
    EXPECT_EQ(redis("DBSIZE"), ":1\r\n");
    EXPECT_EQ(redis("RANDOMKEY"), bulk("a"));  // Redis, too, gives up after a hundred draws
    EXPECT_THAT(redis.streamed, IsEmpty());
    redis.from_master = true;  // the master's clock decides
    EXPECT_EQ(redis("INCR a"), ":2\r\n");
}

TEST(ExpiredKey, stays_while_clients_are_paused) {
    CommandBench redis;
    redis("SET a 1 PX 10");
    redis.now_ms += 11;
    redis.is_paused = true;
    EXPECT_EQ(redis("GET a"), nil);
    EXPECT_EQ(redis("DBSIZE"), ":1\r\n");
    EXPECT_THAT(redis.streamed, IsEmpty());
}

TEST(Idletime, starts_anew_with_reads_but_not_with_looks) {
    CommandBench redis;
    redis("SET a 1");
    redis.now_ms += 5000;
    redis("TTL a");
    redis("EXISTS a");
    redis("TYPE a");
    EXPECT_EQ(redis("OBJECT IDLETIME a"), ":5\r\n");
    redis("TOUCH a");
    EXPECT_EQ(redis("OBJECT IDLETIME a"), ":0\r\n");
}

TEST(Flushall, is_propagated_even_when_there_was_nothing) {
    CommandBench redis;
    EXPECT_EQ(redis("FLUSHALL ASYNC"), ok);
    EXPECT_THAT(redis.streamed, ElementsAre("FLUSHALL ASYNC"));
    EXPECT_THAT(redis.changed, ElementsAre("(all)"));
    EXPECT_EQ(redis("FLUSHDB now"), "-ERR syntax error\r\n");
}

TEST(Scan, cursors_and_options_are_checked_as_c_reads_them) {
    CommandBench redis;
    EXPECT_EQ(redis("SCAN x"), "-ERR invalid cursor\r\n");
    EXPECT_EQ(redis("SCAN 18446744073709551616"), "-ERR invalid cursor\r\n");
    EXPECT_EQ(redis("SCAN -1"), "*2\r\n$1\r\n0\r\n*0\r\n");
    EXPECT_EQ(redis.run({"SCAN", ""}), "*2\r\n$1\r\n0\r\n*0\r\n");
    EXPECT_EQ(redis("SCAN 0 COUNT 0"), "-ERR syntax error\r\n");
    EXPECT_EQ(redis("SCAN 0 COUNT x"), "-ERR value is not an integer or out of range\r\n");
    EXPECT_EQ(redis("SCAN 0 MATCH"), "-ERR syntax error\r\n");
}

TEST(Scan, filters_by_pattern_and_type) {
    CommandBench redis;
    redis("MSET {t}a 1 {t}b 2");
    EXPECT_EQ(redis("SCAN 0 MATCH *b TYPE STRING"), "*2\r\n$1\r\n0\r\n*1\r\n$4\r\n{t}b\r\n");
    EXPECT_EQ(redis("SCAN 0 TYPE list"), "*2\r\n$1\r\n0\r\n*0\r\n");
}

TEST(OtherDatabases, are_refused_in_a_cluster) {
    CommandBench redis;
    EXPECT_EQ(redis("MOVE a 1"), "-ERR MOVE is not allowed in cluster mode\r\n");
    EXPECT_EQ(redis("SWAPDB 0 1"), "-ERR SWAPDB is not allowed in cluster mode\r\n");
}

}  // namespace
}  // namespace keyslot::sim
