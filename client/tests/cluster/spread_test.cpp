#include "client/cluster/spread.hpp"

#include <keyslot/detail/decode.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace keyslot::detail {
namespace {

// A and B have slots, A has a replica, and C is a primary without slots.
topology::SlotMap three_primaries() {
    topology::SlotMap map;
    topology::ClusterView view;
    view.shards = {
        {.primary = {.id = "a", .address = {"a", 1}},
         .replicas = {{.id = "r", .address = {"r", 1}, .role = topology::Role::replica}},
         .slots = {{0, 8000}}},
        {.primary = {.id = "b", .address = {"b", 1}}, .slots = {{8001, topology::slot_count - 1}}},
        {.primary = {.id = "c", .address = {"c", 1}}}};
    map.apply(view, {.asked = {"a", 1}});
    return map;
}

std::vector<std::string> nodes_of(Spread spread, std::uint64_t random = 0) {
    spread.find_nodes(three_primaries(), random);
    std::vector<std::string> names;
    for (std::size_t n = 0; n < spread.size(); ++n) {
        names.push_back(spread.node(n).host);
    }
    return names;
}

using Names = std::vector<std::string>;

std::shared_ptr<Failure const> failed(Outcome outcome, std::string message) {
    return std::make_shared<Failure>(
        Failure{.code = ErrorCode::connection, .outcome = outcome, .message = std::move(message)});
}

Spread begun(std::string_view command) {
    Spread spread(known_command(command));
    spread.find_nodes(three_primaries(), 0);
    return spread;
}

TEST(Spread, FindsTheNodesThatItIsFor) {
    EXPECT_EQ(nodes_of(Spread(TargetNodes::primaries)), (Names{"a", "b"})) << "those with slots";
    EXPECT_EQ(nodes_of(Spread(TargetNodes::replicas)), Names{"r"});
    EXPECT_EQ(nodes_of(Spread(TargetNodes::all_nodes)), (Names{"a", "r", "b", "c"}));
    EXPECT_EQ(nodes_of(Spread(TargetNodes::random), 5), Names{"r"});
    EXPECT_EQ(nodes_of(Spread(known_command("DBSIZE"))), (Names{"a", "b"})) << "all_shards";
    EXPECT_EQ(nodes_of(Spread(known_command("SLOWLOG LEN"))), (Names{"a", "r", "b", "c"}));
}

TEST(Spread, AsksTheNodesThatAreNamedWhateverTheMapSays) {
    std::vector<ClusterNode> const named{{.host = "x", .port = 9}};
    EXPECT_EQ(nodes_of(Spread(named)), Names{"x"});
}

TEST(Spread, EndsWithItsLastPartInWhateverOrder) {
    Spread spread(TargetNodes::primaries);
    spread.find_nodes(three_primaries(), 0);
    EXPECT_FALSE(spread.ended(1, Reply::integer(2)));
    EXPECT_TRUE(spread.ended(0, Reply::integer(1)));
    EXPECT_EQ(spread.parts()[1].result->as_integer(), 2);
}

TEST(Spread, MakesOneReplyByThePolicyOfTheCommand) {
    Spread spread = begun("DBSIZE");
    spread.ended(0, Reply::integer(3));
    spread.ended(1, Reply::integer(4));
    ASSERT_EQ(spread.failure(), nullptr);
    EXPECT_EQ(spread.merged(0)->as_integer(), 7);
}

TEST(Spread, IsContentWithOneSuccessWhereThePolicySaysSo) {
    Spread spread = begun("SCRIPT KILL");
    spread.ended(0, failed(Outcome::executed, "NOTBUSY"));
    spread.ended(1, Reply::simple_string("OK"));
    ASSERT_EQ(spread.failure(), nullptr);
    EXPECT_EQ(spread.merged(0)->text(), "OK");

    Spread none = begun("SCRIPT KILL");
    none.ended(0, failed(Outcome::executed, "NOTBUSY"));
    none.ended(1, failed(Outcome::executed, "NOTBUSY"));
    ASSERT_NE(none.failure(), nullptr);
}

TEST(Spread, FailsWithAllThatWentWrong) {
    Spread spread = begun("DBSIZE");
    spread.ended(0, failed(Outcome::not_executed, "refused"));
    spread.ended(1, failed(Outcome::not_executed, "late"));
    auto const failure = spread.failure();
    ASSERT_NE(failure, nullptr);
    EXPECT_EQ(failure->message, "a:1: refused; b:1: late");
    EXPECT_EQ(failure->code, ErrorCode::connection);
    EXPECT_EQ(failure->outcome, Outcome::not_executed) << "it ran nowhere";
}

TEST(Spread, IsOfUnknownOutcomeWhenItFailedButRanSomewhere) {
    Spread some_ran = begun("DBSIZE");
    some_ran.ended(0, Reply::integer(3));
    some_ran.ended(1, failed(Outcome::not_executed, "lost"));
    ASSERT_NE(some_ran.failure(), nullptr);
    EXPECT_EQ(some_ran.failure()->outcome, Outcome::unknown);

    Spread some_may_have = begun("DBSIZE");
    some_may_have.ended(0, failed(Outcome::not_executed, "lost"));
    some_may_have.ended(1, failed(Outcome::unknown, "lost"));
    EXPECT_EQ(some_may_have.failure()->outcome, Outcome::unknown);
}

TEST(Spread, SaysWhenTheRepliesDoNotFitTogether) {
    Spread spread = begun("DBSIZE");
    spread.ended(0, Reply::integer(3));
    spread.ended(1, Reply::simple_string("many"));
    ASSERT_EQ(spread.failure(), nullptr);
    auto const merged = spread.merged(0);
    ASSERT_FALSE(merged);
    EXPECT_EQ(merged.error().code, ErrorCode::protocol);
}

}  // namespace
}  // namespace keyslot::detail
