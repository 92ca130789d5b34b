// Calls through the whole client and the simulated cluster, in one thread and in virtual time: what a
// property test pays for each call.
#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/sim/world.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace keyslot {
namespace {

struct Setting {
    sim::World world{sim::Seed{1}, {.record_executions = false}};
    sim::Cluster& cluster = world.add_cluster({.masters = 3});
    AsyncRedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    std::vector<std::string> keys;

    Setting() {
        for (int i = 0; i < 1000; ++i) {
            std::string key = "key:" + std::to_string(i);
            key.resize(16, '.');
            keys.push_back(std::move(key));
        }
        world.run([this]() -> asio::awaitable<void> {
            for (std::string const& key : keys) {
                co_await redis.set(key, "0123456789abcdef");
            }
        });
    }
};

asio::awaitable<void> some_calls(Setting& setting, std::size_t first, int count) {
    for (int i = 0; i < count; ++i) {
        auto const value =
            co_await setting.redis.get(setting.keys[(first + static_cast<std::size_t>(i)) % 1000]);
        benchmark::DoNotOptimize(value);
    }
}

/// GETs by `range(0)` coroutines, each with one call under way.
void calls_in_virtual_time(benchmark::State& state) {
    Setting setting;
    auto const in_flight = static_cast<int>(state.range(0));
    int const calls_each = 20000 / in_flight;
    for (auto _ : state) {
        setting.world.run([&]() -> asio::awaitable<void> {
            int running = in_flight;
            for (int i = 0; i < in_flight; ++i) {
                asio::co_spawn(setting.redis.get_executor(),
                               some_calls(setting, static_cast<std::size_t>(i) * 7, calls_each),
                               [&running](std::exception_ptr) { --running; });
            }
            while (running > 0) {
                co_await setting.world.sleep(std::chrono::milliseconds{1});
            }
        });
    }
    state.SetItemsProcessed(state.iterations() * calls_each * in_flight);
}
BENCHMARK(calls_in_virtual_time)->Arg(1)->Arg(100)->Unit(benchmark::kMillisecond);

/// Pipelines of `range(0)` GETs over all slots, one after the other.
void pipelines_in_virtual_time(benchmark::State& state) {
    Setting setting;
    auto const size = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        setting.world.run([&]() -> asio::awaitable<void> {
            for (std::size_t round = 0; round < 20000 / size; ++round) {
                auto pipeline = setting.redis.pipeline();
                for (std::size_t i = 0; i < size; ++i) {
                    pipeline.get(setting.keys[(round * 31 + i) % 1000]);
                }
                auto const replies = co_await pipeline.execute();
                benchmark::DoNotOptimize(replies.data());
            }
        });
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(20000 / size * size));
}
BENCHMARK(pipelines_in_virtual_time)->Arg(100)->Unit(benchmark::kMillisecond);

/// Wall time from nothing to healed: 3+3 nodes with the default node timeout are set up, a master is
/// killed, and its replica takes writes again.
void failover_of_a_master(benchmark::State& state) {
    using namespace std::chrono_literals;
    std::int64_t simulated_seconds = 0;
    for (auto _ : state) {
        sim::World world{sim::Seed{1}};
        sim::Cluster& cluster = world.add_cluster({.masters = 3, .replicas_per_master = 1});
        AsyncRedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
        world.run([&]() -> asio::awaitable<void> {
            co_await redis.set("user:1", "ada");
            co_await world.sleep(2s);
            cluster.owner_of("user:1").crash();
            co_await redis.with({.timeout = 60s, .repeatable = true}).set("user:1", "grace");
        });
        simulated_seconds += world.now().time_since_epoch() / 1s;
    }
    state.counters["simulated_s"] = benchmark::Counter(static_cast<double>(simulated_seconds),
                                                       benchmark::Counter::kAvgIterations);
}
BENCHMARK(failover_of_a_master)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace keyslot
