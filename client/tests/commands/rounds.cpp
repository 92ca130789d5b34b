// Rounds through the families that the simulator has as well.
#include "client/tests/commands/rounds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

void strings_round(RedisCluster& redis) {
    redis.del({"{str}a", "{str}b", "{str}c"});
    EXPECT_TRUE(redis.set("{str}a", "ohmytext", {.ex = 100s}));
    EXPECT_FALSE(redis.set("{str}a", "x", {.nx = true}));
    EXPECT_EQ(redis.ttl("{str}a"), 100);
    EXPECT_EQ(redis.set_and_get("{str}a", "ohmytext", {.keepttl = true}), "ohmytext");
    EXPECT_EQ(redis.getex("{str}a", {.persist = true}), "ohmytext");
    EXPECT_EQ(redis.ttl("{str}a"), -1);
    EXPECT_EQ(redis.getrange("{str}a", 0, 1), "oh");
    EXPECT_EQ(redis.substr("{str}a", -4, -1), "text");
    EXPECT_EQ(redis.strlen("{str}a"), 8);
    EXPECT_TRUE(redis.mset({{"{str}a", "ohmytext"}, {"{str}b", "mynewtext"}}));
    EXPECT_THAT(redis.mget({"{str}a", "{str}c"}), ElementsAre("ohmytext", std::nullopt));
    EXPECT_FALSE(redis.msetnx({{"{str}b", "x"}, {"{str}c", "x"}}));
    EXPECT_EQ(redis.lcs("{str}a", "{str}b"), "mytext");
    EXPECT_EQ(redis.lcs_len("{str}a", "{str}b"), 6);
    EXPECT_EQ(redis.lcs_idx("{str}a", "{str}b", {.minmatchlen = 3}),
              (LcsMatches{{{{4, 7}, {5, 8}, 4}}, 6}));
    EXPECT_TRUE(redis.setnx("{str}c", "10"));
    EXPECT_EQ(redis.incr("{str}c"), 11);
    EXPECT_EQ(redis.decrby("{str}c", 21), -10);
    EXPECT_DOUBLE_EQ(redis.incrbyfloat("{str}c", 0.5), -9.5);
    EXPECT_EQ(redis.getdel("{str}c"), "-9.5");
    EXPECT_EQ(redis.get("{str}c"), std::nullopt);
}

void keys_round(RedisCluster& redis) {
    redis.del({"{key}a", "{key}b", "{key}n"});
    redis.set("{key}a", "x");
    EXPECT_EQ(redis.exists({"{key}a", "{key}a", "{key}b"}), 2);
    EXPECT_EQ(redis.type("{key}a"), "string");
    EXPECT_EQ(redis.object_encoding("{key}a"), "embstr");
    EXPECT_EQ(redis.object_encoding("{key}b"), std::nullopt);
    EXPECT_TRUE(redis.expire("{key}a", 100s, {.nx = true}));
    EXPECT_FALSE(redis.pexpire("{key}a", 200s, {.lt = true}));
    EXPECT_GT(redis.pexpiretime("{key}a"), 0);
    EXPECT_TRUE(redis.persist("{key}a"));
    EXPECT_TRUE(redis.copy("{key}a", "{key}b"));
    EXPECT_FALSE(redis.copy("{key}a", "{key}b"));
    EXPECT_FALSE(redis.renamenx("{key}a", "{key}b"));
    EXPECT_TRUE(redis.rename("{key}a", "{key}n"));
    redis.del("{key}n");
    redis.rpush("{key}n", {"3", "1", "2"});
    EXPECT_THAT(redis.sort("{key}n"), ElementsAre("1", "2", "3"));
    EXPECT_THAT(redis.sort_ro("{key}n", {.limit = Limit{0, 1}, .desc = true}), ElementsAre("3"));
    EXPECT_EQ(redis.unlink({"{key}a", "{key}b", "{key}n"}), 2);
}

