#pragma once

#include "simulator/kernel/random.hpp"
#include "simulator/runner/availability.hpp"
#include "simulator/runner/history.hpp"

#include <keyslot/redis_cluster.hpp>
#include <keyslot/sim/scenario.hpp>
#include <keyslot/sim/world.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

ClusterOptions client_options(ClientSettings const& settings,
                              std::vector<ClusterNode> startup_nodes);

/// What the clients of one run share.
struct Recorder {
    History history;
    Availability availability;
    std::uint64_t values = 0;  ///< values given out so far: each is written once
};

/// One simulated client: makes calls by the mix, at its share of the rate, whether or not earlier
/// ones have ended. Must not outlive the world.
class WorkloadClient {
public:
    /// `number` from 1; lives on the host client-<number>.
    WorkloadClient(World& world, Cluster& cluster, Scenario const& scenario, std::uint32_t number,
                   Recorder& recorder);

    /// Completes when the workload's time is over; calls may still be pending then.
    asio::awaitable<void> run();
    /// Starts one call of the given words.
    void start_call(std::vector<std::string> words);
    /// The same, and completes with it: was it answered?
    asio::awaitable<bool> call(std::vector<std::string> words);
    /// "user:7/123", padded to the scenario's value_size: no other call writes it.
    std::string unique_value(std::string_view key);

    ClusterStats stats() const { return redis_.stats(); }

    static std::string host_name(std::uint32_t number) {
        return "client-" + std::to_string(number);
    }

private:
    std::vector<std::string> draw_call();
    void finish_call(std::size_t number, Result<Reply> const& result);
    bool is_repeatable(std::string_view command) const;

    World* world_;
    Scenario const* scenario_;
    Recorder* recorder_;
    std::uint32_t number_;
    Random random_;
    AsyncRedisCluster redis_;
};

}  // namespace keyslot::sim
