// The client on real sockets beside hiredis, in one run: `scripts/real-cluster start` first. What counts
// are the CPU times' ratios; pin client and servers to one CPU (taskset -c 0) for steady ones.
#include "bench/count_allocations.hpp"

#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/redis_cluster.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <benchmark/benchmark.h>
#include <hiredis/hiredis.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace keyslot {
namespace {

constexpr std::size_t pipeline_size = 100;

ClusterOptions options() {
    char const* const port = std::getenv("KEYSLOT_REAL_CLUSTER_PORT");
    return {.startup_nodes = {{"127.0.0.1", static_cast<std::uint16_t>(
                                                port != nullptr ? std::atoi(port) : 17000)}}};
}

/// Keys of 16 bytes; with `tag`, all of one slot.
std::vector<std::string> keys(bool tag) {
    std::vector<std::string> made;
    for (std::size_t i = 0; i < 1000; ++i) {
        std::string key = (tag ? "{t}:" : "key:") + std::to_string(i);
        key.resize(16, '.');
        made.push_back(std::move(key));
    }
    return made;
}

struct Setting {
    explicit Setting(bool tag) : all(keys(tag)) {
        for (std::string const& key : all) {
            redis.set(key, "0123456789abcdef");
        }
    }
    RedisCluster redis{options()};
    std::vector<std::string> all;
};

struct HiredisSetting : Setting {
    HiredisSetting() : Setting(true) {
        auto const owner = redis.get_node_from_key(all[0]).value();
        context.reset(redisConnect(owner.host.c_str(), owner.port));
    }
    std::unique_ptr<redisContext, decltype(&redisFree)> context{nullptr, &redisFree};
};

/// False, and the benchmark is over, when no cluster answers.
template <class Made>
std::unique_ptr<Made> prepare(benchmark::State& state, auto... arguments) {
    try {
        return std::make_unique<Made>(arguments...);
    } catch (std::exception const& error) {
        state.SkipWithError(error.what());
        return nullptr;
    }
}

void hiredis_one_at_a_time(benchmark::State& state) {
    auto const setting = prepare<HiredisSetting>(state);
    std::size_t i = 0;
    for (auto _ : state) {
        std::string const& key = setting->all[i++ % 1000];
        freeReplyObject(redisCommand(setting->context.get(), "GET %b", key.data(), key.size()));
    }
}

void keyslot_one_at_a_time(benchmark::State& state) {
    auto const setting = prepare<Setting>(state, true);
    std::size_t i = 0;
    bench::CountAllocations const count(state);
    for (auto _ : state) {
        benchmark::DoNotOptimize(setting->redis.get(setting->all[i++ % 1000]));
    }
    count.report();
}

void hiredis_pipeline(benchmark::State& state) {
    auto const setting = prepare<HiredisSetting>(state);
    for (auto _ : state) {
        for (std::size_t i = 0; i < pipeline_size; ++i) {
            std::string const& key = setting->all[i];
            redisAppendCommand(setting->context.get(), "GET %b", key.data(), key.size());
        }
        for (std::size_t i = 0; i < pipeline_size; ++i) {
            void* reply = nullptr;
            redisGetReply(setting->context.get(), &reply);
            freeReplyObject(reply);
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pipeline_size));
}

/// `range(0)`: the number of masters that the keys are spread over, 1 or 3.
void keyslot_pipeline(benchmark::State& state) {
    auto const setting = prepare<Setting>(state, state.range(0) == 1);
    bench::CountAllocations const count(state);
    for (auto _ : state) {
        auto pipeline = setting->redis.pipeline();
        for (std::size_t i = 0; i < pipeline_size; ++i) {
            pipeline.get(setting->all[i]);
        }
        auto const replies = pipeline.execute();
        benchmark::DoNotOptimize(replies.data());
    }
    count.report(pipeline_size);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pipeline_size));
}

asio::awaitable<void> some_calls(AsyncRedisCluster& redis, std::vector<std::string> const& all,
                                 std::size_t first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        benchmark::DoNotOptimize(co_await redis.get(all[(first + i) % 1000]));
    }
}

/// A hundred coroutines with one GET under way each, over three masters.
void keyslot_a_hundred_in_flight(benchmark::State& state) {
    auto const setting = prepare<Setting>(state, false);
    constexpr std::size_t each = 100;
    asio::io_context context{1};
    auto const work = asio::make_work_guard(context);
    AsyncRedisCluster redis{context.get_executor(), options()};
    bench::CountAllocations const count(state);
    for (auto _ : state) {
        std::size_t running = pipeline_size;
        for (std::size_t i = 0; i < pipeline_size; ++i) {
            asio::co_spawn(context, some_calls(redis, setting->all, i * 7, each),
                           [&](std::exception_ptr) {
                               if (--running == 0) {
                                   context.stop();
                               }
                           });
        }
        context.restart();
        context.run();
    }
    count.report(pipeline_size * each);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pipeline_size * each));
}

BENCHMARK(hiredis_one_at_a_time)->MeasureProcessCPUTime();
BENCHMARK(keyslot_one_at_a_time)->MeasureProcessCPUTime();
BENCHMARK(hiredis_pipeline)->MeasureProcessCPUTime();
BENCHMARK(keyslot_pipeline)->Arg(1)->Arg(3)->MeasureProcessCPUTime();
BENCHMARK(keyslot_a_hundred_in_flight)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace keyslot
