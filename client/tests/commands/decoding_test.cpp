// What the command functions make of replies: the same of RESP2's shapes as of RESP3's.
#include "client/tests/topology/resp_text.hpp"

#include <keyslot/commands.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot {
namespace {

using namespace resp_text;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

/// A face whose server has given that answer already.
class Answering : public Commands<Answering> {
public:
    explicit Answering(std::string const& resp) : reply_(parse(resp)) {}

    template <class T>
    Result<T> issue_command(protocol::CommandInfo const&, detail::ArgumentList const&) {
        return detail::Decoder<T>::decode(reply_);
    }

private:
    Reply reply_;
};

std::string number3(std::string_view digits) { return "," + std::string(digits) + "\r\n"; }
std::string simple(std::string_view text) { return "+" + std::string(text) + "\r\n"; }
std::string set3(std::initializer_list<std::string> elements) {
    std::string text = array(elements);
    text.front() = '~';
    return text;
}

/// What `call` makes of the answer in either protocol; it must be the same.
template <class Call>
auto both(std::string const& resp2, std::string const& resp3, Call call) {
    Answering two(resp2);
    Answering three(resp3);
    auto value = call(two).value();
    EXPECT_EQ(value, call(three).value());
    return value;
}

TEST(Decoding, optional_values_know_both_nulls) {
    auto const value = both(null2(), null3(), [](auto& redis) { return redis.get("k"); });
    EXPECT_EQ(value, std::nullopt);
    Answering null_array("*-1\r\n");
    EXPECT_EQ(null_array.blpop("k", 1s).value(), std::nullopt);
    EXPECT_THAT(null_array.lpop("k", 2).value(), IsEmpty());
    EXPECT_THAT(null_array.xread({{"k", "0"}}).value(), IsEmpty());
}

TEST(Decoding, truths_are_ok_null_numbers_and_booleans) {
    EXPECT_TRUE(Answering(simple("OK")).set("k", "v").value());
    EXPECT_FALSE(Answering(null2()).set("k", "v", {.nx = true}).value());
    EXPECT_TRUE(both(integer(1), "#t\r\n", [](auto& redis) { return redis.sismember("k", "m"); }));
    auto const found = both(array({integer(1), integer(0)}), array({integer(1), integer(0)}),
                            [](auto& redis) { return redis.smismember("k", args("a", "b")); });
    EXPECT_THAT(found, ElementsAre(true, false));
}

TEST(Decoding, scores_are_strings_or_doubles) {
    auto const score =
        both(bulk("1.5"), number3("1.5"), [](auto& redis) { return redis.zscore("k", "m"); });
    EXPECT_EQ(score, 1.5);
    auto const infinite =
        both(bulk("inf"), number3("inf"), [](auto& redis) { return redis.zscore("k", "m"); });
    EXPECT_EQ(infinite, std::numeric_limits<double>::infinity());
    auto const scores = both(array({bulk("1"), null2()}), array({number3("1"), null3()}),
                             [](auto& redis) { return redis.zmscore("k", args("a", "b")); });
    EXPECT_THAT(scores, ElementsAre(1.0, std::nullopt));
}

TEST(Decoding, maps_are_flat_in_resp2) {
    auto const fields = both(array({bulk("f"), bulk("v"), bulk("g"), bulk("w")}),
                             map3({bulk("f"), bulk("v"), bulk("g"), bulk("w")}),
                             [](auto& redis) { return redis.hgetall("k"); });
    EXPECT_THAT(fields, ElementsAre(Pair("f", "v"), Pair("g", "w")));
    EXPECT_THAT(both("*0\r\n", "%0\r\n", [](auto& redis) { return redis.hgetall("k"); }),
                IsEmpty());
}

TEST(Decoding, pairs_are_flat_in_resp2_and_nested_in_resp3) {
    auto const fields = both(array({bulk("f"), bulk("v"), bulk("g"), bulk("w")}),
                             array({array({bulk("f"), bulk("v")}), array({bulk("g"), bulk("w")})}),
                             [](auto& redis) { return redis.hrandfield_withvalues("k", 2); });
    EXPECT_THAT(fields, ElementsAre(Pair("f", "v"), Pair("g", "w")));

    auto const members =
        both(array({bulk("a"), bulk("1"), bulk("b"), bulk("2.5")}),
             array({array({bulk("a"), number3("1")}), array({bulk("b"), number3("2.5")})}),
             [](auto& redis) { return redis.zrange_withscores("k", 0, -1); });
    EXPECT_THAT(members, ElementsAre(ScoredMember{"a", 1}, ScoredMember{"b", 2.5}));

    // ZPOPMIN without a count is flat in RESP3 as well.
    auto const popped = both(array({bulk("a"), bulk("1")}), array({bulk("a"), number3("1")}),
                             [](auto& redis) { return redis.zpopmin("k"); });
    EXPECT_THAT(popped, ElementsAre(ScoredMember{"a", 1}));
}

TEST(Decoding, what_was_popped_names_its_key) {
    auto const element = both(array({bulk("k"), bulk("a")}), array({bulk("k"), bulk("a")}),
                              [](auto& redis) { return redis.blpop("k", 0s); });
    EXPECT_EQ(element, PoppedElement("k", "a"));
    auto const member =
        both(array({bulk("k"), bulk("a"), bulk("1")}), array({bulk("k"), bulk("a"), number3("1")}),
             [](auto& redis) { return redis.bzpopmin("k", 0s); });
    EXPECT_EQ(member, (PoppedMember{"k", {"a", 1}}));
    auto const members = both(array({bulk("k"), array({array({bulk("a"), bulk("1")})})}),
                              array({bulk("k"), array({array({bulk("a"), number3("1")})})}),
                              [](auto& redis) { return redis.zmpop("k", ScoreEnd::min); });
    ASSERT_TRUE(members);
    EXPECT_EQ(members->first, "k");
    EXPECT_THAT(members->second, ElementsAre(ScoredMember{"a", 1}));
}

TEST(Decoding, pages_of_a_scan) {
    auto const keys = array({bulk("18446744073709551615"), array({bulk("a"), bulk("b")})});
    auto const page = both(keys, keys, [](auto& redis) { return redis.scan(0); });
    EXPECT_EQ(page, (ScanPage<std::string>{18446744073709551615u, {"a", "b"}}));
    auto const flat = array({bulk("0"), array({bulk("a"), bulk("1")})});
    EXPECT_THAT(both(flat, flat, [](auto& redis) { return redis.hscan("k", 0); }).items,
                ElementsAre(Pair("a", "1")));
    EXPECT_THAT(both(flat, flat, [](auto& redis) { return redis.zscan("k", 0); }).items,
                ElementsAre(ScoredMember{"a", 1}));
}

TEST(Decoding, streams_read_are_pairs_or_a_map) {
    auto const entry = array({bulk("1-1"), array({bulk("f"), bulk("v")})});
    auto const deleted = array({bulk("1-2"), "*-1\r\n"});
    auto const deleted3 = array({bulk("1-2"), null3()});
    auto const streams = both(array({array({bulk("s"), array({entry, deleted})})}),
                              map3({bulk("s"), array({entry, deleted3})}),
                              [](auto& redis) { return redis.xread({{"s", "0"}}); });
    ASSERT_EQ(streams.size(), 1u);
    EXPECT_EQ(streams[0].first, "s");
    EXPECT_THAT(streams[0].second,
                ElementsAre(StreamEntry{"1-1", {{"f", "v"}}}, StreamEntry{"1-2", {}}));
}

TEST(Decoding, what_is_pending) {
    auto const some =
        array({integer(2), bulk("1-1"), bulk("1-2"), array({array({bulk("c"), bulk("2")})})});
    auto const summary = both(some, some, [](auto& redis) { return redis.xpending("s", "g"); });
    EXPECT_EQ(summary, (PendingSummary{2, "1-1", "1-2", {{"c", 2}}}));
    auto const none = both(array({integer(0), null2(), null2(), "*-1\r\n"}),
                           array({integer(0), null3(), null3(), null3()}),
                           [](auto& redis) { return redis.xpending("s", "g"); });
    EXPECT_EQ(none, PendingSummary());
    auto const range = array({array({bulk("1-1"), bulk("c"), integer(70), integer(3)})});
    EXPECT_THAT(
        both(range, range, [](auto& redis) { return redis.xpending_range("s", "g", "-", "+", 9); }),
        ElementsAre(PendingEntry{"1-1", "c", 70ms, 3}));
    auto const claimed =
        array({bulk("0-0"), array({array({bulk("1-1"), array({bulk("f"), bulk("v")})})}),
               array({bulk("1-0")})});
    EXPECT_EQ(both(claimed, claimed,
                   [](auto& redis) { return redis.xautoclaim("s", "g", "c", 0ms, "0"); }),
              (AutoClaimed{"0-0", {{"1-1", {{"f", "v"}}}}, {"1-0"}}));
}

TEST(Decoding, structures_are_read_by_name) {
    auto const fields = {bulk("name"),
                         bulk("g"),
                         bulk("consumers"),
                         integer(1),
                         bulk("pending"),
                         integer(2),
                         bulk("last-delivered-id"),
                         bulk("1-1"),
                         bulk("entries-read"),
                         null2(),
                         bulk("lag"),
                         integer(4)};
    for (std::string const& resp : {array({array(fields)}), array({map3(fields)})}) {
        auto const groups = Answering(resp).xinfo_groups("s").value();
        ASSERT_EQ(groups.size(), 1u);
        EXPECT_EQ(groups[0].name, "g");
        EXPECT_EQ(groups[0].pending, 2);
        EXPECT_EQ(groups[0].entries_read, std::nullopt);
        EXPECT_EQ(groups[0].lag, 4);
    }
    auto const matches = {bulk("matches"),
                          array({array({array({integer(4), integer(7)}),
                                        array({integer(5), integer(8)}), integer(4)})}),
                          bulk("len"), integer(6)};
    EXPECT_EQ(
        both(array(matches), map3(matches), [](auto& redis) { return redis.lcs_idx("a", "b"); }),
        (LcsMatches{{{{4, 7}, {5, 8}, 4}}, 6}));
}

TEST(Decoding, libraries_with_sets_of_flags) {
    auto const function2 = array({bulk("name"), bulk("f"), bulk("description"), null2(),
                                  bulk("flags"), array({simple("no-writes")})});
    auto const function3 = map3({bulk("name"), bulk("f"), bulk("description"), null3(),
                                 bulk("flags"), set3({simple("no-writes")})});
    auto const library = both(array({array({bulk("library_name"), bulk("l"), bulk("engine"),
                                            bulk("LUA"), bulk("functions"), array({function2})})}),
                              array({map3({bulk("library_name"), bulk("l"), bulk("engine"),
                                           bulk("LUA"), bulk("functions"), array({function3})})}),
                              [](auto& redis) { return redis.function_list(); });
    EXPECT_THAT(library, ElementsAre(LibraryInfo{
                             "l", "LUA", {{"f", std::nullopt, {"no-writes"}}}, std::nullopt}));
}

TEST(Decoding, places) {
    auto const positions = both(array({array({bulk("13.5"), bulk("38")}), "*-1\r\n"}),
                                array({array({number3("13.5"), number3("38")}), null3()}),
                                [](auto& redis) { return redis.geopos("k", args("a", "b")); });
    EXPECT_THAT(positions, ElementsAre(GeoPosition{13.5, 38}, std::nullopt));
    auto const matches = both(
        array({array({bulk("a"), bulk("190.4"), integer(7), array({bulk("15"), bulk("37")})})}),
        array(
            {array({bulk("a"), bulk("190.4"), integer(7), array({number3("15"), number3("37")})})}),
        [](auto& redis) { return redis.geosearch_details("k", {.member = "a", .radius = 1}); });
    EXPECT_THAT(matches, ElementsAre(GeoMatch{"a", 190.4, 7, {15, 37}}));
}

TEST(Decoding, text_that_holds_fields) {
    Answering info(bulk("# Server\r\nredis_version:7.0.15\r\nos:a:b\r\n\r\n# Clients\r\nx:1\r\n"));
    EXPECT_THAT(info.info().value().fields,
                ElementsAre(Pair("redis_version", "7.0.15"), Pair("os", "a:b"), Pair("x", "1")));
    EXPECT_EQ(info.info().value().find("x"), "1");
    EXPECT_EQ(info.info().value().find("y"), std::nullopt);

    Answering verbatim("=23\r\ntxt:redis_version:7.0\r\n\r\n");
    EXPECT_EQ(verbatim.info().value().find("redis_version"), "7.0");

    Answering clients(bulk("id=3 addr=1:2 name= flags=N\nid=4 addr=1:3 name=x flags=N\n"));
    auto const list = clients.client_list().value();
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0].find("name"), "");
    EXPECT_EQ(list[1].find("id"), "4");
}

