// Rounds through the families of data that only a real server has.
#include "client/tests/commands/rounds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

void streams_round(RedisCluster& redis) {
    redis.del({"{xs}a", "{xs}b"});
    EXPECT_EQ(redis.xadd("{xs}a", {{"f", "1"}}, {.id = "1-1"}), "1-1");
    EXPECT_EQ(redis.xadd("{xs}a", {{"f", "2"}, {"g", "3"}}, {.id = "2-1"}), "2-1");
    EXPECT_EQ(redis.xadd("{xs}b", {{"f", "1"}}, {.nomkstream = true}), std::nullopt);
    EXPECT_NE(redis.xadd("{xs}b", {{"f", "1"}}), std::nullopt);
    StreamEntry const first{"1-1", {{"f", "1"}}};
    StreamEntry const second{"2-1", {{"f", "2"}, {"g", "3"}}};
    EXPECT_THAT(redis.xrange("{xs}a", "-", "+"), ElementsAre(first, second));
    EXPECT_THAT(redis.xrevrange("{xs}a", "+", "-", 1), ElementsAre(second));
    EXPECT_THAT(redis.xread({{"{xs}a", "1-1"}}), ElementsAre(Pair("{xs}a", ElementsAre(second))));
    EXPECT_THAT(redis.xread({{"{xs}a", "0"}, {"{xs}b", "0"}}, {.count = 1, .block = 10ms}),
                ElementsAre(Pair("{xs}a", ElementsAre(first)), Pair("{xs}b", SizeIs(1))));
    EXPECT_THAT(redis.xread({{"{xs}a", "$"}}), IsEmpty());
    EXPECT_THAT(redis.xread({{"{xs}a", "$"}}, {.block = 10ms}), IsEmpty());

    StreamInfo const info = redis.xinfo_stream("{xs}a");
    EXPECT_EQ(info.length, 2);
    EXPECT_EQ(info.last_generated_id, "2-1");
    EXPECT_EQ(info.entries_added, 2);
    EXPECT_EQ(info.first_entry, first);
    EXPECT_EQ(info.last_entry, second);
    EXPECT_TRUE(redis.xsetid("{xs}a", "3-0", {.entries_added = 5, .max_deleted_id = "2-5"}));
    EXPECT_EQ(redis.xdel("{xs}a", {"1-1", "9-9"}), 1);
    EXPECT_EQ(redis.xtrim("{xs}a", {.maxlen = 0, .approximate = false}), 1);
    EXPECT_EQ(redis.xlen("{xs}a"), 0);
    EXPECT_EQ(redis.xinfo_stream("{xs}a").first_entry, std::nullopt);
}

void stream_groups_round(RedisCluster& redis) {
    redis.del("{xg}");
    EXPECT_TRUE(redis.xgroup_create("{xg}", "g", "0", {.mkstream = true}));
    EXPECT_TRUE(redis.xgroup_createconsumer("{xg}", "g", "c"));
    EXPECT_EQ(redis.xpending("{xg}", "g"), PendingSummary());
    for (auto const* id : {"1-1", "1-2", "1-3"}) {
        redis.xadd("{xg}", {{"f", id}}, {.id = id});
    }
    auto const read = redis.xreadgroup("g", "c", {{"{xg}", ">"}}, {.count = 2});
    EXPECT_THAT(read, ElementsAre(Pair("{xg}", ElementsAre(StreamEntry{"1-1", {{"f", "1-1"}}},
                                                           StreamEntry{"1-2", {{"f", "1-2"}}}))));
    EXPECT_EQ(redis.xpending("{xg}", "g"), (PendingSummary{2, "1-1", "1-2", {{"c", 2}}}));
    auto const pending = redis.xpending_range("{xg}", "g", "-", "+", 9, {.consumername = "c"});
    ASSERT_EQ(pending.size(), 2u);
    EXPECT_EQ(pending[0].id, "1-1");
    EXPECT_EQ(pending[0].times_delivered, 1);

    redis.xdel("{xg}", "1-1");
    EXPECT_THAT(redis.xreadgroup("g", "c", {{"{xg}", "0"}}),
                ElementsAre(Pair("{xg}", ElementsAre(StreamEntry{"1-1", {}},
                                                     StreamEntry{"1-2", {{"f", "1-2"}}}))));
    EXPECT_THAT(redis.xclaim("{xg}", "g", "d", 0ms, "1-2"),
                ElementsAre(StreamEntry{"1-2", {{"f", "1-2"}}}));
    EXPECT_THAT(redis.xclaim_justid("{xg}", "g", "c", 0ms, "1-2"), ElementsAre("1-2"));
    EXPECT_EQ(redis.xautoclaim("{xg}", "g", "d", 0ms, "0"),
              (AutoClaimed{"0-0", {{"1-2", {{"f", "1-2"}}}}, {"1-1"}}));
    EXPECT_EQ(redis.xautoclaim_justid("{xg}", "g", "c", 0ms, "0", 5),
              (AutoClaimedIds{"0-0", {"1-2"}, {}}));

    auto const groups = redis.xinfo_groups("{xg}");
    ASSERT_EQ(groups.size(), 1u);
    EXPECT_EQ(groups[0].name, "g");
    EXPECT_EQ(groups[0].consumers, 2);
    EXPECT_EQ(groups[0].last_delivered_id, "1-2");
    auto const consumers = redis.xinfo_consumers("{xg}", "g");
    ASSERT_EQ(consumers.size(), 2u);
    EXPECT_EQ(consumers[0].name, "c");
    EXPECT_EQ(consumers[0].pending, 1);
    StreamFullInfo const full = redis.xinfo_stream_full("{xg}");
    EXPECT_THAT(full.entries, SizeIs(2));
    ASSERT_EQ(full.groups.size(), 1u);
    ASSERT_EQ(full.groups[0].pending.size(), 1u);
    EXPECT_EQ(full.groups[0].pending[0].consumer, "c");
    ASSERT_EQ(full.groups[0].consumers.size(), 2u);
    ASSERT_EQ(full.groups[0].consumers[0].pending.size(), 1u);
    EXPECT_EQ(full.groups[0].consumers[0].pending[0].id, "1-2");

    EXPECT_EQ(redis.xack("{xg}", "g", {"1-2", "1-9"}), 1);
    EXPECT_TRUE(redis.xgroup_setid("{xg}", "g", "$"));
    EXPECT_EQ(redis.xgroup_delconsumer("{xg}", "g", "c"), 0);
    EXPECT_TRUE(redis.xgroup_destroy("{xg}", "g"));
    EXPECT_FALSE(redis.xgroup_destroy("{xg}", "g"));
}

