// Subscribers on the simulator: what they receive while nodes die and slots move.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/pubsub.hpp>
#include <keyslot/redis_cluster.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Kind = PubSubMessage::Kind;

asio::awaitable<void> publish(AsyncRedisCluster& redis, std::string_view channel,
                              std::string_view payload) {
    co_await redis.with({.timeout = 20s}).execute(args("PUBLISH", channel, payload));
}
asio::awaitable<void> spublish(AsyncRedisCluster& redis, std::string_view channel,
                               std::string_view payload) {
    co_await redis.with({.timeout = 20s}).execute(args("SPUBLISH", channel, payload));
}

/// Everything that comes until nothing has for `quiet`, in words.
asio::awaitable<std::vector<std::string>> drain(AsyncPubSub& subscriber,
                                                std::chrono::milliseconds quiet = 50ms) {
    std::vector<std::string> seen;
    while (auto message = co_await subscriber.get_message(quiet)) {
        std::string text(to_string(message->kind));
        for (std::string const* part : {&message->pattern, &message->channel, &message->payload}) {
            text += part->empty() ? "" : " " + *part;
        }
        seen.push_back(std::move(text));
    }
    co_return seen;
}

class Subscriptions : public testing::TestWithParam<int> {
protected:
    ClusterOptions options(ClusterOptions with = {}) const {
        with.protocol = GetParam();
        return with;
    }
};
INSTANTIATE_TEST_SUITE_P(Resp, Subscriptions, testing::Values(2, 3));

TEST_P(Subscriptions, each_message_comes_once_for_each_subscription_it_matches) {
    Setting setting({}, options());
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber = setting.redis.pubsub();
        std::vector<std::string> channels;
        for (int i = 0; i < 30; ++i) {
            channels.push_back("c" + std::to_string(i));
        }
        co_await subscriber.subscribe(channels);
        co_await subscriber.psubscribe(args("c1*", "*9"));
        co_await subscriber.ssubscribe(channels);  // shard channels are another space of names
        for (std::string const& channel : channels) {
            co_await publish(setting.redis, channel, "p");
            co_await spublish(setting.redis, channel, "s");
        }
        std::vector<std::string> expected;
        for (std::string const& channel : channels) {
            expected.push_back("message " + channel + " p");
            expected.push_back("smessage " + channel + " s");
            if (channel.starts_with("c1")) {
                expected.push_back("pmessage c1* " + channel + " p");
            }
            if (channel.ends_with("9")) {
                expected.push_back("pmessage *9 " + channel + " p");
            }
        }
        EXPECT_THAT(co_await drain(subscriber), testing::UnorderedElementsAreArray(expected));
    });
}

TEST_P(Subscriptions, what_is_given_up_sends_nothing_more_and_the_rest_goes_on) {
    Setting setting({}, options());
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber = setting.redis.pubsub({.ignore_subscribe_messages = false});
        co_await subscriber.subscribe(args("a", "b"));
        co_await subscriber.subscribe("a");  // at once: it is live
        co_await subscriber.unsubscribe("a");
        co_await subscriber.unsubscribe("never");
        co_await publish(setting.redis, "a", "1");
        co_await publish(setting.redis, "b", "2");
        EXPECT_THAT(co_await drain(subscriber),
                    testing::UnorderedElementsAre("subscribed a", "subscribed b", "unsubscribed a",
                                                  "message b 2"));
        co_await subscriber.subscribe("a");
        co_await publish(setting.redis, "a", "3");
        EXPECT_THAT(co_await drain(subscriber),
                    testing::ElementsAre("subscribed a", "message a 3"));
    });
}

