// What each fault of one node, and each trigger, does to somebody who talks to the cluster.
#include "simulator/cluster/cluster_state.hpp"
#include "simulator/faults/player/node_session.hpp"
#include "simulator/node/node.hpp"

#include <keyslot/sim/fault_player.hpp>

#include <boost/system/system_error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace keyslot::sim {
namespace {

ClusterSpec three_and_three() {
    ClusterSpec spec;
    spec.masters = 3;
    spec.replicas_per_master = 1;
    spec.node_timeout = 2s;
    return spec;
}

class FaultEffects : public testing::Test {
protected:
    // "{3}" is in slot 1584, of node-1.
    static constexpr std::uint16_t slot = 1584;

    // By then every replica has its master's data.
    FaultEffects() { world_.run_for(3s); }

    std::string ask(std::string const& node, std::vector<std::string> words) {
        std::string answer;
        world_.run([&]() -> asio::awaitable<void> {
            auto& session =
                sessions_.try_emplace(node, world_.host("test"), world_.node(node).address())
                    .first->second;
            try {
                Reply const reply = co_await session.command(words);
                auto const number =
                    reply.type() == ReplyType::integer ? reply.as_integer() : std::nullopt;
                answer = reply.is_null()         ? "(null)"
                         : number                ? std::to_string(*number)
                         : !reply.text().empty() ? std::string(reply.text())
                                                 : to_string(reply.view());
            } catch (boost::system::system_error const& error) {
                answer = "(" + error.code().message() + ")";
            }
        });
        return answer;
    }
    Duration time_of(std::string const& node, std::vector<std::string> words) {
        Instant const before = world_.now();
        ask(node, std::move(words));
        return world_.now() - before;
    }
    FaultReport const& play(FaultSpec spec, Duration time = 1ms) {
        std::size_t const id = player_.start(std::move(spec));
        world_.run_for(time);
        return player_.report(id);
    }
    FaultReport const& when(Trigger trigger, FaultSpec spec) {
        return player_.report(player_.start_when(std::move(trigger), std::move(spec)));
    }
    void heal() {
        world_.run([&] { return player_.heal(90s); });
    }

