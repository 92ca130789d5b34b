#include "client/tests/routing/subscriber_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace keyslot::routing {
namespace {

using namespace std::chrono_literals;
using Kind = PubSubMessage::Kind;

std::vector<std::string> told(SubscriberWorld const& world) {
    std::vector<std::string> all;
    for (PubSubMessage const& message : world.delivered) {
        all.push_back(std::string(to_string(message.kind)) + " " + message.channel +
                      (message.payload.empty() ? "" : " ") + message.payload);
    }
    return all;
}

/// Nothing is published without somebody to hear it; the numbers go on.
SubscriberWorld settled(int protocol = 3) {
    SubscriberWorld world;
    world.protocol = protocol;
    world.want(shard_s);
    world.want(channel_c);
    world.settle();
    return world;
}

// client-bugs 79
TEST(SubscriberMachine, follows_the_moved_of_a_slot_that_left_and_marks_the_gap) {
    SubscriberWorld world = settled();
    world.publish(shard_s);
    world.flip_owner();
    world.publish(shard_s);
    world.settle();
    world.publish(shard_s);
    world.settle();
    world.receive();
    EXPECT_THAT(told(world), testing::ElementsAre("subscribed s", "subscribed c", "smessage s 1",
                                                  "gap s", "smessage s 3"));
    world.expect_as_wanted();
}

// A channel and a shard channel of one name are two things.
TEST(SubscriberMachine, says_of_notices_whether_they_are_of_a_shard_channel) {
    SubscriberWorld world = settled();
    world.flip_owner();
    world.settle();
    world.receive();
    for (PubSubMessage const& message : world.delivered) {
        EXPECT_EQ(message.shard, message.channel == "s") << to_string(message.kind);
    }
    EXPECT_EQ(world.delivered.size(), 3u);
}

// client-bugs 80: in one command only what has one slot in common.
TEST(SubscriberMachine, says_one_ssubscribe_for_each_slot) {
    SubscriberWorld world;
    std::vector<SubscriptionId> ids;
    for (auto const* name : {"{a}1", "{b}1", "{a}2", "{b}2"}) {
        ids.push_back({SubscriptionId::Kind::shard_channel, name});
    }
    world.step(SubscriberMachine::Want{ids});
    world.connect();
    auto const& commands = world.links.begin()->second.commands;
    std::vector<SubscriberWorld::Words> said;
    for (auto const& words : commands) {
        if (words[0] == "SSUBSCRIBE") {
            said.push_back(words);
        }
    }
    EXPECT_THAT(said,
                testing::UnorderedElementsAre(testing::ElementsAre("SSUBSCRIBE", "{a}1", "{a}2"),
                                              testing::ElementsAre("SSUBSCRIBE", "{b}1", "{b}2")));
}

// client-bugs 83: the notice and then an error for the same SUNSUBSCRIBE; both are that command's.
TEST(SubscriberMachine, takes_an_error_for_the_command_before_the_ping_it_came_with) {
    SubscriberWorld world = settled();
    world.unwant(shard_s);
    world.flip_owner();  // the notice comes first, and MOVED answers the command
    SubscriptionId const more{SubscriptionId::Kind::channel, "more"};
    world.want(more);
    world.settle();
    while (world.execute() || world.receive()) {}
    EXPECT_THAT(world.left, testing::ElementsAre(shard_s));
    EXPECT_TRUE(world.machine.is_settled(more));
    EXPECT_TRUE(world.machine.is_settled(channel_c));
}

TEST(SubscriberMachine, closes_a_connection_with_an_error_that_no_command_explains) {
    SubscriberWorld world = settled();
    auto const home = world.links.begin()->first;
    world.receive(home, "-ERR what\r\n");
    EXPECT_FALSE(world.links.contains(home));
    world.settle();
    world.expect_as_wanted();
}

TEST(SubscriberMachine, gives_a_subscription_up_that_the_server_refuses_and_no_other) {
    SubscriberWorld world;
    SubscriptionId const bad{SubscriptionId::Kind::channel, "bad"};
    world.step(SubscriberMachine::Want{{channel_c, bad}});
    world.wanted = {channel_c, bad};
    world.connect();
    // Both are in one command, which an ACL refuses as a whole; then each stands alone.
    auto& link = world.links.begin()->second;
    auto const number = world.links.begin()->first;
    ASSERT_EQ(link.commands.front().size(), 3u);
    for (int i = 0; i < 10 && !link.commands.empty(); ++i) {
        auto words = link.commands.front();
        if (std::find(words.begin(), words.end(), "bad") != words.end()) {
            link.commands.pop_front();
            world.receive(number,
                          "-NOPERM this user has no permissions to access one of the "
                          "channels used as arguments\r\n");
        } else {
            world.execute();
            while (world.receive()) {}
        }
    }
    EXPECT_THAT(world.refused, testing::ElementsAre(bad));
    EXPECT_TRUE(world.machine.is_settled(channel_c));
    EXPECT_FALSE(world.machine.wants(bad));
}

// client-bugs 48, 49
TEST(SubscriberMachine, gives_up_a_connection_that_does_not_answer_a_ping) {
    SubscriberWorld world = settled();
    std::size_t const before = world.links.size();
    auto const first = world.links.begin()->first;
    Instant const begin = world.now;
    world.wake();  // PING
    EXPECT_EQ(world.links.size(), before);
    EXPECT_EQ(world.now - begin, 1s);
    world.wake();
    EXPECT_EQ(world.now - begin, 2s);
    EXPECT_FALSE(world.links.contains(first));
    world.settle();
    world.expect_as_wanted();
}

TEST(SubscriberMachine, pauses_longer_and_longer_while_a_node_cannot_be_reached) {
    SubscriberWorld world;
    world.want(shard_s);
    std::vector<Duration> pauses;
    for (int i = 0; i < 12; ++i) {
        ASSERT_TRUE(world.end_first());
        Instant const before = world.now;
        world.wake();
        pauses.push_back(world.now - before);
    }
    EXPECT_LE(pauses[0], 10ms);
    EXPECT_GE(pauses[0], 5ms);
    EXPECT_GE(pauses[11], 500ms);
    EXPECT_LE(pauses[11], 1s);
}

TEST(SubscriberMachine, tries_a_slot_that_nobody_serves_again_and_asks_for_a_map) {
    SubscriberWorld world;
    world.slots_served = false;
    world.want(shard_s);
    for (int i = 0; i < 400 && world.refreshes < 5; ++i) {
        world.connect() || world.execute() || world.receive() || (world.wake(), true);
    }
    EXPECT_GE(world.refreshes, 5);
    world.slots_served = true;
    world.settle();
    world.expect_as_wanted();
}

TEST(SubscriberMachine, leaves_the_other_subscriptions_alone_when_a_node_joins) {
    topology::SlotMap two = map_with_owner(false);
    SubscriberMachine machine;
    std::vector<SubscriptionId> ids;
    for (int i = 0; i < 100; ++i) {
        ids.push_back({SubscriptionId::Kind::channel, "c" + std::to_string(i)});
    }
    std::vector<SubscriberMachine::Action> actions;
    machine.step(SubscriberMachine::Want{ids}, {}, 1, two, actions);
    EXPECT_EQ(actions.size(), 2u) << "spread over two primaries";
    topology::SlotMap three = two;
    three.patch(5, {"10.0.0.3", 7002});
    actions.clear();
    machine.step(SubscriberMachine::TopologyChanged{}, {}, 1, three, actions);
    EXPECT_TRUE(actions.empty());
}

TEST(SubscriberMachine, hears_keyspace_events_where_slots_are_and_nowhere_else) {
    topology::SlotMap map = map_with_owner(false);
    SubscriberMachine machine;
    SubscriptionId const events{SubscriptionId::Kind::keyspace, "__keyspace@0__:*"};
    std::vector<SubscriberMachine::Action> actions;
    machine.step(SubscriberMachine::Want{{events}}, {}, 1, map, actions);
    ASSERT_EQ(actions.size(), 1u) << "a primary without slots may be a replica by now";
    EXPECT_EQ(std::get<SubscriberMachine::Open>(actions[0]).to, server_a);
    map.patch(5, server_b);
    actions.clear();
    machine.step(SubscriberMachine::TopologyChanged{}, {}, 1, map, actions);
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(std::get<SubscriberMachine::Open>(actions[0]).to, server_b);
}

// Every sequence of what can happen, up to a small depth.
constexpr int choices = 10;

void play(SubscriberWorld& world, int choice) {
    switch (choice) {
        case 0: world.wanted.contains(shard_s) ? world.unwant(shard_s) : world.want(shard_s); break;
        case 1:
            world.wanted.contains(channel_c) ? world.unwant(channel_c) : world.want(channel_c);
            break;
        case 2: world.connect(); break;
        case 3: world.end_first(); break;
        case 4: world.execute(); break;
        case 5: world.receive(); break;
        case 6: world.flip_owner(); break;
        case 7: world.learn_map(); break;
        case 8:
            world.publish(shard_s);
            world.publish(channel_c);
            break;
        default: world.wake(); break;
    }
}

void explore(SubscriberWorld const& from, int depth, std::string const& path) {
    for (int choice = 0; choice < choices; ++choice) {
        SubscriberWorld world = from;
        play(world, choice);
        std::string const here = path + std::to_string(choice);
        if (depth > 1) {
            explore(world, depth - 1, here);
        } else {
            world.settle();
            while (world.execute() || world.receive()) {}
            world.expect_as_wanted();
        }
        if (testing::Test::HasFailure()) {
            FAIL() << "after " << here;
        }
    }
}

TEST(SubscriberMachine, settles_after_everything_that_can_happen_from_the_start) {
    explore(SubscriberWorld{}, 4, "");
}

TEST(SubscriberMachine, settles_after_everything_that_can_happen_once_subscribed) {
    for (int const protocol : {2, 3}) {
        explore(settled(protocol), 4, "settled, RESP" + std::to_string(protocol) + ", ");
    }
}

TEST(SubscriberMachine, settles_after_long_walks) {
    std::uint64_t random = 42;
    for (int walk = 0; walk < 300; ++walk) {
        SubscriberWorld world;
        world.protocol = walk % 2 == 0 ? 2 : 3;
        std::string path;
        for (int i = 0; i < 80; ++i) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            int const choice = static_cast<int>((random >> 33) % choices);
            path += std::to_string(choice);
            play(world, choice);
        }
        world.settle();
        while (world.execute() || world.receive()) {}
        world.expect_as_wanted();
        ASSERT_FALSE(testing::Test::HasFailure()) << "after " << path;
    }
}

}  // namespace
}  // namespace keyslot::routing