// client-bugs 78: the node that holds the subscription dies, and another one takes its place; nothing but
// the subscriber itself notices that (client-bugs 37).
TEST_P(Subscriptions, move_away_from_a_node_that_dies_and_say_that_messages_may_be_missing) {
    for (auto const style : {sim::CrashStyle::process, sim::CrashStyle::power}) {
        Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s}, options());
        setting.run([&]() -> asio::awaitable<void> {
            AsyncPubSub subscriber = setting.redis.pubsub();
            co_await subscriber.subscribe("news");
            co_await subscriber.psubscribe("new*");
            co_await subscriber.ssubscribe("user:1");
            co_await publish(setting.redis, "news", "1");
            co_await spublish(setting.redis, "user:1", "1");
            std::string home;
            for (int i = 0; i < 3; ++i) {
                PubSubMessage const message = co_await subscriber.next();
                home = message.kind == Kind::message ? message.node : home;
            }
            for (sim::Member& node : setting.cluster.nodes()) {
                if (node.address().address + ":" + std::to_string(node.address().port) == home) {
                    node.crash(style);
                }
            }
            co_await setting.world.sleep(20s);
            setting.cluster.owner_of("user:1").crash(style);
            co_await setting.world.sleep(20s);
            auto const after = co_await drain(subscriber);
            EXPECT_THAT(after, testing::IsSupersetOf({"gap news", "gap user:1"}));
            co_await publish(setting.redis, "news", "2");
            co_await spublish(setting.redis, "user:1", "2");
            EXPECT_THAT(co_await drain(subscriber),
                        testing::UnorderedElementsAre("message news 2", "pmessage new* news 2",
                                                      "smessage user:1 2"));
        });
    }
}

// client-bugs 78, the other half: the node lives, but the cluster has it no more.
TEST_P(Subscriptions, move_away_from_a_node_that_leaves_the_cluster) {
    Setting setting({.masters = 4}, options({.refresh_period = 1s}));
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber = setting.redis.pubsub();
        co_await subscriber.subscribe("news");
        co_await publish(setting.redis, "news", "1");
        std::string const home = (co_await subscriber.next()).node;
        std::vector<ClusterNode> const primaries = setting.redis.get_primaries();
        auto const gone = *std::find_if(primaries.begin(), primaries.end(),
                                        [&](auto const& node) { return node.name() == home; });
        for (sim::Member& node : setting.cluster.nodes()) {
            if (node.id() == gone.id) {
                auto& to = &node == &setting.cluster[0] ? setting.cluster[1] : setting.cluster[0];
                sim::Migrate all{.slots = {}, .to = to.name()};
                for (std::uint16_t slot = 0; slot < 16384; ++slot) {
                    if (&setting.cluster.owner_of_slot(slot) == &node) {
                        if (!all.slots.empty() && all.slots.back().last + 1 == slot) {
                            all.slots.back().last = slot;
                        } else {
                            all.slots.push_back({slot, slot});
                        }
                    }
                }
                setting.faults.start(std::move(all));
                co_await setting.world.sleep(20s);
            }
        }
        for (ClusterNode const& node : primaries) {
            if (node.id != gone.id) {
                co_await setting.redis.on(node).execute(args("CLUSTER", "FORGET", gone.id));
            }
        }
        co_await setting.world.sleep(5s);
        for (ClusterNode const& node : setting.redis.get_primaries()) {
            EXPECT_NE(node.id, gone.id);
            if (node.id != gone.id) {
                co_await setting.redis.on(node).execute(args("PUBLISH", "news", "2"));
            }
        }
        EXPECT_THAT(
            co_await drain(subscriber),
            testing::ElementsAre("gap news", "message news 2", "message news 2", "message news 2"));
    });
}

// client-bugs 78, once more: we reach the node, but the others do not, and nothing published gets there.
TEST_P(Subscriptions, move_away_from_a_node_that_the_others_cannot_reach) {
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 1s},
                    options({.refresh_period = 1s}));
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber = setting.redis.pubsub();
        co_await subscriber.subscribe("news");
        co_await publish(setting.redis, "news", "1");
        std::string const home = (co_await subscriber.next()).node;
        std::vector<std::string> cut, rest;
        for (sim::Member& node : setting.cluster.nodes()) {
            bool const is_home =
                node.address().address + ":" + std::to_string(node.address().port) == home;
            (is_home ? cut : rest).push_back(node.name());
        }
        auto const partition = setting.world.partition(cut, rest);
        co_await setting.world.sleep(15s);
        for (ClusterNode const& node : setting.redis.get_primaries()) {
            if (node.name() != home) {
                co_await setting.redis.on(node).execute(args("PUBLISH", "news", "2"));
                break;
            }
        }
        EXPECT_THAT(co_await drain(subscriber), testing::ElementsAre("gap news", "message news 2"));
    });
}