    World world_{Seed{1}};
    Cluster& cluster_ = world_.add_cluster(three_and_three());
    FaultPlayer player_{world_, cluster_, {"test"}};
    std::map<std::string, NodeSession> sessions_;
    std::unique_ptr<ByteStream> other_;
};

TEST_F(FaultEffects, ASlowNodeTakesSoLongForEachCommandAndDoesNothingElse) {
    play(Slow{.node = "node-1", .per_command = 50ms});
    EXPECT_GE(time_of("node-1", {"PING"}), 50ms);
    EXPECT_LT(time_of("node-1", {"PING"}), 55ms);
    EXPECT_LT(time_of("node-2", {"PING"}), 1ms);
    // Another client waits until the node is through with the first one's command.
    world_.host("other").connect(cluster_[0].address(), {}, [this](error_code, auto stream) {
        other_ = std::move(stream);
        other_->write(asio::buffer("PING\r\n", 6), [](error_code, std::size_t) {});
    });
    world_.run_for(10ms);
    EXPECT_GE(time_of("node-1", {"PING"}), 85ms);
    heal();
    world_.run_for(200ms);
    EXPECT_LT(time_of("node-1", {"PING"}), 1ms);
}

TEST_F(FaultEffects, ANodeThatIsTooSlowForTheBusIsTakenForDead) {
    play(Slow{.node = "node-1", .per_command = 10s}, 1ms);
    EXPECT_GE(time_of("node-1", {"PING"}), 10s);
    world_.run_for(1s);
    EXPECT_EQ(cluster_.owner_of("{3}").name(), "node-4");
}

TEST_F(FaultEffects, AClockThatIsAheadShowsItsOwnTimeUntilItIsSetRight) {
    ask("node-1", {"SET", "{3}", "v", "EX", "100"});
    play(SkewClock{.node = "node-1", .wall_offset = 60s, .duration = 10s});
    EXPECT_LE(std::stoll(ask("node-1", {"TTL", "{3}"})), 40);
    world_.run_for(10s);
    EXPECT_GE(std::stoll(ask("node-1", {"TTL", "{3}"})), 85);
    play(SkewClock{.node = "node-1", .wall_rate_ppm = 1'000'000}, 20s);
    EXPECT_LE(std::stoll(ask("node-1", {"TTL", "{3}"})), 51);
    heal();
    EXPECT_GE(std::stoll(ask("node-1", {"TTL", "{3}"})), 60);
}

TEST_F(FaultEffects, AStaleViewSendsClientsToTheFormerOwner) {
    play(StaleView{.node = "node-3"});
    play(Migrate{.slots = {{slot, slot}}, .to = "node-2"}, 10s);
    // SETSLOT NODE is no gossip: an operator tells every master. Gossip alone would not.
    play(Failover{.node = "replica of node-2", .mode = FailoverMode::force}, 5s);
    EXPECT_EQ(cluster_.owner_of("a").name(), "node-3");
    EXPECT_EQ(cluster_.owner_of("b").name(), "node-1");
    EXPECT_EQ(cluster_.owner_of_slot(8000).name(), "node-5");
    EXPECT_THAT(ask("node-1", {"GET", "h"}), HasSubstr("MOVED 11694"));
    EXPECT_THAT(ask("node-3", {"GET", "c"}), HasSubstr("MOVED 7365 10.0.0.2:7001"));
    EXPECT_THAT(ask("node-1", {"GET", "c"}), HasSubstr("MOVED 7365 10.0.0.5:7004"));
    heal();
    world_.run_for(5s);
    EXPECT_THAT(ask("node-3", {"GET", "c"}), HasSubstr("MOVED 7365 10.0.0.5:7004"));
}

TEST_F(FaultEffects, ALaggingReplicaGetsItsMastersWritesLate) {
    world_.run_for(2s);
    play(Lag{.node = "node-4", .delay = 500ms});
    ask("node-4", {"READONLY"});
    ask("node-1", {"SET", "{3}", "v"});
    world_.run_for(400ms);
    EXPECT_EQ(ask("node-4", {"GET", "{3}"}), "(null)");
    world_.run_for(200ms);
    EXPECT_THAT(ask("node-4", {"GET", "{3}"}), HasSubstr("v"));
    play(Lag{.node = "node-4"});
    heal();
    play(Lag{.node = "node-4"});
    ask("node-1", {"SET", "{3}", "w"});
    world_.run_for(3s);
    EXPECT_THAT(ask("node-4", {"GET", "{3}"}), HasSubstr("v"));
    heal();
    world_.run_for(10ms);
    EXPECT_THAT(ask("node-4", {"GET", "{3}"}), HasSubstr("w"));
}

TEST_F(FaultEffects, ANewAddressIsAnnouncedByGossipAndResolvedByName) {
    ask("node-1", {"PING"});
    play(ChangeAddress{.node = "node-1", .ip = "10.9.0.1"}, 3s);
    EXPECT_THAT(ask("node-2", {"GET", "{3}"}), HasSubstr("MOVED 1584 10.9.0.1:7000"));
    EXPECT_THAT(ask("node-1", {"PING"}), StartsWith("("));
    sessions_.clear();
    EXPECT_THAT(ask("node-1", {"CLUSTER", "NODES"}),
                HasSubstr("10.9.0.1:7000@17000 myself,master"));
    world_.run_for(3s);
    EXPECT_THAT(ask("node-1", {"INFO", "replication"}), HasSubstr("connected_slaves:1"));
    error_code old;
    world_.host("test").connect({"10.0.0.1", 7000}, {}, [&](error_code ec, auto) { old = ec; });
    std::vector<std::string> addresses;
    world_.host("test").resolve(
        "node-1", [&](error_code, std::vector<std::string> found) { addresses = found; });
    world_.run_for(10s);
    EXPECT_TRUE(old);
    EXPECT_EQ(addresses, std::vector<std::string>{"10.9.0.1"});
}

TEST_F(FaultEffects, ANameThatFailsIsNotFoundOrTakesTheResolversPatience) {
    auto const resolve = [&](Duration time) {
        auto const answer = std::make_shared<std::string>("no answer");
        world_.host("test").resolve("node-1", [answer](error_code ec, std::vector<std::string>) {
            *answer = ec.message();
        });
        world_.run_for(time);
        return *answer;
    };
    play(FailName{.names = {"node-1"}, .duration = 1s});
    EXPECT_THAT(resolve(10ms), HasSubstr("not found"));
    world_.run_for(1s);
    play(FailName{.names = {"node-1"}, .how = NameFailure::timeout});
    EXPECT_EQ(resolve(9s), "no answer");
    heal();
    world_.run_for(5s);
    EXPECT_EQ(resolve(10ms), error_code{}.message());
}

TEST_F(FaultEffects, AClientsHostCanBeCalledByItsName) {
    ask("node-1", {"PING"});
    play(Reset{.from = {"test"}, .to = {"node-1"}});
    EXPECT_EQ(ask("node-1", {"PING"}), "(Connection reset by peer)");
}

TEST_F(FaultEffects, AStreamBreaksExactlyAfterSoManyRepliesAndBytes) {
    ask("node-1", {"PING"});
    play(CutStream{.from = {"node-1"}, .to = {"clients"}, .after_replies = 2, .after_bytes = 3});
    std::unique_ptr<ByteStream> stream;
    std::string received;
    std::array<char, 100> buffer{};
    std::function<void()> read = [&] {
        stream->read_some(asio::buffer(buffer), [&](error_code ec, std::size_t size) {
            received.append(buffer.data(), size);
            if (ec) {
                received += "(" + ec.message() + ")";
            } else {
                read();
            }
        });
    };
    world_.host("test").connect(cluster_[0].address(), {}, [&](error_code, auto connected) {
        stream = std::move(connected);
        read();
        stream->write(asio::buffer("PING\r\nECHO abc\r\nECHO defgh\r\n", 28),
                      [](error_code, std::size_t) {});
    });
    world_.run_for(10ms);
    EXPECT_THAT(received, StartsWith("+PONG\r\n$3\r\nabc\r\n$5\r(Connection reset"));
}

TEST_F(FaultEffects, AnIdleConnectionIsForgottenOrReset) {
    ask("node-1", {"PING"});
    play(DropIdle{.from = {"clients"}, .to = {"node-1"}, .after = 5s, .duration = 60s}, 4s);
    EXPECT_LT(time_of("node-1", {"PING"}), 1ms);
    world_.run_for(6s);
    EXPECT_GE(time_of("node-1", {"PING"}), 40s) << "silent until the fault is over";
    play(DropIdle{.from = {"node-1"}, .to = {"clients"}, .after = 5s, .reset = true}, 6s);
    EXPECT_THAT(ask("node-1", {"PING"}), HasSubstr("reset"));
    EXPECT_EQ(ask("node-1", {"PING"}), "PONG");
}

TEST_F(FaultEffects, ConnectsAreRefusedOrGoUnansweredWhileOpenConnectionsGoOn) {
    ask("node-1", {"PING"});
    play(RefuseConnects{.from = {"clients"}, .to = {"node-1", "node-2"}});
    EXPECT_EQ(ask("node-1", {"PING"}), "PONG");
    EXPECT_THAT(ask("node-2", {"PING"}), HasSubstr("refused"));
    heal();
    play(BlackHoleConnects{.from = {"clients"}, .to = {"node-3"}});
    EXPECT_THAT(ask("node-3", {"PING"}), HasSubstr("timed out"));
}

TEST_F(FaultEffects, AFlappingLinkIsDownAndUpInTurn) {
    ask("node-1", {"PING"});
    play(Flap{.from = {"clients"}, .to = {"node-1"}, .down = 1s, .up = 2s, .duration = 7s}, 100ms);
    EXPECT_GE(time_of("node-1", {"PING"}), 850ms);  // down until 1 s
    world_.run_for(1s);
    EXPECT_LT(time_of("node-1", {"PING"}), 1ms);  // up until 3 s
    world_.run_for(1100ms);
    EXPECT_GE(time_of("node-1", {"PING"}), 700ms);  // down until 4 s
    world_.run_for(3500ms);
    EXPECT_EQ(player_.report(0).state, FaultState::ended);
    EXPECT_LT(time_of("node-1", {"PING"}), 1ms);
}

TEST_F(FaultEffects, ASwizzleCutsAllLinksInTurnAndMendsThem) {
    for (auto const* node : {"node-1", "node-2", "node-3"}) {
        ask(node, {"PING"});
    }
    play(Swizzle{.hosts = {"node-1", "node-2", "node-3", "clients"}, .over = 3s, .hold = 2s}, 3s);
    auto const time = time_of("node-1", {"PING"});
    EXPECT_GE(time, 1s);
    EXPECT_LE(time, 5s);
    world_.run_for(8s);
    EXPECT_EQ(player_.report(0).state, FaultState::ended);
    for (auto const* node : {"node-1", "node-2", "node-3"}) {
        EXPECT_LT(time_of(node, {"PING"}), 1ms);
    }
}

TEST_F(FaultEffects, AForgedReplyIsThatOfTheNthCommandThatMatches) {
    play(ForgeReply{.node = "node-1", .command = "incr {3}*", .nth = 2, .error = "LOADING soon"});
    EXPECT_EQ(ask("node-1", {"INCR", "{3}"}), "1");
    EXPECT_THAT(ask("node-1", {"INCR", "{3}"}), HasSubstr("LOADING soon"));
    EXPECT_EQ(ask("node-1", {"INCR", "{3}"}), "2") << "it was not executed";
    heal();
    play(ForgeReply{.command = "INCR", .reply = ":77\r\n", .execute = true});
    EXPECT_EQ(ask("node-1", {"INCR", "{3}"}), "77");
    EXPECT_EQ(ask("node-1", {"INCR", "{3}"}), "4");
    play(ForgeReply{.from = {"clients"}, .command = "INCR", .close = true});
    EXPECT_THAT(ask("node-1", {"INCR", "{3}"}), HasSubstr("End of file"));
    EXPECT_EQ(ask("node-1", {"INCR", "{3}"}), "5");
    EXPECT_EQ(world_.misled_requests().size(), 3u);
}

TEST_F(FaultEffects, APushComesUnaskedAndPutsRepliesOutOfStepUnlessItIsAPush) {
    ask("node-1", {"HELLO", "3"});
    play(Push{.node = "node-1", .to = {"clients"}, .bytes = ">2\r\n+invalidate\r\n_\r\n"});
    EXPECT_TRUE(world_.misled_requests().empty());
    ask("node-1", {"PING"});
    EXPECT_TRUE(world_.misled_requests().empty());
    play(Push{.node = "node-1", .to = {"clients"}, .bytes = "+surprise\r\n"});
    ask("node-1", {"PING"});
    EXPECT_EQ(world_.misled_requests().size(), 1u);
}

TEST_F(FaultEffects, AForgottenNodeIsUnknownUntilItIsIntroducedAgain) {
    std::string const id = cluster_[3].id();
    play(Forget{.node = "node-4", .rejoin_after = 20s}, 5s);
    EXPECT_THAT(ask("node-2", {"CLUSTER", "NODES"}), Not(HasSubstr(id)));
    EXPECT_EQ(player_.report(0).result, "5 of 5 nodes forgot node-4");
    world_.run_for(30s);
    EXPECT_EQ(player_.report(0).state, FaultState::ended);
    EXPECT_THAT(ask("node-2", {"CLUSTER", "NODES"}), HasSubstr(id));
}

TEST_F(FaultEffects, AHardResetMakesItAnotherNodeWhichJoinsAgainAsReplica) {
    std::string const id = cluster_[3].id();
    play(ResetNode{.node = "node-4", .hard = true}, 2s);
    EXPECT_NE(cluster_[3].id(), id);
    EXPECT_THAT(ask("node-4", {"CLUSTER", "INFO"}), HasSubstr("cluster_known_nodes:1"));
    heal();
    world_.run_for(5s);
    EXPECT_THAT(ask("node-4", {"CLUSTER", "INFO"}), HasSubstr("cluster_known_nodes:6"));
    EXPECT_THAT(ask("node-4", {"ROLE"}), HasSubstr("10.0.0.1"));
}

TEST_F(FaultEffects, AMasterWithKeysRefusesAReset) {
    ask("node-1", {"SET", "{3}", "v"});
    FaultReport const& report = play(ResetNode{.node = "node-1"}, 1s);
    EXPECT_EQ(report.state, FaultState::failed);
    EXPECT_THAT(report.result, HasSubstr("can't be called with master nodes containing keys"));
}

TEST_F(FaultEffects, TwoClustersThatMeetAreOne) {
    world_.add_cluster({.masters = 1, .node_timeout = 2s});
    play(Meet{.node = "node-1", .with = "node-7"}, 10s);
    EXPECT_THAT(ask("node-3", {"CLUSTER", "INFO"}), HasSubstr("cluster_known_nodes:7"));
    EXPECT_THAT(ask("node-7", {"CLUSTER", "INFO"}), HasSubstr("cluster_known_nodes:7"));
}

TEST_F(FaultEffects, AParameterIsSetForATime) {
    std::string const former = ask("node-1", {"CONFIG", "GET", "cluster-require-full-coverage"});
    play(ConfigSet{.node = "node-1",
                   .parameter = "cluster-require-full-coverage",
                   .value = "no",
                   .duration = 2s},
         1s);
    EXPECT_NE(ask("node-1", {"CONFIG", "GET", "cluster-require-full-coverage"}), former);
    world_.run_for(2s);
    EXPECT_EQ(ask("node-1", {"CONFIG", "GET", "cluster-require-full-coverage"}), former);
    EXPECT_THAT(play(ConfigSet{.node = "node-1", .parameter = "nonsense", .value = "1"}, 1s).result,
                HasSubstr("node-1 says ERR"));
}

// ---- triggers

TEST_F(FaultEffects, ACommandThatIsReceivedSetsOffBeforeItIsExecuted) {
    ask("node-1", {"SET", "{3}", "0"});
    when({.received = "INCR", .node = "node-1", .nth = 2},
         Crash{.node = "that node", .restart_after = 100ms});
    EXPECT_EQ(ask("node-1", {"INCR", "{3}"}), "1");
    EXPECT_THAT(ask("node-1", {"INCR", "{3}"}), HasSubstr("reset"));
    world_.run_for(6s);
    EXPECT_THAT(ask("node-1", {"GET", "{3}"}), HasSubstr("1"));
    EXPECT_EQ(player_.report(0).state, FaultState::ended);
}

TEST_F(FaultEffects, ACommandThatIsAnsweredSetsOffAfterwards) {
    when({.answered = "INCR", .from = "clients"},
         ForgeReply{.node = "that node", .from = {"that client"}, .error = "BUSY"});
    EXPECT_EQ(ask("node-1", {"INCR", "{3}"}), "1");
    EXPECT_THAT(ask("node-1", {"INCR", "{3}"}), HasSubstr("BUSY"));
}

TEST_F(FaultEffects, TheForgeryThatARequestSetsOffIsItsOwnAnswer) {
    when({.after = "ASKING"}, ForgeReply{.node = "that node", .error = "TRYAGAIN later"});
    EXPECT_EQ(ask("node-1", {"ASKING"}), "OK");
    EXPECT_THAT(ask("node-1", {"GET", "{3}"}), HasSubstr("TRYAGAIN later"));
    EXPECT_EQ(ask("node-1", {"GET", "{3}"}), "(null)");
}

TEST_F(FaultEffects, TheNthConnectionSetsOff) {
    FaultReport const& report = when({.connected = true, .node = "node-2", .nth = 2},
                                     Pause{.node = "that node", .duration = 1s});
    ask("node-2", {"PING"});
    ask("node-1", {"PING"});
    EXPECT_EQ(report.state, FaultState::waiting);
    sessions_.clear();
    EXPECT_GE(time_of("node-2", {"PING"}), 1s);
}

TEST_F(FaultEffects, AChangeOfRoleOrStateSetsOff) {
    when({.becomes = NodeState::master, .node = "node-4"}, Crash{.node = "that node"});
    when({.becomes = NodeState::fail, .delay = 100ms}, Restart{.node = "node-1"});
    play(Crash{.node = "node-1"}, 20s);
    EXPECT_EQ(player_.report(0).result, "node-4 is down");
    EXPECT_EQ(player_.report(1).result, "node-1 is up again");
}

TEST_F(FaultEffects, AStepOfAMigrationAndTheEndOfAFaultSetOff) {
    when({.step = MigrationStep::node_target}, Pause{.node = "that node", .duration = 1s});
    when({.ended = "pause"}, Failover{.node = "replica of node-3"});
    play(Migrate{.slots = {{slot, slot}}, .to = "node-2"}, 500ms);
    EXPECT_EQ(player_.report(0).result, "node-2 is paused");
    world_.run_for(10s);
    EXPECT_EQ(player_.report(1).state, FaultState::ended) << player_.report(1).result;
    EXPECT_EQ(cluster_.owner_of_slot(slot).name(), "node-2");
    EXPECT_EQ(cluster_.owner_of_slot(16000).name(), "node-6");
}

TEST_F(FaultEffects, WhatIsDisarmedNeverStrikes) {
    when({.received = "GET"}, Crash{.node = "that node"});
    heal();
    EXPECT_EQ(player_.report(0).state, FaultState::waiting) << "heal is for what is at work";
    player_.disarm();
    EXPECT_EQ(ask("node-1", {"GET", "{3}"}), "(null)");
    EXPECT_EQ(player_.report(0).result, "never set off");
}

// ---- migrations that stop at a step

struct AtStep : FaultEffects, testing::WithParamInterface<MigrationStep> {};

TEST_P(AtStep, AMigrationStallsThereAndGoesOn) {
    ask("node-1", {"SET", "{3}", "v"});
    play(Migrate{.slots = {{slot, slot}}, .to = "node-2", .stall_at = GetParam()}, 5s);
    EXPECT_EQ(player_.report(0).state, FaultState::active);
    heal();
    EXPECT_EQ(player_.report(0).result, "moved 1 slots, 1 keys");
    EXPECT_EQ(cluster_.owner_of_slot(slot).name(), "node-2");
}

TEST_P(AtStep, AMigrationIsAbortedThereForGood) {
    ask("node-1", {"SET", "{3}", "v"});
    play(Migrate{.slots = {{slot, slot}}, .to = "node-2", .abort_at = GetParam()}, 5s);
    heal();
    FaultReport const& report = player_.report(0);
    EXPECT_EQ(report.state, FaultState::ended);
    MigrationStep const step = GetParam();
    bool const keys_moved = step > MigrationStep::keys;
    bool const has_new_owner = step > MigrationStep::node_target;
    EXPECT_EQ(report.result,
              std::string("aborted, moved 0 slots, ") + (keys_moved ? "1" : "0") + " keys");
    EXPECT_EQ(cluster_.owner_of_slot(slot).name(), has_new_owner ? "node-2" : "node-1");
    std::string const target = ask("node-2", {"CLUSTER", "NODES"});
    bool const importing = step > MigrationStep::importing && !has_new_owner;
    EXPECT_EQ(target.find("[1584-<-") != std::string::npos, importing) << target;
    std::string const source = ask("node-1", {"CLUSTER", "NODES"});
    bool const migrating = step > MigrationStep::migrating && step < MigrationStep::node_others;
    EXPECT_EQ(source.find("[1584->-") != std::string::npos, migrating) << source;
}

std::string name_of_step(testing::TestParamInfo<MigrationStep> const& step) {
    constexpr char const* names[] = {"importing",   "migrating",   "keys",
                                     "node_target", "node_source", "node_others"};
    return names[static_cast<std::size_t>(step.param)];
}

INSTANTIATE_TEST_SUITE_P(Steps, AtStep,
                         testing::Values(MigrationStep::importing, MigrationStep::migrating,
                                         MigrationStep::keys, MigrationStep::node_target,
                                         MigrationStep::node_source, MigrationStep::node_others),
                         name_of_step);

}  // namespace
}  // namespace keyslot::sim
