#include "simulator/runner/routing_rules.hpp"
#include "simulator/tests/runner/hand_made_run.hpp"

#include "client/protocol/hash_slot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace keyslot::sim {
namespace {

using Words = HandMadeRun::Words;

NodeId id_of(std::size_t node) { return {std::string(40, static_cast<char>('a' + node))}; }

/// One client, with a connection to each of three nodes. Node 0 is node-1.
class RoutingRules : public testing::Test {
protected:
    RoutingRules() {
        context_.node_ids = {id_of(0), id_of(1), id_of(2)};
        context_.clients = {"10.9.0.1"};
        for (std::size_t node = 0; node < 3; ++node) {
            routing_.opened(place(node), "10.9.0.1");
        }
    }

    RoutingLog::Place place(std::size_t node) {
        return {
            .at = Instant{time_}, .executed = run_.executions.size(), .node = node, .session = 7};
    }
    /// A topology: the node says that `owner` has all slots.
    void tells(std::size_t node, std::size_t owner, std::uint64_t epoch,
               std::vector<ClusterState::Following> followings = {}) {
        auto view = std::make_shared<RoutingLog::View>();
        view->claims = {{0, 16383, id_of(owner), epoch}};
        view->followings = std::move(followings);
        routing_.add(RoutingLog::Told{place(node), std::move(view)});
    }
    void refuses(std::size_t node, RoutingLog::Kind kind, std::size_t target, Words const& words,
                 std::uint64_t epoch = 1) {
        tick();
        routing_.add(RoutingLog::Refused{.place = place(node),
                                         .kind = kind,
                                         .slot = protocol::hash_slot(words[1]),
                                         .target = id_of(target),
                                         .epoch = epoch,
                                         .error = {},
                                         .words = words});
    }
    void moves(std::size_t node, std::size_t target, Words const& words, std::uint64_t epoch = 1) {
        refuses(node, RoutingLog::Kind::moved, target, words, epoch);
    }
    void asks(std::size_t node, std::size_t target, Words const& words) {
        refuses(node, RoutingLog::Kind::ask, target, words);
    }
    void runs(std::size_t node, Words const& words, std::uint64_t epoch = 1) {
        tick();
        run_.executes({.at = Instant{time_},
                       .node = node,
                       .session = 7,
                       .config_epoch = epoch,
                       .arguments = {}},
                      words);
    }
    std::size_t begins(Words const& words, bool repeatable = false) {
        tick();
        return run_.begins(time_, words, repeatable);
    }
    void answered(std::size_t call) {
        tick();
        run_.answered(call, time_);
    }
    /// A call that one node executes at the first try.
    void calls(std::size_t node, Words const& words, std::uint64_t epoch = 1) {
        std::size_t const call = begins(words);
        runs(node, words, epoch);
        answered(call);
    }
    void tick() { time_ += 1ms; }

    std::vector<std::string_view> broken() {
        violations_.clear();
        judge_routing(
            run_.history, run_.executions, routing_, context_, [](std::size_t) { return false; },
            violations_);
        return rules_of(violations_);
    }

