#include "simulator/runner/runner.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

/// How many whole plans one core plays and judges in a second: a search for mistakes is as good as the number
/// of plans that it has time for. Three masters with a replica each, 200 calls of all kinds by four clients,
/// three faults, and the settling at the end; another seed each time.
namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;

Scenario plan(std::uint64_t seed) {
    Scenario scenario;
    scenario.seed = seed;
    scenario.cluster.node_timeout = 1s;
    scenario.workload.keys = 40;
    scenario.workload.rate = {100};
    scenario.workload.duration = 2s;
    scenario.workload.mix = {.get = 4,
                             .set = 4,
                             .getset = 1,
                             .del = 1,
                             .incr = 2,
                             .append = 1,
                             .mget = 1,
                             .mset = 1,
                             .push = 1,
                             .pop = 1};
    scenario.faults = {
        {300ms, Migrate{.slots = {{0, 200}}, .to = "node-3"}},
        {500ms, Crash{.node = "node-2", .restart_after = 1s}},
        {900ms, Partition{.from = {"clients"}, .to = {"node-1"}, .duration = 400ms}}};
    return scenario;
}

void plans(benchmark::State& state) {
    std::uint64_t seed = 0, events = 0;
    for (auto _ : state) {
        RunResult const result = run_scenario(plan(++seed));
        if (result.verdict() != Verdict::held) {
            throw std::runtime_error("seed " + std::to_string(seed) + " was convicted");
        }
        events += result.events;
    }
    state.counters["plans"] =
        benchmark::Counter(static_cast<double>(seed), benchmark::Counter::kIsRate);
    state.counters["events_per_plan"] = static_cast<double>(events) / static_cast<double>(seed);
}
BENCHMARK(plans)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace keyslot::sim