void geo_round(RedisCluster& redis) {
    redis.del({"{geo}", "{geo}d"});
    EXPECT_EQ(redis.geoadd("{geo}",
                           {{13.361389, 38.115556, "Palermo"}, {15.087269, 37.502669, "Catania"}}),
              2);
    EXPECT_NEAR(*redis.geodist("{geo}", "Palermo", "Catania", GeoUnit::km), 166.27, 0.01);
    EXPECT_EQ(redis.geodist("{geo}", "Palermo", "x"), std::nullopt);
    EXPECT_THAT(redis.geohash("{geo}", {"Palermo", "x"}), ElementsAre("sqc8b49rny0", std::nullopt));
    auto const positions = redis.geopos("{geo}", {"Palermo", "x"});
    ASSERT_EQ(positions.size(), 2u);
    EXPECT_NEAR(positions[0]->longitude, 13.361389, 1e-5);
    EXPECT_EQ(positions[1], std::nullopt);
    GeoSearch const search{
        .longitude = 15, .latitude = 37, .radius = 200, .unit = GeoUnit::km, .sort = GeoSort::asc};
    EXPECT_THAT(redis.geosearch("{geo}", search), ElementsAre("Catania", "Palermo"));
    auto const details = redis.geosearch_details("{geo}", search);
    ASSERT_EQ(details.size(), 2u);
    EXPECT_EQ(details[1].member, "Palermo");
    EXPECT_NEAR(details[1].distance, 190.44, 0.01);
    EXPECT_NEAR(details[1].position.latitude, 38.115556, 1e-5);
    EXPECT_EQ(redis.georadius_details("{geo}", 15, 37, 200, GeoUnit::km, {.sort = GeoSort::asc}),
              details);
    EXPECT_THAT(redis.georadiusbymember_ro("{geo}", "Palermo", 1, GeoUnit::m),
                ElementsAre("Palermo"));
    EXPECT_EQ(redis.geosearchstore("{geo}d", "{geo}", search, {.storedist = true}), 2);
    EXPECT_EQ(redis.georadius_store("{geo}", "{geo}d", 15, 37, 100, GeoUnit::km), 1);
}

void bitmaps_round(RedisCluster& redis) {
    redis.del({"{bit}a", "{bit}b", "{bit}d"});
    EXPECT_EQ(redis.setbit("{bit}a", 7, 1), 0);
    EXPECT_EQ(redis.getbit("{bit}a", 7), 1);
    redis.set("{bit}b", "foobar");
    EXPECT_EQ(redis.bitcount("{bit}b"), 26);
    EXPECT_EQ(redis.bitcount("{bit}b", {.start = 5, .end = 30, .unit = BitUnit::bit}), 17);
    EXPECT_EQ(redis.bitpos("{bit}b", 1), 1);
    EXPECT_EQ(redis.bitpos("{bit}b", 1, {.start = 2}), 17);
    EXPECT_EQ(redis.bitop(BitOperation::and_, "{bit}d", {"{bit}a", "{bit}b"}), 6);
    EXPECT_EQ(redis.bitop(BitOperation::not_, "{bit}d", "{bit}a"), 1);
    redis.del("{bit}a");
    EXPECT_THAT(redis.bitfield("{bit}a", {BitField::set("u8", "#1", 255),
                                          BitField::overflow(BitOverflow::fail),
                                          BitField::incrby("u8", "#1", 1), BitField::get("u8", 8)}),
                ElementsAre(0, std::nullopt, 255));
    EXPECT_THAT(redis.bitfield_ro("{bit}a", BitField::get("i8", 8)), ElementsAre(-1));
}

void hyperloglog_round(RedisCluster& redis) {
    redis.del({"{hll}a", "{hll}b", "{hll}d"});
    EXPECT_TRUE(redis.pfadd("{hll}a", {"a", "b", "c"}));
    EXPECT_FALSE(redis.pfadd("{hll}a", "a"));
    EXPECT_TRUE(redis.pfadd("{hll}b", {}));
    redis.pfadd("{hll}b", {"c", "d"});
    EXPECT_EQ(redis.pfcount("{hll}a"), 3);
    EXPECT_EQ(redis.pfcount({"{hll}a", "{hll}b"}), 4);
    EXPECT_TRUE(redis.pfmerge("{hll}d", {"{hll}a", "{hll}b"}));
    EXPECT_EQ(redis.pfcount("{hll}d"), 4);
}

}  // namespace keyslot
