// What routing costs the call that meets no trouble, and the one that does.

#include "client/routing/call_machine.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace keyslot;

void undisturbed_call(benchmark::State& state) {
    routing::CallLimits const limits;
    for (auto _ : state) {
        routing::CallMachine machine(limits, Instant{std::chrono::seconds{1}}, false);
        benchmark::DoNotOptimize(machine.started(Instant{}));
        machine.answered();
        benchmark::DoNotOptimize(machine);
    }
}
BENCHMARK(undisturbed_call);

void undisturbed_call_by_steps(benchmark::State& state) {
    routing::CallLimits const limits;
    for (auto _ : state) {
        routing::CallMachine machine(limits, Instant{std::chrono::seconds{1}}, false);
        benchmark::DoNotOptimize(machine.step(routing::Start{}, Instant{}, 0));
        benchmark::DoNotOptimize(machine.step(routing::Answered{}, Instant{}, 0));
    }
}
BENCHMARK(undisturbed_call_by_steps);

void moved_once(benchmark::State& state) {
    routing::CallLimits const limits;
    topology::HostPort const from{"10.0.0.1", 7000};
    for (auto _ : state) {
        routing::CallMachine machine(limits, Instant{std::chrono::seconds{1}}, false);
        benchmark::DoNotOptimize(machine.started(Instant{}));
        auto error = routing::classify_error("MOVED 3999 10.0.0.2:7000", from.host);
        benchmark::DoNotOptimize(
            machine.step(routing::Refused{std::move(error), from}, Instant{}, 0));
        machine.answered();
    }
}
BENCHMARK(moved_once);

}  // namespace