// client-bugs 79: the old owner says sunsubscribe, unasked, and both nodes stay up.
TEST_P(Subscriptions, follow_a_slot_that_moves) {
    Setting setting({}, options());
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber = setting.redis.pubsub();
        co_await subscriber.ssubscribe(args("user:1", "{user:1}b", "stays"));
        co_await spublish(setting.redis, "user:1", "1");
        setting.move_slot_of("user:1", setting.other_master("user:1"));
        co_await setting.world.sleep(5s);
        co_await spublish(setting.redis, "user:1", "2");
        co_await spublish(setting.redis, "{user:1}b", "3");
        co_await spublish(setting.redis, "stays", "4");
        EXPECT_THAT(co_await drain(subscriber),
                    testing::UnorderedElementsAre("smessage user:1 1", "gap user:1",
                                                  "gap {user:1}b", "smessage user:1 2",
                                                  "smessage {user:1}b 3", "smessage stays 4"));
    });
}

// client-bugs 79, back and forth: wherever the slot is in the end, its messages come, once.
TEST_P(Subscriptions, follow_a_slot_that_moves_back_and_forth) {
    Setting setting({}, options());
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber = setting.redis.pubsub();
        co_await subscriber.ssubscribe("user:1");
        for (int i = 0; i < 6; ++i) {
            setting.move_slot_of("user:1", setting.other_master("user:1"));
            co_await setting.world.sleep(3s);
            co_await spublish(setting.redis, "user:1", std::to_string(i));
            EXPECT_THAT(co_await drain(subscriber),
                        testing::ElementsAre("gap user:1", "smessage user:1 " + std::to_string(i)));
        }
    });
}

// client-bugs 80: after the connections broke, one SSUBSCRIBE for each slot.
TEST_P(Subscriptions, of_many_slots_are_restored_after_a_reset) {
    Setting setting({}, options());
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber = setting.redis.pubsub();
        std::vector<std::string> channels;
        for (int i = 0; i < 60; ++i) {
            channels.push_back("s" + std::to_string(i));
        }
        co_await subscriber.ssubscribe(channels);
        setting.world.reset_streams({"app"}, {});
        co_await setting.world.sleep(2s);
        for (std::string const& channel : channels) {
            co_await spublish(setting.redis, channel, "x");
        }
        auto const seen = co_await drain(subscriber);
        for (std::string const& channel : channels) {
            EXPECT_EQ(std::count(seen.begin(), seen.end(), "gap " + channel), 1);
            EXPECT_EQ(std::count(seen.begin(), seen.end(), "smessage " + channel + " x"), 1);
        }
    });
}

// client-bugs 81: the map is behind, and SSUBSCRIBE is answered with MOVED.
TEST_P(Subscriptions, to_a_slot_that_has_moved_follow_the_redirection) {
    Setting setting({}, options());
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("other", "x");  // has the map fetched
        setting.move_slot_of("user:1", setting.other_master("user:1"));
        co_await setting.world.sleep(3s);
        AsyncPubSub subscriber = setting.redis.pubsub();
        Instant const begin = setting.world.now();
        co_await subscriber.ssubscribe("user:1");
        EXPECT_LT(setting.world.now() - begin, 20ms);
        co_await spublish(setting.redis, "user:1", "1");
        EXPECT_THAT(co_await drain(subscriber), testing::ElementsAre("smessage user:1 1"));
    });
}

// client-bugs 83: the slot goes while SUNSUBSCRIBE is under way: a notice and an error for one command.
TEST_P(Subscriptions, survive_a_slot_that_is_deleted_while_they_unsubscribe) {
    Setting setting({.masters = 3, .require_full_coverage = false}, options());
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber = setting.redis.pubsub();
        std::string const slot = std::to_string(AsyncRedisCluster::keyslot("user:1"));
        co_await subscriber.ssubscribe(args("user:1", "stays"));
        ClusterNode const owner = *setting.redis.get_node_from_key("user:1");
        co_await setting.redis.on(owner).execute(args("PING"));
        setting.redis.on(owner).execute(args("CLUSTER", "DELSLOTS", slot),
                                        [](std::exception_ptr, Reply) {});
        co_await subscriber.sunsubscribe("user:1");
        co_await subscriber.ssubscribe("more");  // its answer is not taken for another's
        co_await spublish(setting.redis, "stays", "1");
        co_await spublish(setting.redis, "more", "2");
        EXPECT_THAT(co_await drain(subscriber),
                    testing::UnorderedElementsAre("smessage stays 1", "smessage more 2"));
    });
}

