// Subscribers and the client-side cache against a real cluster of redis-server (scripts/real-cluster start):
// slots move, masters hand over, connections are killed, a process stops.
#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/pubsub.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <signal.h>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using Kind = PubSubMessage::Kind;

std::uint16_t real_port() {
    char const* const port = std::getenv("KEYSLOT_REAL_CLUSTER_PORT");
    return static_cast<std::uint16_t>(port != nullptr ? std::atoi(port) : 17000);
}

asio::awaitable<void> sleep(Duration time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

/// The process of that server, by the file that scripts/real-cluster had it write.
pid_t process_of(ClusterNode const& node) {
    char const* const directory = std::getenv("TMPDIR");
    std::ifstream file(std::string(directory != nullptr ? directory : "/tmp") +
                       "/keyslot-real-cluster-" + std::to_string(real_port()) + "/" +
                       std::to_string(node.port) + "/pid");
    pid_t process = 0;
    file >> process;
    return process;
}

struct RealSetting {
    asio::io_context context;
    AsyncRedisCluster redis;
    std::vector<std::string> channels;
    int round = 0;

    explicit RealSetting(int protocol, bool cached = false)
        : redis(context.get_executor(), options(protocol, cached)) {
        for (int i = 0; i < 20; ++i) {
            channels.push_back("real:" + std::to_string(i));
        }
    }
    static ClusterOptions options(int protocol, bool cached) {
        ClusterOptions options{.startup_nodes = {{"127.0.0.1", real_port()}},
                               .protocol = protocol,
                               .call_timeout = 20s};
        if (cached) {
            options.client_side_cache.emplace();
        }
        return options;
    }
    void run(asio::awaitable<void> main) {
        std::exception_ptr failed;
        bool done = false;
        asio::co_spawn(context, std::move(main), [&](std::exception_ptr error) {
            failed = error;
            done = true;
        });
        while (!done && context.run_one() > 0) {}
        redis.close();
        context.restart();
        context.run();
        if (failed) {
            std::rethrow_exception(failed);
        }
    }
    /// Everything published from some moment on arrives, once for each subscription. Real servers settle in
    /// their own time: a round that a hand-over still disturbs is followed by another.
    asio::awaitable<void> expect_all(AsyncPubSub& subscriber, std::string const& when) {
        std::string missed;
        for (int tries = 0; tries < 8; ++tries) {
            missed = co_await round_of_messages(subscriber);
            if (missed.empty()) {
                co_return;
            }
            co_await sleep(1s);
        }
        ADD_FAILURE() << when << ": " << missed;
    }
    /// What did not arrive exactly once.
    asio::awaitable<std::string> round_of_messages(AsyncPubSub& subscriber) {
        while (co_await subscriber.get_message(300ms)) {}
        std::string const payload = std::to_string(++round);
        for (std::string const& channel : channels) {
            co_await redis.execute(args("PUBLISH", channel, payload));
            co_await redis.execute(args("SPUBLISH", channel, payload));
            co_await redis.set(channel, payload);
        }
        std::string missed;
        std::map<std::string, int> seen;
        while (auto const message = co_await subscriber.get_message(500ms)) {
            if (message->kind == Kind::gap) {
                missed += "a late gap of " + message->channel + message->pattern + "; ";
            }
            if (message->kind == Kind::pmessage || message->payload == payload) {
                ++seen[std::string(to_string(message->kind)) + " " + message->pattern + " " +
                       message->channel];
            }
        }
        for (std::string const& channel : channels) {
            for (std::string const& expected :
                 {"message  " + channel, "smessage  " + channel, "pmessage real:* " + channel,
                  "pmessage __keyspace@0__:real:* __keyspace@0__:" + channel}) {
                if (seen[expected] != 1) {
                    missed += std::to_string(seen[expected]) + " times " + expected + "; ";
                }
            }
        }
        co_return missed;
    }
    /// One after the other: each needs the votes of masters that are not just handing over themselves.
    asio::awaitable<void> fail_over_every_shard() {
        for (ClusterNode const& node : redis.get_nodes()) {
            if (node.role != NodeRole::replica) {
                continue;
            }
            co_await redis.on(node).execute(args("CLUSTER", "FAILOVER"), as_result);
            for (int tries = 0; tries < 100; ++tries) {
                co_await sleep(100ms);
                auto const role = co_await redis.on(node).execute(args("ROLE"), as_result);
                if (role && (*role)[0].text() == "master") {
                    break;
                }
            }
            co_await sleep(500ms);  // the others hear of it
        }
        co_await sleep(2s);
    }
    void reshard() {
        std::string const target = redis.get_primaries()[static_cast<std::size_t>(round) % 3].id;
        std::string const command =
            "redis-cli --cluster reshard 127.0.0.1:" + std::to_string(real_port()) +
            " --cluster-from all --cluster-to " + target +
            " --cluster-slots 1500 --cluster-yes > /dev/null 2>&1";
        EXPECT_EQ(std::system(command.c_str()), 0);
    }
};

class RealPubSub : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Resp, RealPubSub, testing::Values(2, 3));