void hashes_round(RedisCluster& redis) {
    redis.del("{hash}");
    EXPECT_EQ(redis.hset("{hash}", {{"f", "1"}, {"g", "2"}}), 2);
    EXPECT_EQ(redis.hset("{hash}", "f", "3"), 0);
    EXPECT_FALSE(redis.hsetnx("{hash}", "f", "4"));
    EXPECT_EQ(redis.hget("{hash}", "f"), "3");
    EXPECT_THAT(redis.hmget("{hash}", {"f", "x"}), ElementsAre("3", std::nullopt));
    EXPECT_THAT(redis.hgetall("{hash}"), ElementsAre(Pair("f", "3"), Pair("g", "2")));
    EXPECT_THAT(redis.hkeys("{hash}"), ElementsAre("f", "g"));
    EXPECT_EQ(redis.hincrby("{hash}", "f", 2), 5);
    EXPECT_DOUBLE_EQ(redis.hincrbyfloat("{hash}", "f", 0.25), 5.25);
    EXPECT_THAT(redis.hrandfield_withvalues("{hash}", 5),
                UnorderedElementsAre(Pair("f", "5.25"), Pair("g", "2")));
    EXPECT_THAT(redis.hrandfield("{hash}", -3), testing::SizeIs(3));
    auto const page = redis.hscan("{hash}", 0, {.match = "g*"});
    EXPECT_EQ(page.cursor, 0u);
    EXPECT_THAT(page.items, ElementsAre(Pair("g", "2")));
    EXPECT_EQ(redis.hdel("{hash}", {"f", "g", "x"}), 2);
    EXPECT_EQ(redis.hrandfield("{hash}"), std::nullopt);
    EXPECT_THAT(redis.hgetall("{hash}"), IsEmpty());
}

void lists_round(RedisCluster& redis) {
    redis.del({"{list}a", "{list}b"});
    EXPECT_EQ(redis.rpush("{list}a", {"a", "b", "c", "b"}), 4);
    EXPECT_EQ(redis.lpos("{list}a", "b"), 1);
    EXPECT_EQ(redis.lpos("{list}a", "x"), std::nullopt);
    EXPECT_THAT(redis.lpos("{list}a", "b", 0), ElementsAre(1, 3));
    EXPECT_EQ(redis.linsert("{list}a", ListPosition::after, "a", "z"), 5);
    EXPECT_THAT(redis.lrange("{list}a", 0, -1), ElementsAre("a", "z", "b", "c", "b"));
    EXPECT_EQ(redis.lmove("{list}a", "{list}b", ListEnd::left, ListEnd::right), "a");
    EXPECT_EQ(redis.blmove("{list}a", "{list}b", ListEnd::left, ListEnd::right, 1s), "z");
    EXPECT_EQ(redis.blpop({"{list}x", "{list}b"}, 1s), PoppedElement("{list}b", "a"));
    EXPECT_EQ(redis.blpop("{list}x", 10ms), std::nullopt);
    EXPECT_EQ(redis.lmpop({"{list}x", "{list}a"}, ListEnd::right, 2),
              PoppedElements("{list}a", {"b", "c"}));
    EXPECT_EQ(redis.blmpop(10ms, "{list}x", ListEnd::right), std::nullopt);
    EXPECT_THAT(redis.lpop("{list}a", 5), ElementsAre("b"));
    EXPECT_THAT(redis.lpop("{list}a", 5), IsEmpty());
    EXPECT_EQ(redis.rpop("{list}a"), std::nullopt);
}

void sets_round(RedisCluster& redis) {
    redis.del({"{set}a", "{set}b", "{set}d"});
    EXPECT_EQ(redis.sadd("{set}a", {"a", "b", "c"}), 3);
    redis.sadd("{set}b", {"b", "c", "d"});
    EXPECT_THAT(redis.smembers("{set}a"), UnorderedElementsAre("a", "b", "c"));
    EXPECT_THAT(redis.smismember("{set}a", {"a", "x"}), ElementsAre(true, false));
    EXPECT_THAT(redis.sinter({"{set}a", "{set}b"}), UnorderedElementsAre("b", "c"));
    EXPECT_EQ(redis.sintercard({"{set}a", "{set}b"}, 1), 1);
    EXPECT_THAT(redis.sdiff({"{set}a", "{set}b"}), ElementsAre("a"));
    EXPECT_EQ(redis.sunionstore("{set}d", {"{set}a", "{set}b"}), 4);
    EXPECT_THAT(redis.sscan("{set}a", 0).items, UnorderedElementsAre("a", "b", "c"));
    EXPECT_TRUE(redis.smove("{set}a", "{set}d", "a"));
    EXPECT_THAT(redis.spop("{set}a", 9), UnorderedElementsAre("b", "c"));
    EXPECT_EQ(redis.spop("{set}a"), std::nullopt);
}

