#pragma once

#include <keyslot/sim/scenario.hpp>

#include <rapidcheck.h>

namespace keyslot::testing {

/// Which kinds of plan to generate.
struct PlanKinds {
    bool migrations = true;
    bool network =
        true;    ///< partitions, delays, stalls, resets, streams cut short, refused connects
    bool processes =
        true;  ///< crashes, pauses, failovers; slow, stale and lagging nodes, wrong clocks
    bool mistakes = true;  ///< aborted migrations, forgotten replicas, answers that no Redis gave
};

/// A whole scenario: topology, client options, workload, seed, and a fault plan. First it is drawn which
/// kinds of fault exist in this run at all (swarm), then the faults. Shrinks to fewer faults, fewer and
/// simpler calls, fewer nodes, and earlier and shorter faults; the seed stays.
rc::Gen<sim::Scenario> scenario(PlanKinds kinds = {});

/// One fault for a cluster of that shape, within that time.
rc::Gen<sim::TimedFault> timed_fault(PlanKinds kinds, sim::Topology const& cluster,
                                     Duration within);

}  // namespace keyslot::testing