TEST_P(RealPubSub, follows_slots_that_move_masters_that_hand_over_and_a_process_that_stops) {
    RealSetting setting(GetParam());
    AsyncRedisCluster& redis = setting.redis;
    AsyncPubSub subscriber = redis.pubsub();
    setting.run([](RealSetting& all, AsyncRedisCluster& client,
                   AsyncPubSub& sub) -> asio::awaitable<void> {
        co_await client.execute(args("PING"));
        for (ClusterNode const& node : client.get_nodes()) {
            co_await client.on(node).execute(args("CONFIG", "SET", "notify-keyspace-events", "KA"));
        }
        co_await sub.subscribe(all.channels);
        co_await sub.psubscribe("real:*");
        co_await sub.ssubscribe(all.channels);
        co_await sub.keyspace_events("__keyspace@0__:real:*");
        co_await all.expect_all(sub, "at first");

        all.reshard();
        co_await sleep(1s);
        co_await all.expect_all(sub, "after a resharding");

        co_await all.fail_over_every_shard();
        co_await all.expect_all(sub, "after the masters handed over");

        for (ClusterNode const& node : client.get_nodes()) {
            co_await client.on(node).execute(args("CLIENT", "KILL", "TYPE", "pubsub"));
        }
        co_await sleep(1s);
        std::size_t gaps = 0;
        while (auto const message = co_await sub.get_message(300ms)) {
            gaps += message->kind == Kind::gap ? 1 : 0;
        }
        EXPECT_GE(gaps, all.channels.size() * 2 + 2);  // some moved to where the next were killed
        co_await all.expect_all(sub, "after the connections were killed");

        ClusterNode const stopped = client.get_primaries().front();
        pid_t const process = process_of(stopped);
        EXPECT_GT(process, 0);
        if (process <= 0) {
            co_return;
        }
        ::kill(process, SIGSTOP);
        co_await sleep(8s);  // found out, and failed over
        co_await all.expect_all(sub, "while a process is stopped");
        ::kill(process, SIGCONT);
        co_await sleep(4s);
        co_await all.expect_all(sub, "after it went on");
    }(setting, redis, subscriber));
}

TEST(RealClientSideCache, is_never_behind_while_slots_move_and_masters_hand_over) {
    RealSetting setting(3, true);
    setting.run([](RealSetting& all) -> asio::awaitable<void> {
        AsyncRedisCluster changes{all.context.get_executor(), RealSetting::options(3, false)};
        for (int round = 0; round < 3; ++round) {
            for (int i = 0; i < 300; ++i) {
                std::string const key = all.channels[static_cast<std::size_t>(i) % 20];
                std::string const value = std::to_string(round) + ":" + std::to_string(i);
                EXPECT_NE(co_await all.redis.get(key), value);
                co_await changes.set(key, value);
                // The invalidation is under way to us on another connection than the reply to SET.
                for (int tries = 0; tries < 1000 && co_await all.redis.get(key) != value; ++tries) {
                    co_await sleep(2ms);
                }
                EXPECT_EQ(co_await all.redis.get(key), value) << "round " << round;
            }
            if (round == 0) {
                all.reshard();
            } else if (round == 1) {
                co_await all.fail_over_every_shard();
            }
        }
        EXPECT_GT(all.redis.client_side_cache_stats().hits, 600u);
        changes.close();
    }(setting));
}

}  // namespace
}  // namespace keyslot
