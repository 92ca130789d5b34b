#pragma once

#include <keyslot/sim/scenario.hpp>

#include <rapidcheck.h>

#include <cstdint>
#include <vector>

/// Random scenarios, for RapidCheck. A plan is a pure function of the seed and of what is asked for; it
/// shrinks by its structure (see property_tests/shrink.hpp), and what is printed of it is the scenario file.
namespace keyslot::testing {

/// Which kinds of fault to generate.
struct PlanKinds {
    bool migrations = true;
    bool network =
        true;  ///< partitions, delays, stalls, resets, streams cut short, refused connects
    bool processes =
        true;  ///< crashes, pauses, failovers; slow, stale and lagging nodes, wrong clocks
    bool mistakes = true;  ///< aborted migrations, forgotten replicas, answers that no Redis gave
};

/// A whole scenario: topology, client options, workload, seed, and a fault plan. First it is drawn which
/// kinds of fault and of call exist in this run at all (swarm), then faults and calls. Shrinks to fewer
/// faults, fewer and simpler calls, fewer nodes, and earlier and shorter faults; the seed stays.
rc::Gen<sim::Scenario> scenario(PlanKinds kinds = {});

/// The scenario of that number: what `scenario_digests` and `explore` play, and nothing but a way to name one.
sim::Scenario numbered_scenario(std::uint64_t number);

/// 1 to 12 masters with up to three replicas each, slots dealt in several ways, any type of endpoint.
rc::Gen<sim::Topology> topology();
/// The options that matter under faults.
rc::Gen<sim::ClientSettings> client_settings();
/// Up to four clients and four seconds of calls of any kinds, a few of them cancelled.
rc::Gen<sim::Workload> workload();
/// Up to four faults in that time, some of them at an event instead of a time.
rc::Gen<std::vector<sim::TimedFault>> fault_plan(PlanKinds kinds, sim::Topology const& cluster,
                                                 Duration within);
/// One to three faults, all about the nodes of one shard: they crash, stop, slow down, or are cut off from the clients.
rc::Gen<std::vector<sim::TimedFault>> trouble_of_one_shard(sim::Topology const& cluster,
                                                           Duration within);
/// One fault for a cluster of that shape, within that time.
rc::Gen<sim::TimedFault> timed_fault(PlanKinds kinds, sim::Topology const& cluster,
                                     Duration within);

}  // namespace keyslot::testing
