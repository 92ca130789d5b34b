// Our client against real clusters of redis-server while slots move, masters hand over and one is killed;
// in RESP2 and RESP3, and with TLS and a password. Each test starts the cluster that it needs.
#include <keyslot/async_redis_cluster.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int workers = 12;
constexpr auto call_timeout = 6s;
constexpr auto deadline_slack = 500ms;  // on a busy machine

struct Arm {
    char const* name;
    int protocol;
    bool secure;  // TLS and a password
    std::uint16_t port;
};

std::string shell(std::string const& command) {
    std::string output;
    if (std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r")) {
        char buffer[4096];
        while (std::size_t const bytes = std::fread(buffer, 1, sizeof buffer, pipe)) {
            output.append(buffer, bytes);
        }
        output += "\nexit status " + std::to_string(::pclose(pipe));
    }
    return output;
}

bool succeeded(std::string const& output) { return output.ends_with("\nexit status 0"); }

/// Where redis-cli says what went wrong.
std::string end_of(std::string const& output) {
    return output.substr(output.size() > 300 ? output.size() - 300 : 0);
}

/// The servers, and an operator beside them.
class RealNodes {
public:
    explicit RealNodes(Arm const& arm) : arm_(arm) {
        started_ = script("start --node-timeout 1500" + secrets());
    }
    ~RealNodes() { script("stop"); }

    bool is_up() const { return succeeded(started_); }
    std::string const& started() const { return started_; }
    std::string script(std::string const& what) const {
        return shell(std::string(KEYSLOT_SCRIPTS) + "/real-cluster " + what + " --port " +
                     std::to_string(arm_.port));
    }
    /// redis-cli, with what it takes to be let in.
    std::string cli(std::string const& what) const {
        std::string const secrets =
            arm_.secure ? " --tls --cacert " + certificate() + " -a secret --no-auth-warning" : "";
        return shell("redis-cli" + secrets + " " + what);
    }
    std::string address() const { return "127.0.0.1:" + std::to_string(arm_.port); }

    ClusterOptions options() const {
        ClusterOptions options{.startup_nodes = {{"127.0.0.1", arm_.port}},
                               .call_timeout = call_timeout};
        options.protocol = arm_.protocol;
        if (arm_.secure) {
            options.password = "secret";
            options.tls.emplace().ca_file = certificate();
        }
        return options;
    }

private:
    std::string secrets() const { return arm_.secure ? " --tls --password secret" : ""; }
    std::string certificate() const {
        char const* const temporary = std::getenv("TMPDIR");
        return std::string(temporary != nullptr ? temporary : "/tmp") + "/keyslot-real-cluster-" +
               std::to_string(arm_.port) + "/tls/ca.crt";
    }

    Arm arm_;
    std::string started_;
};

/// Counts up keys and appends to lists, each by one worker alone, so that every reply can be judged.
class Load {
public:
    Load(asio::io_context& context, AsyncRedisCluster& redis) : context_(&context), redis_(&redis) {
        for (int n = 0; n < workers; ++n) {
            asio::co_spawn(context, work(n), [this](std::exception_ptr failed) {
                ++ended_;
                if (failed) {
                    ADD_FAILURE() << "a worker ended with an exception";
                }
            });
        }
    }

    /// Goes on while that runs, and for a while longer.
    void during(std::function<void()> const& operation) {
        std::thread beside(operation);
        std::atomic<bool> done = false;
        std::thread watch([&] {
            beside.join();
            done = true;
        });
        while (!done) {
            context_->run_for(10ms);
        }
        watch.join();
        context_->run_for(1s);
    }
    void stop() {
        stopping_ = true;
        while (ended_ < workers && context_->run_one_for(20s) > 0) {}
        EXPECT_EQ(ended_, workers) << "a call never ended";
    }

    int answered() const { return answered_; }
    int unknown() const { return unknown_total_; }

    /// `may_lose`: a master was killed, and Redis itself loses what it had not passed on.
    asio::awaitable<void> check(bool may_lose) {
        for (int n = 0; n < workers; ++n) {
            std::string const counter = counter_of(n);
            std::optional<std::string> const count = co_await redis_->get(counter);
            long long const value = count ? std::atoll(count->c_str()) : 0;
            EXPECT_LE(value, counts_[n].answered + counts_[n].unknown)
                << counter << " was counted up twice by one call";
            if (!may_lose) {
                EXPECT_GE(value, counts_[n].answered) << counter << ": acknowledged, and lost";
            }
            std::vector<std::string> const list = co_await redis_->lrange(list_of(n), 0, -1);
            std::set<std::string> const there(list.begin(), list.end());
            EXPECT_EQ(there.size(), list.size()) << list_of(n) << ": pushed twice by one call";
            for (std::string const& pushed : counts_[n].pushed) {
                if (!may_lose) {
                    EXPECT_TRUE(there.contains(pushed)) << pushed << ": acknowledged, and lost";
                }
            }
        }
    }

private:
    struct Count {
        long long answered = 0, unknown = 0;
        std::vector<std::string> pushed;
    };
    static std::string counter_of(int n) { return "faults:count:" + std::to_string(n); }
    static std::string list_of(int n) { return "faults:list:" + std::to_string(n); }

