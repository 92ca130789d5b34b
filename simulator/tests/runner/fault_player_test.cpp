#include <keyslot/sim/fault_player.hpp>

#include "simulator/faults/player/node_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace std::chrono_literals;
using testing::HasSubstr;

namespace keyslot::sim {
namespace {

// 20 keys in one slot of node-1, that of the hash tag "3".
class FaultPlayerTest : public testing::Test {
protected:
    static constexpr int keys = 20;
    static constexpr std::uint16_t slot = 1584;
    static ClusterSpec spec() {
        ClusterSpec spec;
        spec.masters = 3;
        spec.replicas_per_master = 1;
        spec.node_timeout = 2s;
        return spec;
    }

    FaultPlayerTest() {
        for (int i = 0; i < keys; ++i) {
            ask("node-1", {"SET", "{3}:" + std::to_string(i), "v"});
        }
    }

    Reply ask(std::string const& node, std::vector<std::string> words) {
        Reply reply;
        world_.run([&]() -> asio::awaitable<void> {
            NodeSession session{world_.host("test"), world_.node(node).address()};
            reply = co_await session.command(words);
        });
        return reply;
    }
    std::int64_t keys_on(std::string const& node) {
        return ask(node, {"CLUSTER", "COUNTKEYSINSLOT", std::to_string(slot)}).as_integer().value();
    }
    FaultReport const& play(FaultSpec spec, Duration time) {
        std::size_t const id = player_.start(std::move(spec));
        world_.run_for(time);
        return player_.report(id);
    }
    void heal() {
        world_.run([&] { return player_.heal(30s); });
    }

    World world_{Seed{1}};
    Cluster& cluster_ = world_.add_cluster(spec());
    FaultPlayer player_{world_, cluster_, {"test"}};
};

TEST_F(FaultPlayerTest, AMigrationStallsAfterExactlySoManyKeysAndHealCompletesIt) {
    Migrate const migrate{.slots = {{slot, slot}}, .to = "node-2", .stall_after_keys = 7};
    EXPECT_EQ(play(migrate, 10s).state, FaultState::active);
    EXPECT_EQ(keys_on("node-1"), keys - 7);
    EXPECT_EQ(keys_on("node-2"), 7);
    EXPECT_EQ(cluster_.owner_of_slot(slot).name(), "node-1");
    heal();
    EXPECT_EQ(player_.report(0).state, FaultState::ended);
    EXPECT_EQ(player_.report(0).result, "moved 1 slots, 20 keys");
    EXPECT_EQ(keys_on("node-1"), 0);
    EXPECT_EQ(keys_on("node-2"), keys);
    EXPECT_EQ(cluster_.owner_of_slot(slot).name(), "node-2");
}

TEST_F(FaultPlayerTest, AMigrationOutlivesACrashOfEitherSide) {
    Migrate const migrate{.slots = {{slot, slot}},
                          .to = "node-2",
                          .keys_per_step = 3,
                          .stall_after_keys = 7,
                          .resume_after = 1s};
    player_.start(migrate);
    play(Crash{.node = "node-1", .restart_after = 20s}, 500ms);
    play(Crash{.node = "node-2", .restart_after = 10s}, 40s);
    EXPECT_EQ(player_.report(0).state, FaultState::ended) << player_.report(0).result;
    std::string const owner = cluster_.owner_of_slot(slot).name();
    EXPECT_TRUE(owner == "node-2" || owner == "node-5") << owner;
    EXPECT_EQ(keys_on(owner), keys);
}

TEST_F(FaultPlayerTest, ReplicasAreFoundByWhoTheyFollow) {
    EXPECT_EQ(play(Crash{.node = "replica of owner of {3}"}, 1s).result, "node-4 is down");
    FaultReport const& second = play(Crash{.node = "replica of node-1"}, 1s);
    EXPECT_EQ(second.state, FaultState::failed);
    EXPECT_EQ(second.result, "node-1 has no replica that is up");
}

TEST_F(FaultPlayerTest, AHandOverMakesTheReplicaMaster) {
    FaultReport const& report = play(Failover{.node = "replica of node-1"}, 2s);
    EXPECT_EQ(report.state, FaultState::ended) << report.result;
    EXPECT_EQ(cluster_.owner_of("{3}").name(), "node-4");
    EXPECT_THAT(play(Failover{.node = "node-2"}, 2s).result, HasSubstr("node-2 says ERR"));
}

TEST_F(FaultPlayerTest, ACutHoldsWhatIsSentUntilItEnds) {
    play(Partition{.from = {"clients"}, .to = {"node-1"}, .duration = 2s}, 0s);
    Instant const before = world_.now();
    EXPECT_EQ(ask("node-1", {"PING"}).text(), "PONG");
    EXPECT_GE(world_.now() - before, 2s);
    EXPECT_EQ(player_.report(0).state, FaultState::ended);
}

TEST_F(FaultPlayerTest, DelayIsThatLongEachWay) {
    play(Delay{.from = {"clients"}, .to = {"node-1"}, .delay = 50ms}, 1ms);
    Instant const before = world_.now();
    ask("node-1", {"PING"});
    EXPECT_GE(world_.now() - before, 200ms);  // the handshake, and the call
    EXPECT_LT(world_.now() - before, 210ms);
}

TEST_F(FaultPlayerTest, PiecesOfOneByteAreAnsweredAllTheSame) {
    play(ByteByByte{.from = {"clients"}, .to = {"node-1"}}, 1ms);
    EXPECT_EQ(ask("node-1", {"ECHO", std::string(1000, 'x')}).text(), std::string(1000, 'x'));
}

TEST_F(FaultPlayerTest, AClientThatIsNotThereIsAFailureNotEveryHost) {
    FaultPlayer alone{world_, cluster_, {}};
    std::size_t const id = alone.start(Reset{.from = {"clients"}, .to = {"node-1"}});
    world_.run_for(1ms);
    EXPECT_EQ(alone.report(id).result, "there are no clients");
}

}  // namespace
}  // namespace keyslot::sim
