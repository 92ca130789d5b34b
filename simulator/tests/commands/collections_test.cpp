#include "simulator/tests/commands/command_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace keyslot::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string field_name(int n) { return "field" + std::to_string(n); }

/// Goes through a whole HSCAN with some other command after each step; how often each field came.
template <class Between>
std::map<std::string, int> scan_all(HashValue const& hash, std::size_t count, Between&& between) {
    std::map<std::string, int> seen;
    std::uint64_t cursor = 0;
    do {
        cursor = hash.fields().scan(cursor, count, [&](std::string_view field, std::string const&) {
            ++seen[std::string(field)];
        });
        between();
    } while (cursor != 0);
    return seen;
}

TEST(InsertionTable, scan_finds_what_stays_exactly_once_whatever_comes_and_goes) {
    HashValue hash;
    for (int n = 0; n < 100; ++n) {
        hash.set(field_name(n), "x", {});
    }
    int removed = 1;
    auto const seen = scan_all(hash, 7, [&] {
        for (int n = 0; n < 6 && removed < 100; ++n, removed += 2) {
            hash.erase(field_name(removed));  // more than half go: the gaps are closed on the way
        }
        hash.set("new" + std::to_string(removed), "x", {});
    });
    for (int n = 0; n < 100; n += 2) {
        EXPECT_EQ(seen.at(field_name(n)), 1) << n;
    }
}

TEST(InsertionTable, a_copy_keeps_the_order_and_lives_on_its_own) {
    HashValue hash;
    hash.set("b", "1", {});
    hash.set("a", "2", {});
    HashValue copy = hash;
    hash.erase("b");
    std::string order;
    copy.fields().for_each([&](std::string_view field, std::string const&) { order += field; });
    EXPECT_EQ(order, "ba");
}

TEST(InsertionTable, draws_reach_every_element) {
    Random random{7};
    SetValue set;
    for (char const c : std::string("abcdefgh")) {
        set.add(std::string(1, c), {});
    }
    std::set<std::string> drawn;
    for (int n = 0; n < 200; ++n) {
        drawn.insert(set.draw(random));
    }
    EXPECT_EQ(drawn.size(), 8u);
    std::vector<std::string> const sample = set.sample(random, 5);
    EXPECT_EQ(std::set<std::string>(sample.begin(), sample.end()).size(), 5u);
}

TEST(SortedSetValue, ranks_agree_with_a_plain_sort) {
    Random random{42};
    SortedSetValue zset;
    std::set<std::pair<double, std::string>> model;
    std::map<std::string, double> scores;
    for (int n = 0; n < 2000; ++n) {
        std::string const member = "m" + std::to_string(random.below(300));
        if (scores.contains(member)) {
            model.erase({scores[member], member});
            scores.erase(member);
        }
        if (random.chance(1, 4)) {
            zset.erase(member);
        } else {
            auto const score = static_cast<double>(random.below(20));
            zset.set(member, score, {});
            scores[member] = score;
            model.emplace(score, member);
        }
    }
    ASSERT_EQ(zset.size(), model.size());
    std::size_t rank = 0;
    for (auto const& [score, member] : model) {
        EXPECT_EQ(zset.rank(member), rank);
        EXPECT_EQ(zset.at(rank).member, member);
        EXPECT_EQ(zset.score(member), score);
        ++rank;
    }
    auto const below = [&](double score) {
        return static_cast<std::size_t>(
            std::ranges::count_if(model, [&](auto const& one) { return one.first < score; }));
    };
    for (int score = -1; score <= 20; ++score) {
        EXPECT_EQ(zset.count_below(score, false), below(score));
        EXPECT_EQ(zset.count_below(score, true), below(score + 0.5));
    }
}

TEST(Collections, travel_as_bytes_and_choose_their_encoding_anew) {
    CommandBench redis;
    redis("HSET h b 1 a 2");
    redis("SADD ints 3 1 2 x");
    redis("SREM ints x");
    redis("ZADD z 2.5 b -inf a");
    EXPECT_EQ(redis("OBJECT ENCODING ints"), bulk("hashtable"));
    for (auto const* const key : {"h", "ints", "z"}) {
        std::string bytes;
        serialise(redis.keyspace.find_raw(key)->value, bytes);
        auto value = deserialise(bytes);
        ASSERT_TRUE(value) << key;
        redis.keyspace.set(key, *std::move(value), redis.now_ms);
        EXPECT_FALSE(deserialise(bytes.substr(0, bytes.size() - 1))) << key;
    }
    EXPECT_EQ(redis("HKEYS h"), "*2\r\n" + bulk("b") + bulk("a"));
    EXPECT_EQ(redis("OBJECT ENCODING ints"), bulk("intset"));
    EXPECT_EQ(redis("ZRANGE z 0 -1 WITHSCORES"),
              "*4\r\n" + bulk("a") + bulk("-inf") + bulk("b") + bulk("2.5"));
}

