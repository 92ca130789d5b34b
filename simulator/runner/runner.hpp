#pragma once

#include "simulator/runner/availability.hpp"
#include "simulator/runner/chronicle.hpp"
#include "simulator/runner/data_rules.hpp"
#include "simulator/runner/oracle.hpp"

#include <keyslot/options.hpp>
#include <keyslot/sim/fault_player.hpp>
#include <keyslot/sim/scenario.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

enum class Verdict : std::uint8_t { held, unsafe, stuck };
std::string_view to_string(Verdict verdict);

/// How calls ended in one stretch of simulated time.
struct Stretch {
    std::uint64_t answered = 0;
    std::uint64_t failed = 0;
};

/// What came of what was published.
struct MessageCounts {
    std::uint64_t published = 0;  ///< calls of PUBLISH and SPUBLISH that were answered
    std::uint64_t told = 0;  ///< messages that subscribers gave to their callers
    std::uint64_t gaps = 0;  ///< gap markers likewise
};

/// What one run of a scenario showed.
struct RunResult {
    std::uint64_t seed = 0;
    std::uint64_t calls = 0;
    std::uint64_t succeeded = 0;
    std::map<std::string, std::uint64_t> errors;  ///< by "code, outcome"
    MessageCounts messages;
    ClusterStats client;                          ///< of all clients together
    Availability::Gap worst_unavailability;
    std::vector<Availability::Outages> outages;   ///< by the masters' ranges at the start
    std::vector<Stretch> timeline;                ///< the whole run in equal stretches
    std::vector<Violation> safety;
    std::vector<Violation> liveness;
    /// Calls to shards that no fault touches, of which it was judged how long they took.
    std::size_t latencies_judged = 0;
    DataVerdicts data;  ///< how many keys were judged, and of how many nothing is known
    std::vector<FaultReport> faults;
    std::uint64_t events = 0;
    std::uint64_t digest = 0;
    Instant healed{};  ///< the workload is over and no fault is left on purpose
    Duration simulated{};
    std::optional<Chronicle> chronicle;           ///< if it was asked for

    Verdict verdict() const {
        return !safety.empty()     ? Verdict::unsafe
               : !liveness.empty() ? Verdict::stuck
                                   : Verdict::held;
    }
};

struct RunOptions {
    /// Called now and then with the part of the workload's time that has passed, in thousandths.
    std::function<void(int thousandths)> progress;
    /// Gets every event as a line of JSON.
    std::function<void(std::string_view line)> trace;
    /// Keep a chronicle; the run is the same without it.
    bool chronicle = false;
    /// Gets every event, to compare two runs.
    EventLog* log = nullptr;
    /// Breaks the client on purpose, to see that it is convicted.
    std::function<CallOptions(CallOptions)> spoiler = {};
};

/// Plays the scenario with our client from beginning to end and judges it: workload and faults,
/// then everything is healed, and the cluster must serve every key range again within the
/// scenario's `settle`; with `stays_down` what the other nodes serve by then. A pure function of the scenario.
RunResult run_scenario(Scenario const& scenario, RunOptions const& options = {});

/// Runs it twice and compares event by event. nullopt: the same; else where the runs part.
std::optional<std::string> check_scenario_deterministic(Scenario const& scenario);

}  // namespace keyslot::sim
