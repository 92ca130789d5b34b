// The blocking client, used by many threads at once while its cluster fails over; meant for the thread sanitizer,
// and a test without it as well.
#include "simulator/server/live_world.hpp"
#include "simulator/server/tcp_bridge.hpp"

#include <keyslot/pubsub.hpp>
#include <keyslot/redis_cluster.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace keyslot::sim {
namespace {

constexpr int thread_count = 8;
constexpr std::uint16_t first_port = 17640;

/// A served cluster with a thread of its own.
class ServedCluster {
public:
    ServedCluster() {
        live_.start([this] { bridge_.flush(); });
        thread_ = std::thread([this] { context_.run(); });
    }
    ~ServedCluster() {
        asio::post(context_, [this] {
            bridge_.close();
            context_.stop();
        });
        thread_.join();
    }

    void strike(FaultSpec fault) {
        asio::post(context_, [this, fault = std::move(fault)] {
            live_.player().start(fault);
            live_.touch();
        });
    }

private:
    static LiveOptions options() {
        LiveOptions options;
        options.cluster.replicas_per_master = 1;
        options.cluster.node_timeout = 300ms;
        options.first_port = first_port;
        return options;
    }

    asio::io_context context_{1};
    LiveWorld live_{context_, options()};
    TcpBridge bridge_{context_, live_, "127.0.0.1"};
    std::thread thread_;
};

/// What one thread saw of its own counter, which nobody else touches.
struct Counted {
    long long answered = 0, unknown = 0;
    bool twice = false;
};

void count_up(RedisCluster& redis, std::string const& key, Counted& counted) {
    Result<long long> const value = redis.incr(key, as_result);
    if (value) {
        ++counted.answered;
        counted.twice = counted.twice || *value > counted.answered + counted.unknown;
    } else if (value.error().outcome != Outcome::not_executed) {
        ++counted.unknown;
    }
}

void use_everything(RedisCluster& redis, int number, std::atomic<bool> const& stopping,
                    Counted& counted) {
    std::string const own = "thread:" + std::to_string(number);
    for (int turn = 0; !stopping; ++turn) {
        count_up(redis, own, counted);
        switch (turn % 5) {
            case 0: redis.set("shared", own, {}, as_result); break;
            case 1: {
                auto pipeline = redis.pipeline();
                pipeline.set("a" + own, "1").get("shared").incr("b" + own);
                pipeline.execute({.raise_on_error = false});
                break;
            }
            case 2: {
                auto transaction = redis.pipeline({.transaction = true});
                transaction.set("{t}" + own, "1").get("{t}" + own);
                try {
                    transaction.execute({.raise_on_error = false});
                } catch (Error const&) {
                    break;  // not as a whole: nothing to count here
                }
                break;
            }
            case 3: redis.execute(args("BLPOP", "queue", "0.01"), as_result); break;
            default:
                redis.execute(args("RPUSH", "queue", own), as_result);
                redis.execute(args("PUBLISH", "news", own), as_result);
                redis.get_primaries();
                redis.stats();
        }
    }
}

TEST(Threads, ShareOneBlockingClientThroughFailovers) {
    ServedCluster cluster;
    RedisCluster redis{
        {.startup_nodes = {{"127.0.0.1", first_port}}, .call_timeout = std::chrono::seconds{3}}};
    redis.initialize();
    std::atomic<bool> stopping = false;
    std::array<Counted, thread_count> counted;
    std::vector<std::thread> threads;
    for (int n = 0; n < thread_count; ++n) {
        threads.emplace_back(
            [&, n] { use_everything(redis, n, stopping, counted[static_cast<std::size_t>(n)]); });
    }
    std::atomic<int> messages = 0;
    std::thread listener([&] {
        PubSub subscriber = redis.pubsub();
        subscriber.subscribe("news");
        while (!stopping) {
            messages += subscriber.get_message(20ms) ? 1 : 0;
        }
    });
    std::this_thread::sleep_for(300ms);
    cluster.strike(Failover{.node = "node-4"});
    std::this_thread::sleep_for(300ms);
    cluster.strike(Crash{.node = "node-2", .restart_after = 1s});
    std::this_thread::sleep_for(1500ms);
    stopping = true;
    for (std::thread& thread : threads) {
        thread.join();
    }
    listener.join();
    for (Counted const& one : counted) {
        EXPECT_GT(one.answered, 0);
        EXPECT_FALSE(one.twice);
    }
    EXPECT_GT(messages.load(), 0);
}

TEST(Threads, MayCloseAClientThatOthersAreUsing) {
    ServedCluster cluster;
    for (int round = 0; round < 5; ++round) {
        RedisCluster redis{{.startup_nodes = {{"127.0.0.1", first_port}}}};
        redis.initialize();
        std::atomic<int> refused = 0;
        std::vector<std::thread> threads;
        for (int n = 0; n < thread_count; ++n) {
            threads.emplace_back([&, n] {
                for (;;) {
                    auto const result = redis.incr("close:" + std::to_string(n), as_result);
                    if (!result && result.error().code == ErrorCode::closed) {
                        ++refused;
                        return;
                    }
                }
            });
        }
        std::this_thread::sleep_for(20ms);
        redis.close();
        for (std::thread& thread : threads) {
            thread.join();
        }
        EXPECT_EQ(refused.load(), thread_count);
    }
}

}  // namespace
}  // namespace keyslot::sim