TEST(Collections, copy_keeps_the_encoding) {
    CommandBench redis;
    redis("SADD a 1 x");
    redis("SREM a x");
    EXPECT_EQ(redis("COPY a b"), ":1\r\n");
    EXPECT_EQ(redis("OBJECT ENCODING b"), bulk("hashtable"));
}

TEST(Collections, the_key_goes_with_the_last_element_and_nothing_is_told_of_no_change) {
    CommandBench redis;
    redis("SADD s a");
    redis("SADD s a");
    EXPECT_THAT(redis.streamed, IsEmpty());
    EXPECT_THAT(redis.changed, IsEmpty());
    redis("SREM s a b");
    EXPECT_THAT(redis.streamed, ElementsAre("SREM s a b"));
    EXPECT_THAT(redis.changed, ElementsAre("s"));
    EXPECT_EQ(redis("EXISTS s"), ":0\r\n");
    redis("HSET h a 1");
    redis("HDEL h a");
    EXPECT_EQ(redis("EXISTS h"), ":0\r\n");
    redis("ZADD z 1 a");
    redis("ZREMRANGEBYRANK z 0 -1");
    EXPECT_EQ(redis("EXISTS z"), ":0\r\n");
}

TEST(Collections, replicas_get_what_came_of_chance_and_of_floats) {
    CommandBench redis;
    redis("HSET h a 1");
    redis("HINCRBYFLOAT h a 0.5");
    EXPECT_THAT(redis.streamed, ElementsAre("HSET h a 1.5"));
    redis("SADD s a");
    redis("SPOP s");
    EXPECT_THAT(redis.streamed, ElementsAre("SREM s a"));
    redis("SADD s a b");
    redis("SPOP s 2");
    EXPECT_THAT(redis.streamed, ElementsAre("DEL s"));
    redis("ZADD z 1 a 2 b 3 c");
    redis("ZMPOP 1 z MAX COUNT 2");
    EXPECT_THAT(redis.streamed, ElementsAre("ZPOPMAX z 2"));
    redis("BZPOPMIN z 0");
    EXPECT_THAT(redis.streamed, ElementsAre("ZPOPMIN z"));
}

TEST(Collections, spop_with_a_count_tells_each_member) {
    CommandBench redis;
    redis("SADD s a b c d");
    redis("SPOP s 3");
    EXPECT_EQ(redis.streamed.size(), 3u);
    for (std::string const& command : redis.streamed) {
        EXPECT_TRUE(command.starts_with("SREM s ")) << command;
    }
    EXPECT_EQ(redis("SCARD s"), ":1\r\n");
}

TEST(Collections, storing_drops_the_expiry_and_changing_in_place_keeps_it) {
    CommandBench redis;
    redis("SADD {t}a 1");
    redis("SADD {t}d 2");
    redis("EXPIRE {t}d 100");
    redis("SADD {t}d 3");
    EXPECT_EQ(redis("TTL {t}d"), ":100\r\n");
    redis("SUNIONSTORE {t}d {t}a");
    EXPECT_EQ(redis("TTL {t}d"), ":-1\r\n");
}

TEST(Collections, a_big_hash_is_scanned_in_steps_and_a_small_one_whole) {
    CommandBench redis;
    for (int n = 0; n < 512; ++n) {
        redis.run({"HSET", "h", field_name(n), "x"});
    }
    EXPECT_TRUE(redis("HSCAN h 0 COUNT 1").starts_with("*2\r\n$1\r\n0\r\n*1024\r\n"));
    redis("HSET h one more");
    EXPECT_EQ(redis("OBJECT ENCODING h"), bulk("hashtable"));
    EXPECT_EQ(redis("HSCAN h 0 COUNT 1"),
              "*2\r\n" + bulk("2") + "*2\r\n" + bulk("field0") + bulk("x"));
}

TEST(SortedSets, sorting_one_unpacks_it_for_good) {
    CommandBench redis;
    redis("ZADD z 1 b 2 a");
    EXPECT_EQ(redis("SORT_RO z ALPHA"), "*2\r\n" + bulk("a") + bulk("b"));
    EXPECT_EQ(redis("OBJECT ENCODING z"), bulk("skiplist"));
}

TEST(SortedSets, a_small_one_forgets_the_sign_of_zero) {
    CommandBench redis;
    redis("ZADD z -0 a");
    EXPECT_EQ(redis("ZSCORE z a"), bulk("0"));
    redis.run({"ZADD", "z", "1", std::string(65, 'x')});
    redis("ZADD z -0 b");
    EXPECT_EQ(redis("ZSCORE z b"), bulk("-0"));
}

}  // namespace
}  // namespace keyslot::sim
