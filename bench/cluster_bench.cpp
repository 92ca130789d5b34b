#include "simulator/cluster/cluster_state.hpp"
#include "simulator/node/node.hpp"
#include "simulator/world/cluster_layout.hpp"

#include <keyslot/sim/world.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

/// What a cluster of many nodes costs: it is joined by CLUSTER MEET from nodes that know nobody, loses a
/// fifth of its masters at once, and elects their replicas. `speed` is simulated time over CPU time.
namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;
using WallClock = std::chrono::steady_clock;

/// Of this process, which has one thread.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double in_seconds(auto duration) { return std::chrono::duration<double>(duration).count(); }

/// Resident memory of this process, in MiB.
double resident_mib() {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with("VmRSS:")) {
            return std::stod(line.substr(6)) / 1024;
        }
    }
    return 0;
}

/// What an operator types into redis-cli on that node; the answer is not looked at.
void tell(Member& member, std::initializer_list<std::string_view> words) {
    constexpr SessionId operator_session = SessionId{1} << 40;
    std::string request = "*" + std::to_string(words.size()) + "\r\n";
    for (std::string_view const word : words) {
        request += "$" + std::to_string(word.size()) + "\r\n" + std::string(word) + "\r\n";
    }
    member.node()->on_session_open(operator_session, "10.255.0.1:1");
    member.node()->on_session_bytes(operator_session, request);
    member.node()->on_session_closed(operator_session);
}

class LargeCluster {
public:
    explicit LargeCluster(std::size_t masters)
        : masters_(masters),
          world_(Seed{1}, {.record_executions = false}),
          cluster_(
              world_.add_cluster({.masters = masters, .replicas_per_master = 1, .joined = false})) {
    }

    /// The steps of `redis-cli --cluster create`.
    void form() {
        for (std::size_t n = 0; n < cluster_.size(); ++n) {
            Member& node = cluster_[n];
            tell(node, {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(n + 1)});
            if (n < masters_) {
                auto const [first, last] = slots_of_master(n, masters_);
                tell(node,
                     {"CLUSTER", "ADDSLOTSRANGE", std::to_string(first), std::to_string(last)});
            }
            if (n > 0) {
                Endpoint const& first = cluster_[0].address();
                tell(node, {"CLUSTER", "MEET", first.address, std::to_string(first.port)});
            }
        }
        wait_until([](Member& node) { return node.node()->cluster().state_ok(); });
        for (std::size_t n = masters_; n < cluster_.size(); ++n) {
            tell(cluster_[n], {"CLUSTER", "REPLICATE", cluster_[n - masters_].id()});
        }
        world_.run_for(30s);
    }

    /// Every fifth master dies at the same moment; over when every survivor sees all slots served and
    /// as many masters as before.
    void lose_a_fifth_of_the_masters() {
        std::size_t const lost = std::max<std::size_t>(1, masters_ / 5);
        for (std::size_t n = 0; n < lost; ++n) {
            cluster_[n * (masters_ / lost)].crash();
        }
        wait_until(
            [](Member& node) { return !node.is_up() || !node.node()->cluster().state_ok(); });
        wait_until([&](Member& node) {
            return !node.is_up() || (node.node()->cluster().state_ok() && replaced_all(lost));
        });
    }

    Instant now() const { return world_.now(); }
    std::uint64_t events() const { return world_.events(); }

private:
    bool replaced_all(std::size_t lost) {
        auto const is_promoted = [&](Member& node) {
            return node.index() >= masters_ && node.is_master();
        };
        return static_cast<std::size_t>(std::ranges::count_if(cluster_.nodes(), is_promoted)) ==
               lost;
    }

    template <class Condition>
    void wait_until(Condition const& holds_for) {
        Instant const limit = world_.now() + 300s;
        while (!std::ranges::all_of(cluster_.nodes(), holds_for)) {
            if (world_.now() > limit) {
                throw std::runtime_error("not within five minutes of simulated time");
            }
            world_.run_for(100ms);
        }
    }

    std::size_t masters_;
    World world_;
    Cluster& cluster_;
};

void large_cluster(benchmark::State& state) {
    for (auto _ : state) {
        double const before_mib = resident_mib();
        double const start_cpu_s = cpu_seconds();
        auto const start = WallClock::now();
        LargeCluster cluster(static_cast<std::size_t>(state.range(0)) / 2);
        cluster.form();
        auto const formed = WallClock::now();
        Instant const formed_at = cluster.now();
        cluster.lose_a_fifth_of_the_masters();
        auto const healed = WallClock::now();
        Instant const healed_at = cluster.now();

        state.counters["form_sim_s"] = in_seconds(formed_at.time_since_epoch());
        state.counters["form_wall_s"] = in_seconds(formed - start);
        state.counters["heal_sim_s"] = in_seconds(healed_at - formed_at);
        state.counters["heal_wall_s"] = in_seconds(healed - formed);
        state.counters["speed"] =
            in_seconds(healed_at.time_since_epoch()) / (cpu_seconds() - start_cpu_s);
        state.counters["MiB"] = resident_mib() - before_mib;
        state.counters["events"] = static_cast<double>(cluster.events());
    }
}
BENCHMARK(large_cluster)
    ->Arg(10)
    ->Arg(100)
    ->Arg(300)
    ->Arg(1000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace keyslot::sim
