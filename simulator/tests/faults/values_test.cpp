#include "simulator/faults/values.hpp"

#include <gtest/gtest.h>

#include <array>

using namespace std::chrono_literals;

namespace keyslot::sim {
namespace {

std::optional<Duration> duration(std::string_view text) {
    ValueProblem problem;
    auto const result = parse_duration(text, problem);
    EXPECT_EQ(result.has_value(), problem.what.empty()) << text;
    return result;
}

TEST(DurationText, IsExactInEveryUnit) {
    EXPECT_EQ(duration("500ms"), 500ms);
    EXPECT_EQ(duration("2s"), 2s);
    EXPECT_EQ(duration("1m"), 1min);
    EXPECT_EQ(duration("1.5s"), 1500ms);
    EXPECT_EQ(duration("0.000000001s"), 1ns);
    EXPECT_EQ(duration("0.50000000000000s"), 500ms);
    EXPECT_EQ(duration("2562047h"), 2562047h);
}

TEST(DurationText, RefusesWhatIsNotOne) {
    for (char const* text : {"", "s", "5", "5 s", "-5s", "5sec", "1.s", ".5s", "0.0000000001s",
                             "1e3s", "2562048h", "99999999999999999999s", "0.00000000012345m"}) {
        EXPECT_EQ(duration(text), std::nullopt) << text;
    }
}

TEST(DurationText, IsWrittenInTheLargestWholeUnit) {
    EXPECT_EQ(print_duration(0ns), "0s");
    EXPECT_EQ(print_duration(1500ms), "1500ms");
    EXPECT_EQ(print_duration(90s), "90s");
    EXPECT_EQ(print_duration(120s), "2m");
    EXPECT_EQ(print_duration(1ns), "1ns");
}

TEST(RateText, ReadsAndWrites) {
    ValueProblem problem;
    for (char const* text : {"500/s", "30/m", "1/ms", "7/10s"}) {
        auto const rate = parse_rate(text, problem);
        ASSERT_TRUE(rate.has_value()) << text;
        EXPECT_EQ(print_rate(*rate), text);
    }
    for (char const* text : {"", "/s", "0/s", "5", "5/", "5/x", "5/0s", "-5/s"}) {
        EXPECT_FALSE(parse_rate(text, problem).has_value()) << text;
    }
}

TEST(SlotsText, ReadsRangesWithinTheSlots) {
    ValueProblem problem;
    EXPECT_EQ(parse_slots("7", problem), (SlotSpan{7, 7}));
    EXPECT_EQ(parse_slots("0-16383", problem), (SlotSpan{0, 16383}));
    for (char const* text : {"", "-", "5-", "-5", "9-5", "0-16384", "16384", "1-2-3", "a-b"}) {
        EXPECT_FALSE(parse_slots(text, problem).has_value()) << text;
    }
}

TEST(HostText, KnowsEveryForm) {
    using Kind = HostTarget::Kind;
    EXPECT_EQ(parse_host("node-3")->number, 3u);
    EXPECT_EQ(parse_host("client-2")->kind, Kind::client);
    EXPECT_EQ(parse_host("clients")->kind, Kind::all_clients);
    EXPECT_EQ(parse_host("owner of user:1")->key, "user:1");
    EXPECT_EQ(parse_host("owner of replica of x")->key, "replica of x");
    EXPECT_EQ(parse_host("replica of node-1")->replica_of, 1);
    EXPECT_EQ(parse_host("replica of owner of k")->key, "k");
    for (char const* text :
         {"", "node", "node-", "node-0", "node-x", "host-1", "owner of ", "replica of ",
          "replica of clients", "replica of replica of node-1", "Node-1"}) {
        EXPECT_FALSE(parse_host(text).has_value()) << text;
    }
}

TEST(Nearest, SuggestsOnlyWhatIsNear) {
    std::array<std::string_view, 3> const words{"masters", "latency", "jitter"};
    EXPECT_EQ(nearest("mastrs", words), "masters");
    EXPECT_EQ(nearest("latnecy", words), "latency");
    EXPECT_EQ(nearest("colour", words), "");
}

}  // namespace
}  // namespace keyslot::sim