    asio::awaitable<void> work(int n) {
        std::string const counter = counter_of(n), list = list_of(n);
        co_await redis_->del(counter);
        co_await redis_->del(list);
        for (int i = 0; !stopping_; ++i) {
            Count& count = counts_[n];
            auto const began = Clock::now();
            Result<long long> const counted = co_await redis_->incr(counter, as_result);
            judge_time(began);
            if (counted) {
                ++count.answered;
                EXPECT_LE(*counted, count.answered + count.unknown)
                    << counter << " was counted up twice by one call";
            } else {
                count.unknown += counted.error().outcome == Outcome::not_executed ? 0 : 1;
            }
            note(counted.has_value(), counted ? Outcome::executed : counted.error().outcome);
            std::string const value = std::to_string(i);
            auto const began_push = Clock::now();
            Result<long long> const pushed = co_await redis_->rpush(list, value, as_result);
            judge_time(began_push);
            if (pushed) {
                count.pushed.push_back(value);
            }
            note(pushed.has_value(), pushed ? Outcome::executed : pushed.error().outcome);
        }
    }

    void note(bool ok, Outcome outcome) {
        answered_ += ok ? 1 : 0;
        unknown_total_ += !ok && outcome == Outcome::unknown ? 1 : 0;
    }
    static void judge_time(Clock::time_point began) {
        EXPECT_LE(Clock::now() - began, call_timeout + deadline_slack) << "past its deadline";
    }

    asio::io_context* context_;
    AsyncRedisCluster* redis_;
    Count counts_[workers];
    bool stopping_ = false;
    int ended_ = 0, answered_ = 0, unknown_total_ = 0;
};

class RealFaults : public testing::TestWithParam<Arm> {
protected:
    void SetUp() override { ASSERT_TRUE(nodes_.is_up()) << nodes_.started(); }

    template <class Step>
    void run(Step step) {
        bool done = false;
        asio::co_spawn(context_, step(), [&](std::exception_ptr failed) {
            done = true;
            if (failed) {
                try {
                    std::rethrow_exception(failed);
                } catch (std::exception const& error) {
                    ADD_FAILURE() << error.what();
                }
            }
        });
        context_.restart();
        while (!done && context_.run_one_for(20s) > 0) {}
        ASSERT_TRUE(done);
    }

    RealNodes nodes_{GetParam()};
    asio::io_context context_{1};
    AsyncRedisCluster redis_{context_.get_executor(), nodes_.options()};
};

TEST_P(RealFaults, nothing_is_lost_while_slots_move_and_every_shard_hands_over) {
    run([this]() -> asio::awaitable<void> { co_await redis_.execute(args("PING")); });
    std::string const target = redis_.get_primaries().front().id;
    Load load(context_, redis_);
    load.during([&] {
        std::string const reshard = nodes_.cli("--cluster reshard " + nodes_.address() +
                                               " --cluster-from all --cluster-to " + target +
                                               " --cluster-slots 300 --cluster-yes");
        EXPECT_TRUE(succeeded(reshard)) << end_of(reshard);
    });
    load.during([&] {
        std::this_thread::sleep_for(1s);  // nodes must agree before it begins
        std::string const rebalance =
            nodes_.cli("--cluster rebalance " + nodes_.address() + " --cluster-threshold 1");
        EXPECT_TRUE(succeeded(rebalance)) << end_of(rebalance);
    });
    // Twice through all shards: there and back.
    for (int round = 0; round < 2; ++round) {
        for (ClusterNode const& replica : redis_.get_replicas()) {
            load.during([&] {
                nodes_.cli("-p " + std::to_string(replica.port) + " cluster failover");
                std::this_thread::sleep_for(500ms);
            });
        }
        load.during([] { std::this_thread::sleep_for(1s); });
    }
    load.stop();
    run([&]() -> asio::awaitable<void> { co_await load.check(false); });
    EXPECT_GT(load.answered(), 1000);
    EXPECT_GT(redis_.stats().moved + redis_.stats().asked, 0u) << "no call met any of it";
    std::printf("%d answered, %d of unknown outcome, MOVED %llu, ASK %llu\n", load.answered(),
                load.unknown(), static_cast<unsigned long long>(redis_.stats().moved),
                static_cast<unsigned long long>(redis_.stats().asked));
}

TEST_P(RealFaults, nothing_runs_twice_when_a_master_is_killed_and_returns) {
    run([this]() -> asio::awaitable<void> { co_await redis_.execute(args("PING")); });
    Load load(context_, redis_);
    std::string const victim = std::to_string(redis_.get_primaries().back().port);
    load.during([&] {
        std::this_thread::sleep_for(1s);
        nodes_.script("kill --at " + victim);
        std::this_thread::sleep_for(5s);
        nodes_.script("revive --at " + victim);
        std::this_thread::sleep_for(1s);
    });
    int const before = load.answered();
    load.during([] { std::this_thread::sleep_for(1s); });
    EXPECT_GT(load.answered(), before) << "it does not go on";
    load.stop();
    run([&]() -> asio::awaitable<void> { co_await load.check(true); });
    std::printf("%d answered, %d of unknown outcome\n", load.answered(), load.unknown());
}

INSTANTIATE_TEST_SUITE_P(Arms, RealFaults,
                         testing::Values(Arm{"resp2", 2, false, 17200},
                                         Arm{"resp3", 3, false, 17300},
                                         Arm{"tls_and_password", 3, true, 17400}),
                         [](auto const& arm) { return std::string(arm.param.name); });

}  // namespace
}  // namespace keyslot