TEST(Decoding, times) {
    auto const now = array({bulk("1700000000"), bulk("123456")});
    EXPECT_EQ(both(now, now, [](auto& redis) { return redis.time(); }).time_since_epoch(),
              1700000000s + 123456us);
    EXPECT_EQ(Answering(integer(5)).lastsave().value().time_since_epoch(), 5s);
    EXPECT_EQ(Answering(integer(5)).object_idletime("k").value(), 5s);
}

TEST(Decoding, roles) {
    auto const master =
        Answering(array({bulk("master"), integer(30),
                         array({array({bulk("10.0.0.1"), bulk("7000"), bulk("29")})})}))
            .role()
            .value();
    EXPECT_EQ(master.offset, 30);
    EXPECT_THAT(master.replicas, ElementsAre(ServerRole::Replica{"10.0.0.1", 7000, 29}));
    auto const replica = Answering(array({bulk("slave"), bulk("10.0.0.2"), integer(7000),
                                          bulk("connected"), integer(30)}))
                             .role()
                             .value();
    EXPECT_EQ(replica.master_host, "10.0.0.2");
    EXPECT_EQ(replica.state, "connected");
    EXPECT_EQ(replica.offset, 30);
}

TEST(Decoding, latency) {
    auto const histogram2 = array({bulk("calls"), integer(3), bulk("histogram_usec"),
                                   array({integer(1), integer(2), integer(4), integer(3)})});
    auto const histogram3 = map3({bulk("calls"), integer(3), bulk("histogram_usec"),
                                  map3({integer(1), integer(2), integer(4), integer(3)})});
    auto const histograms = both(array({bulk("get"), histogram2}), map3({bulk("get"), histogram3}),
                                 [](auto& redis) { return redis.latency_histogram("get"); });
    EXPECT_THAT(histograms, ElementsAre(Pair("get", LatencyHistogram{3, {{1us, 2}, {4us, 3}}})));
}

TEST(Decoding, an_answer_of_another_type_is_an_error_that_says_so) {
    auto const expect_error = [](auto const& result, std::string_view message) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::protocol);
        EXPECT_EQ(result.error().outcome, Outcome::executed);
        EXPECT_THAT(result.error().message, HasSubstr(std::string(message)));
    };
    expect_error(Answering(bulk("x")).strlen("k"), "expected an integer");
    expect_error(Answering(integer(1)).hgetall("k"), "expected an array");
    expect_error(Answering(array({bulk("a")})).hgetall("k"), "an even number");
    expect_error(Answering(array({bulk("a"), bulk("x")})).zpopmin("k"), "expected a number");
    expect_error(Answering(array({bulk("x"), array({})})).scan(0), "an unsigned integer");
    expect_error(Answering(array({integer(1)})).xpending("s", "g"), "more elements");
    expect_error(Answering(bulk("x")).xinfo_stream("s"), "an array or a map");
    expect_error(Answering("%0\r\n").xinfo_stream("s"), "a field length");
}

}  // namespace
}  // namespace keyslot
