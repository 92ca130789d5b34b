#pragma once

#include <benchmark/benchmark.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

/// Counts what a benchmark takes from the heap. Replaces operator new: to be included by one file of a
/// program.
namespace keyslot::bench {

inline std::atomic<std::size_t> allocations = 0;

/// From its making to report(): the counter `allocations`, for each of so many operations an iteration.
class CountAllocations {
public:
    explicit CountAllocations(benchmark::State& state) : state_(state) {}
    void report(std::size_t operations = 1) const {
        auto const made = static_cast<double>(allocations - before_);
        state_.counters["allocations"] =
            made / (static_cast<double>(state_.iterations()) * static_cast<double>(operations));
    }

private:
    benchmark::State& state_;
    std::size_t before_ = allocations;
};

}  // namespace keyslot::bench

// Not inlined, or g++ would see a pointer from new go to free.
[[gnu::noinline]] void* operator new(std::size_t size) {
    keyslot::bench::allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size)) {
        return memory;
    }
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