// client-bugs 48, 49: no byte comes, and no end of the connection either.
TEST_P(Subscriptions, leave_a_process_that_is_stopped_and_a_black_hole) {
    for (bool const stopped : {true, false}) {
        Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 60s}, options());
        setting.run([&]() -> asio::awaitable<void> {
            AsyncPubSub subscriber = setting.redis.pubsub();
            co_await subscriber.subscribe("news");
            co_await publish(setting.redis, "news", "1");
            std::string const home = (co_await subscriber.next()).node;
            for (sim::Member& node : setting.cluster.nodes()) {
                if (node.address().address + ":" + std::to_string(node.address().port) == home) {
                    stopped ? node.pause() : node.crash(sim::CrashStyle::power);
                }
            }
            Instant const begin = setting.world.now();
            PubSubMessage const gap = co_await subscriber.next();
            EXPECT_EQ(gap.kind, Kind::gap);
            EXPECT_NE(gap.node, home);
            EXPECT_LT(setting.world.now() - begin, 2500ms);
        });
    }
}

TEST_P(Subscriptions, to_keyspace_events_hear_every_primary_and_the_one_that_takes_over) {
    Setting setting({.masters = 3, .replicas_per_master = 1, .node_timeout = 2s}, options());
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        co_await redis.execute(args("PING"));
        for (ClusterNode const& node : redis.get_nodes()) {
            co_await redis.on(node).execute(args("CONFIG", "SET", "notify-keyspace-events", "KA"));
        }
        AsyncPubSub subscriber = redis.pubsub();
        co_await subscriber.keyspace_events("__keyspace@0__:k*");
        co_await subscriber.psubscribe("__keyspace@0__:*");  // an ordinary pattern: one node's only
        co_await subscriber.punsubscribe("__keyspace@0__:*");
        std::vector<std::string> expected;
        for (int i = 0; i < 20; ++i) {
            std::string const key = "k" + std::to_string(i);
            co_await redis.set(key, "x");
            expected.push_back("pmessage __keyspace@0__:k* __keyspace@0__:" + key + " set");
        }
        EXPECT_THAT(co_await drain(subscriber), testing::UnorderedElementsAreArray(expected));

        setting.cluster.owner_of("k1").crash();
        co_await setting.world.sleep(15s);
        EXPECT_THAT(co_await drain(subscriber), testing::Contains("gap __keyspace@0__:k*"));
        for (int i = 0; i < 20; ++i) {
            co_await redis.with({.timeout = 20s}).set("k" + std::to_string(i), "y");
        }
        EXPECT_THAT(co_await drain(subscriber), testing::UnorderedElementsAreArray(expected));
    });
}

TEST(Subscriber, that_nobody_reads_drops_the_oldest_messages_and_says_how_many) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber = setting.redis.pubsub({.queue_messages_max = 3});
        co_await subscriber.subscribe("c");
        for (int i = 0; i < 10; ++i) {
            co_await publish(setting.redis, "c", std::to_string(i));
        }
        co_await setting.world.sleep(10ms);
        PubSubMessage const gap = co_await subscriber.next();
        EXPECT_EQ(gap.kind, Kind::gap);
        EXPECT_EQ(gap.missed, 7u);
        EXPECT_THAT(co_await drain(subscriber),
                    testing::ElementsAre("message c 7", "message c 8", "message c 9"));
    });
}

TEST(Subscriber, that_is_to_disconnect_when_nobody_reads_gives_what_it_has_and_then_an_error) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber =
            setting.redis.pubsub({.queue_messages_max = 2, .overflow = PubSubOverflow::disconnect});
        co_await subscriber.subscribe("c");
        for (int i = 0; i < 4; ++i) {
            co_await publish(setting.redis, "c", std::to_string(i));
        }
        EXPECT_EQ((co_await subscriber.next()).payload, "0");
        EXPECT_EQ((co_await subscriber.next()).payload, "1");
        auto const end = co_await subscriber.next(as_result);
        EXPECT_EQ(end.error().code, ErrorCode::queue_full);
    });
}

TEST(Subscriber, waits_can_be_cancelled_time_out_and_lose_no_message) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber = setting.redis.pubsub();
        co_await subscriber.subscribe("c");
        EXPECT_EQ(co_await subscriber.get_message(0ms), std::nullopt);
        Instant const begin = setting.world.now();
        EXPECT_EQ(co_await subscriber.get_message(300ms), std::nullopt);
        EXPECT_EQ(setting.world.now() - begin, 300ms);
        asio::cancellation_signal signal;
        std::optional<ErrorCode> seen;
        subscriber.next(as_result(asio::bind_cancellation_slot(
            signal.slot(), [&](Result<PubSubMessage> result) { seen = result.error().code; })));
        signal.emit(asio::cancellation_type::terminal);
        co_await publish(setting.redis, "c", "1");
        EXPECT_EQ((co_await subscriber.next()).payload, "1");
        EXPECT_EQ(seen, ErrorCode::cancelled);
    });
}