    HandMadeRun run_;
    RoutingLog routing_;
    RoutingContext context_;
    Duration time_{};
    std::vector<Violation> violations_;
};

TEST_F(RoutingRules, ACallGoesToTheNodeThatATopologyNames) {
    tells(0, 1, 1);
    calls(1, {"SET", "k", "1"});
    EXPECT_THAT(broken(), IsEmpty());
    calls(2, {"SET", "k", "2"});
    EXPECT_THAT(broken(), testing::Contains(rules::goes_by_its_map));
    EXPECT_THAT(violations_.front().what, HasSubstr("node-3 got it"));
}

TEST_F(RoutingRules, AReadMayGoToAReplicaIfTheClientReadsFromThem) {
    tells(0, 1, 1, {{id_of(2), id_of(1)}});
    std::size_t const call = begins({"GET", "k"}, true);
    runs(2, {"GET", "k"});
    answered(call);
    EXPECT_THAT(broken(), ElementsAre(rules::goes_by_its_map));
    context_.reads_from_replicas = true;
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(RoutingRules, MovedIsFollowed) {
    tells(0, 0, 1);
    std::size_t const call = begins({"SET", "k", "1"});
    moves(0, 1, {"SET", "k", "1"}, 2);
    runs(1, {"SET", "k", "1"}, 2);
    answered(call);
    calls(1, {"SET", "k", "2"}, 2);
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(RoutingRules, AfterMovedNothingComesBackUnlessSomebodySaysSo) {
    tells(0, 0, 1);
    std::size_t const call = begins({"SET", "k", "1"});
    moves(0, 1, {"SET", "k", "1"}, 2);
    runs(0, {"SET", "k", "1"}, 2);
    answered(call);
    EXPECT_THAT(broken(), ElementsAre(rules::follows_redirections));
    EXPECT_THAT(violations_.front().what, HasSubstr("node-1 had sent it to node-2 by MOVED"));
}

TEST_F(RoutingRules, AfterMovedItMayComeBackWhenTheOtherOneSendsIt) {
    tells(0, 0, 1);
    std::size_t const call = begins({"SET", "k", "1"});
    moves(0, 1, {"SET", "k", "1"}, 2);
    moves(1, 0, {"SET", "k", "1"}, 3);
    runs(0, {"SET", "k", "1"}, 3);
    answered(call);
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(RoutingRules, WhereAllNodesAreInReachARedirectionIsFollowedAtOnce) {
    tells(0, 0, 1);
    tells(0, 2, 1);
    std::size_t const call = begins({"SET", "k", "1"});
    moves(0, 1, {"SET", "k", "1"}, 2);
    runs(2, {"SET", "k", "1"}, 1);
    answered(call);
    EXPECT_THAT(broken(), IsEmpty());
    context_.is_undisturbed = true;
    EXPECT_THAT(broken(), ElementsAre(rules::follows_redirections));
}

TEST_F(RoutingRules, AskIsFollowedWithAsking) {
    tells(0, 0, 1);
    std::size_t const call = begins({"SET", "k", "1"});
    asks(0, 1, {"SET", "k", "1"});
    runs(1, {"ASKING"});
    runs(1, {"SET", "k", "1"});
    answered(call);
    context_.is_undisturbed = true;
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(RoutingRules, AskWithoutAskingConvicts) {
    tells(0, 0, 1);
    std::size_t const call = begins({"SET", "k", "1"});
    asks(0, 1, {"SET", "k", "1"});
    moves(1, 0, {"SET", "k", "1"});
    runs(0, {"SET", "k", "1"});
    answered(call);
    EXPECT_THAT(broken(), ElementsAre(rules::goes_by_its_map));
    context_.is_undisturbed = true;
    EXPECT_THAT(broken(), ElementsAre(rules::goes_by_its_map, rules::follows_redirections));
}

TEST_F(RoutingRules, AskDoesNotChangeTheMap) {
    tells(0, 0, 1);
    std::size_t const call = begins({"SET", "k", "1"});
    asks(0, 1, {"SET", "k", "1"});
    runs(1, {"ASKING"});
    runs(1, {"SET", "k", "1"});
    answered(call);
    std::size_t const next = begins({"SET", "k", "2"});
    moves(1, 0, {"SET", "k", "2"});
    runs(0, {"SET", "k", "2"});
    answered(next);
    EXPECT_THAT(broken(), ElementsAre(rules::goes_by_its_map));
}

TEST_F(RoutingRules, AskingWithoutNeedConvicts) {
    tells(0, 0, 1);
    begins({"SET", "k", "1"});
    runs(0, {"ASKING"});
    runs(0, {"SET", "k", "1"});
    EXPECT_THAT(broken(), ElementsAre(rules::asks_properly));
}

TEST_F(RoutingRules, AskingBeforeAnotherCommandConvicts) {
    tells(0, 0, 1);
    begins({"SET", "k", "1"});
    asks(0, 1, {"SET", "k", "1"});
    runs(1, {"ASKING"});
    runs(1, {"PING"});
    EXPECT_THAT(broken(), ElementsAre(rules::asks_properly));
}

TEST_F(RoutingRules, AskingTwiceConvicts) {
    tells(0, 0, 1);
    begins({"SET", "k", "1"});
    asks(0, 1, {"SET", "k", "1"});
    runs(1, {"ASKING"});
    runs(1, {"ASKING"});
    runs(1, {"SET", "k", "1"});
    EXPECT_THAT(broken(), ElementsAre(rules::asks_properly));
}

TEST_F(RoutingRules, AskingStandsBeforeMultiForAWholeTransaction) {
    tells(0, 0, 1);
    std::size_t const unit = run_.history.begin_unit(UnitKind::transaction);
    Words const set{"SET", "k", "1"}, incr{"INCR", "k:n"};
    run_.history.add_to_unit(unit, begins(set));
    run_.history.add_to_unit(unit, begins(incr));
    runs(0, {"MULTI"});
    asks(0, 1, set);
    runs(1, {"ASKING"});
    runs(1, {"MULTI"});
    runs(1, set);
    runs(1, incr);
    runs(1, {"EXEC"});
    EXPECT_THAT(broken(), IsEmpty());
    begins({"SET", "k", "2"});
    runs(1, {"ASKING"});
    runs(1, {"MULTI"});
    runs(1, {"SET", "k", "2"});
    runs(1, {"EXEC"});
    EXPECT_THAT(broken(), ElementsAre(rules::asks_properly));
}

TEST_F(RoutingRules, TransactionsThatShareWordsAreToldApartByTheirSlotOnly) {
    tells(0, 0, 1);
    Words const incr{"INCR", "{k}:n"};
    std::vector<Words> const sets{{"SET", "{k}:a", "1"}, {"SET", "{k}:a", "2"}};
    for (Words const& set : sets) {
        std::size_t const unit = run_.history.begin_unit(UnitKind::transaction);
        run_.history.add_to_unit(unit, begins(set));
        run_.history.add_to_unit(unit, begins(incr));
    }
    runs(0, {"MULTI"});
    asks(0, 1, sets[0]);
    runs(1, {"ASKING"});
    runs(1, {"MULTI"});
    runs(1, sets[0]);
    runs(1, incr);
    runs(1, {"EXEC"});
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(RoutingRules, WhatFollowsAWatchGoesWhereTheWatchWasSent) {
    tells(0, 0, 1);
    begins({"WATCH", "k"}, true);
    asks(0, 1, {"WATCH", "k"});
    runs(1, {"ASKING"});
    runs(1, {"WATCH", "k"});
    begins({"GET", "k"}, true);
    runs(1, {"ASKING"});
    runs(1, {"GET", "k"});
    EXPECT_THAT(broken(), IsEmpty());
    runs(1, {"EXEC"});
    runs(1, {"ASKING"});
    runs(1, {"GET", "k"});
    EXPECT_THAT(broken(), ElementsAre(rules::asks_properly));
}

TEST_F(RoutingRules, AskingIsRepeatedWhereTheCommandWasToComeLater) {
    tells(0, 0, 1);
    Words const words{"SET", "k", "1"};
    begins(words);
    asks(0, 1, words);
    runs(1, {"ASKING"});
    refuses(1, RoutingLog::Kind::other, 0, words);  // TRYAGAIN
    runs(1, {"ASKING"});
    runs(1, words);
    EXPECT_THAT(broken(), IsEmpty());
    runs(1, {"ASKING"});
    runs(1, words);
    EXPECT_THAT(broken(), ElementsAre(rules::asks_properly));
}

TEST_F(RoutingRules, AMapThatGoesBackConvicts) {
    tells(0, 0, 1);
    time_ += 11s;
    tells(1, 1, 5);
    calls(1, {"SET", "k", "1"}, 5);
    tells(2, 0, 1);  // one that is behind
    calls(0, {"SET", "k", "2"}, 1);
    EXPECT_THAT(broken(), ElementsAre(rules::map_never_goes_back));
}

TEST_F(RoutingRules, AMapMayFollowWhatTheOwnerSaysOrANewerClaimOrTwoNodes) {
    tells(0, 0, 1);
    tells(1, 1, 5);
    calls(1, {"SET", "k", "1"}, 5);
    tells(1, 0, 1);  // the owner itself
    calls(0, {"SET", "k", "2"}, 1);
    tells(0, 2, 6);
    calls(2, {"SET", "k", "3"}, 6);
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(RoutingRules, OtherPeoplesCommandsAreNoConcern) {
    routing_.opened({.node = 2, .session = 9}, "10.0.0.1");
    tick();
    run_.executes({.at = Instant{time_}, .node = 2, .session = 9, .arguments = {}}, {"ASKING"});
    run_.executes({.at = Instant{time_}, .node = 2, .session = 9, .arguments = {}}, {"ASKING"});
    EXPECT_THAT(broken(), IsEmpty());
}

}  // namespace
}  // namespace keyslot::sim
