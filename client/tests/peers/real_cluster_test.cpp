// Our client against a real cluster of redis-server (scripts/real-cluster start) that is being resharded.
#include <keyslot/async_redis_cluster.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace keyslot {
namespace {

constexpr int key_count = 100000;
constexpr int slots_moved = 2000;
constexpr int writers = 64;

std::uint16_t real_port() {
    char const* const port = std::getenv("KEYSLOT_REAL_CLUSTER_PORT");
    return static_cast<std::uint16_t>(port != nullptr ? std::atoi(port) : 17000);
}

/// A command of the shell that runs beside the test; its output is kept for the failure message.
class Beside {
public:
    explicit Beside(std::string const& command)
        : pipe_(::popen((command + " 2>&1").c_str(), "r")) {}
    ~Beside() {
        if (pipe_ != nullptr) {
            ::pclose(pipe_);
        }
    }
    Beside(Beside const&) = delete;
    Beside& operator=(Beside const&) = delete;

    /// Waits for its end; the exit status.
    int wait() {
        char buffer[4096];
        while (std::size_t const bytes = std::fread(buffer, 1, sizeof buffer, pipe_)) {
            output_.append(buffer, bytes);
        }
        return ::pclose(std::exchange(pipe_, nullptr));
    }
    /// The last lines, where redis-cli says what went wrong.
    std::string end_of_output() const {
        return output_.substr(output_.size() > 600 ? output_.size() - 600 : 0);
    }

private:
    std::FILE* pipe_;
    std::string output_;
};

/// Runs `step(redis, i)` for i = 0 .. count-1, `writers` at a time.
template <class Step>
void for_all_keys(asio::io_context& context, AsyncRedisCluster& redis, Step step) {
    int next = 0;
    int running = writers;
    for (int writer = 0; writer < writers; ++writer) {
        asio::co_spawn(
            context,
            [&]() -> asio::awaitable<void> {
                while (next < key_count) {
                    co_await step(redis, next++);
                }
            },
            [&](std::exception_ptr failed) {
                --running;
                if (failed) {
                    try {
                        std::rethrow_exception(failed);
                    } catch (std::exception const& error) {
                        ADD_FAILURE() << error.what();
                        next = key_count;
                    }
                }
            });
    }
    context.restart();
    while (running > 0 && context.run_one() > 0) {}
}

std::string key_of(int i) { return "reshard:" + std::to_string(i); }

TEST(RealCluster, keeps_every_key_while_two_thousand_slots_move) {
    std::uint16_t const port = real_port();
    std::string const address = "127.0.0.1:" + std::to_string(port);
    asio::io_context context;
    AsyncRedisCluster redis{
        context.get_executor(),
        {.startup_nodes = {{"127.0.0.1", port}}, .call_timeout = std::chrono::seconds{20}}};

    auto const write = [](AsyncRedisCluster& to, int i) -> asio::awaitable<void> {
        co_await to.set(key_of(i), std::to_string(i));
    };
    int wrong = 0;
    auto const check = [&wrong](AsyncRedisCluster& from, int i) -> asio::awaitable<void> {
        std::optional<std::string> const value = co_await from.get(key_of(i));
        wrong += value != std::to_string(i) ? 1 : 0;
    };

    for_all_keys(context, redis, [](AsyncRedisCluster& any, int) -> asio::awaitable<void> {
        co_await any.execute(args("PING"));
    });
    ASSERT_EQ(redis.get_primaries().size(), 3u);
    std::string const target = redis.get_primaries().front().id;
    Beside reshard("redis-cli --cluster reshard " + address + " --cluster-from all --cluster-to " +
                   target + " --cluster-slots " + std::to_string(slots_moved) + " --cluster-yes");
    for_all_keys(context, redis, write);
    for_all_keys(context, redis, check);
    ASSERT_EQ(reshard.wait(), 0) << reshard.end_of_output();
    for_all_keys(context, redis, check);

    ClusterStats const stats = redis.stats();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(stats.failed, 0u);
    EXPECT_GT(stats.moved + stats.asked, 0u)
        << "no call met the resharding: the test shows nothing";
    std::printf("calls %llu, MOVED %llu, ASK %llu, retries %llu, refreshes %llu\n",
                static_cast<unsigned long long>(stats.calls),
                static_cast<unsigned long long>(stats.moved),
                static_cast<unsigned long long>(stats.asked),
                static_cast<unsigned long long>(stats.retries),
                static_cast<unsigned long long>(stats.refreshes));
    redis.close();
    context.restart();
    context.run();
}

}  // namespace
}  // namespace keyslot