TEST(Subscriber, a_subscription_that_cannot_be_made_in_time_is_named_and_made_later) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "x");
        AsyncPubSub subscriber = setting.redis.pubsub({.timeout = 500ms});
        sim::Member& owner = setting.cluster.owner_of("user:1");
        owner.pause();
        auto const late = co_await subscriber.ssubscribe("user:1", as_result);
        EXPECT_EQ(late.error().code, ErrorCode::timeout);
        EXPECT_THAT(late.error().message, HasSubstr("user:1"));
        owner.resume();
        co_await setting.world.sleep(5s);
        co_await spublish(setting.redis, "user:1", "1");
        EXPECT_THAT(co_await drain(subscriber), testing::ElementsAre("smessage user:1 1"));
    });
}

TEST(Subscriber, a_call_ends_at_once_when_what_it_subscribes_to_is_given_up) {
    Setting setting;
    setting.run([&]() -> asio::awaitable<void> {
        AsyncPubSub subscriber = setting.redis.pubsub();
        co_await subscriber.subscribe("c");
        setting.cluster.owner_of("s").pause();
        std::vector<ErrorCode> seen;
        std::vector<std::string> const both{"s", "{s}:2"};
        subscriber.ssubscribe(both, as_result([&](Result<bool> result) {
                                  seen.push_back(result ? ErrorCode{} : result.error().code);
                              }));
        co_await setting.world.sleep(10ms);
        EXPECT_TRUE(co_await subscriber.sunsubscribe("s"));
        co_await setting.world.sleep(1ms);
        EXPECT_THAT(seen, testing::ElementsAre(ErrorCode::cancelled));
        setting.cluster.owner_of("s").resume();
        co_await setting.world.sleep(5s);
        co_await spublish(setting.redis, "s", "1");
        co_await spublish(setting.redis, "{s}:2", "2");
        EXPECT_THAT(co_await drain(subscriber), testing::ElementsAre("smessage {s}:2 2"))
            << "the other one is wanted as before";
    });
}

TEST(Subscriber, closing_it_or_the_client_completes_whatever_waits) {
    for (bool const whole_client : {true, false}) {
        Setting setting;
        std::vector<ErrorCode> seen;
        setting.run([&]() -> asio::awaitable<void> {
            AsyncPubSub subscriber = setting.redis.pubsub();
            co_await subscriber.subscribe("c");
            subscriber.next(as_result(
                [&](Result<PubSubMessage> result) { seen.push_back(result.error().code); }));
            setting.cluster.owner_of("s").pause();
            subscriber.ssubscribe(
                "s", as_result([&](Result<bool> result) { seen.push_back(result.error().code); }));
            whole_client ? setting.redis.close() : subscriber.close();
            auto const late = co_await subscriber.subscribe("d", as_result);
            EXPECT_EQ(late.error().code, ErrorCode::closed);
        });
        EXPECT_THAT(seen, testing::ElementsAre(ErrorCode::closed, ErrorCode::closed));
    }
}

TEST(Subscriber, may_be_destroyed_with_everything_under_way) {
    Setting setting;
    int completed = 0;
    {
        AsyncPubSub subscriber = setting.redis.pubsub();
        subscriber.subscribe("c", [&](std::exception_ptr, bool) { ++completed; });
        subscriber.next([&](std::exception_ptr, PubSubMessage) { ++completed; });
        setting.world.run_for(150us);
    }
    setting.world.run_for(3s);
    EXPECT_EQ(completed, 2);
}

TEST(BlockingSubscriber, waits_for_messages_in_the_simulated_world) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster();
    RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    PubSub subscriber = redis.pubsub();
    subscriber.subscribe("c");
    subscriber.ssubscribe(std::vector<std::string>{"s", "t"});
    EXPECT_EQ(subscriber.get_message(20ms), std::nullopt);
    redis.execute({"PUBLISH", "c", "1"});
    redis.execute({"SPUBLISH", "s", "2"});
    EXPECT_EQ(subscriber.next().payload, "1");
    EXPECT_EQ(subscriber.next().payload, "2");
    subscriber.close();
    EXPECT_THROW(subscriber.next(), Error);
}

}  // namespace
}  // namespace keyslot
