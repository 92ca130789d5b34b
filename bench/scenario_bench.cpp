#include "property_tests/plan_draw.hpp"
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

Scenario without_faults(std::uint64_t seed) {
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
    return scenario;
}

/// The faults that the properties play, as they draw them.
Scenario random_plan(std::uint64_t seed) {
    Scenario scenario = without_faults(seed);
    Mix& mix = scenario.workload.mix;
    mix.script = mix.batch = mix.multi = mix.watch = 1;
    testing::PlanDraw draw{Random{seed}};
    for (int fault = 0; fault < 3; ++fault) {
        scenario.faults.push_back(
            draw.timed_fault({}, scenario.cluster, scenario.workload.duration));
    }
    return scenario;
}

/// Always the same three, and so many slots move that the operator's commands outnumber the clients'.
Scenario plan_with_200_slots_moved(std::uint64_t seed) {
    Scenario scenario = without_faults(seed);
    scenario.faults = {
        {300ms, Migrate{.slots = {{0, 200}}, .to = "node-3"}},
        {500ms, Crash{.node = "node-2", .restart_after = 1s}},
        {900ms, Partition{.from = {"clients"}, .to = {"node-1"}, .duration = 400ms}}};
    return scenario;
}

template <Scenario (*Plan)(std::uint64_t)>
void plays(benchmark::State& state) {
    std::uint64_t seed = 0, events = 0;
    for (auto _ : state) {
        RunResult const result = run_scenario(Plan(++seed));
        if (result.verdict() != Verdict::held) {
            throw std::runtime_error("seed " + std::to_string(seed) + " was convicted");
        }
        events += result.events;
    }
    state.counters["plans"] =
        benchmark::Counter(static_cast<double>(seed), benchmark::Counter::kIsRate);
    state.counters["events_per_plan"] = static_cast<double>(events) / static_cast<double>(seed);
}
BENCHMARK(plays<random_plan>)->Name("random_plans")->Unit(benchmark::kMillisecond);
BENCHMARK(plays<plan_with_200_slots_moved>)
    ->Name("plans_with_200_slots_moved")
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace keyslot::sim