void sorted_sets_round(RedisCluster& redis) {
    redis.del({"{z}a", "{z}b", "{z}d"});
    EXPECT_EQ(redis.zadd("{z}a", {{"a", 1}, {"b", 2.5}, {"c", 3}}), 3);
    EXPECT_EQ(redis.zadd("{z}a", {{"a", 0.5}}, {.ch = true}), 1);
    EXPECT_EQ(redis.zadd_incr("{z}a", "a", 0.5), 1);
    EXPECT_EQ(redis.zadd_incr("{z}a", "a", 0.5, {.nx = true}), std::nullopt);
    EXPECT_EQ(redis.zscore("{z}a", "b"), 2.5);
    EXPECT_THAT(redis.zmscore("{z}a", {"a", "x"}), ElementsAre(1.0, std::nullopt));
    EXPECT_EQ(redis.zrank("{z}a", "x"), std::nullopt);
    EXPECT_EQ(redis.zcount("{z}a", exclusive(1), "+inf"), 2);
    EXPECT_THAT(redis.zrange("{z}a", 0, -1, {.desc = true}), ElementsAre("c", "b", "a"));
    EXPECT_THAT(redis.zrange_withscores("{z}a", 1, exclusive(3), {.byscore = true}),
                ElementsAre(ScoredMember{"a", 1}, ScoredMember{"b", 2.5}));
    EXPECT_THAT(redis.zrangebyscore_withscores("{z}a", 2, 3, Limit{1, 1}),
                ElementsAre(ScoredMember{"c", 3}));
    redis.zadd("{z}b", {{"b", 10}, {"d", 20}});
    EXPECT_THAT(redis.zunion_withscores({"{z}a", "{z}b"}, {.weights = {2, 1}}),
                ElementsAre(ScoredMember{"a", 2}, ScoredMember{"c", 6}, ScoredMember{"b", 15},
                            ScoredMember{"d", 20}));
    EXPECT_THAT(redis.zdiff_withscores({"{z}a", "{z}b"}),
                ElementsAre(ScoredMember{"a", 1}, ScoredMember{"c", 3}));
    EXPECT_EQ(redis.zintercard({"{z}a", "{z}b"}), 1);
    EXPECT_EQ(redis.zrangestore("{z}d", "{z}a", 0, 1), 2);
    EXPECT_THAT(redis.zrandmember_withscores("{z}d", 5),
                UnorderedElementsAre(ScoredMember{"a", 1}, ScoredMember{"b", 2.5}));
    EXPECT_THAT(redis.zscan("{z}d", 0).items,
                ElementsAre(ScoredMember{"a", 1}, ScoredMember{"b", 2.5}));
    EXPECT_THAT(redis.zpopmin("{z}a"), ElementsAre(ScoredMember{"a", 1}));
    EXPECT_THAT(redis.zpopmax("{z}d", 2),
                ElementsAre(ScoredMember{"b", 2.5}, ScoredMember{"a", 1}));
    EXPECT_EQ(redis.bzpopmin({"{z}x", "{z}a"}, 1s), (PoppedMember{"{z}a", {"b", 2.5}}));
    EXPECT_EQ(redis.bzpopmax("{z}x", 10ms), std::nullopt);
    EXPECT_EQ(redis.zmpop({"{z}x", "{z}a"}, ScoreEnd::max, 9),
              PoppedMembers("{z}a", {ScoredMember{"c", 3}}));
    EXPECT_THAT(redis.zpopmin("{z}a"), IsEmpty());
}

void scripts_round(RedisCluster& redis) {
    Reply const both = redis.eval("return {KEYS[1], ARGV[1], 3}", "{lua}a", "x");
    ASSERT_EQ(both.size(), 3u);
    EXPECT_EQ(both[0].text(), "{lua}a");
    EXPECT_EQ(both[1].text(), "x");
    EXPECT_EQ(both[2].as_integer(), 3);
    EXPECT_EQ(redis.eval_ro("return 'read'", "{lua}a", {}).text(), "read");
    std::string const sha = redis.script_load("return ARGV[1]");
    EXPECT_EQ(sha.size(), 40u);
    EXPECT_EQ(redis.evalsha(sha, "{lua}a", "y").text(), "y");
    EXPECT_THAT(redis.script_exists({sha, std::string(40, '0')}), ElementsAre(true, false));
    EXPECT_THROW(redis.script_kill(), ResponseError);
    EXPECT_TRUE(redis.script_flush());
    EXPECT_THAT(redis.script_exists(sha), ElementsAre(false));
}

}  // namespace keyslot
