#pragma once

#include "property_tests/generators.hpp"
#include "simulator/kernel/random.hpp"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::testing {

/// Draws the parts of a plan, integers only: the same plan on every machine.
class PlanDraw {
public:
    explicit PlanDraw(sim::Random random) : random_(random) {}

    sim::Scenario scenario(PlanKinds kinds);
    sim::Topology topology();
    sim::ClientSettings client_settings(Duration round_trip = {});
    sim::Workload workload();
    std::vector<sim::TimedFault> fault_plan(PlanKinds kinds, sim::Topology const& cluster,
                                            Duration within);
    std::vector<sim::TimedFault> trouble_of_one_shard(sim::Topology const& cluster,
                                                      Duration within);
    sim::TimedFault timed_fault(PlanKinds kinds, sim::Topology const& cluster, Duration within);

private:
    using HostNames = std::vector<sim::HostName>;

    std::uint32_t number(std::uint32_t low, std::uint32_t high);
    bool chance(std::uint32_t one_in) { return random_.below(one_in) == 0; }
    Duration milliseconds(std::uint32_t low, std::uint32_t high);
    std::optional<Duration> lasting() { return milliseconds(50, 6000); }
    template <class T>
    T const& pick(std::vector<T> const& from) {
        return from[random_.below(from.size())];
    }

    sim::Mix mix();
    sim::Subscribers subscribers();
    void note_busy_slots(sim::Workload const& load);
    std::vector<std::string_view> fault_kinds(PlanKinds kinds, sim::Topology const& cluster);
    sim::TimedFault timed(std::vector<std::string_view> const& kinds, sim::Topology const& cluster,
                          Duration within);
    sim::Trigger trigger(sim::Topology const& cluster);
    sim::FaultSpec fault(std::string_view kind, sim::Topology const& cluster);
    sim::FaultSpec link_fault(std::string_view kind, sim::Topology const& cluster);
    sim::FaultSpec node_fault(std::string_view kind, sim::Topology const& cluster);
    sim::FaultSpec trouble(sim::HostName const& node);
    sim::FaultSpec mistake(std::string_view kind, sim::Topology const& cluster);
    sim::Migrate migrate(sim::Topology const& cluster);
    sim::ConfigSet config_set(sim::Topology const& cluster);
    sim::ForgeReply forge_reply(sim::Topology const& cluster);
    sim::HostName node(sim::Topology const& cluster);
    sim::HostName replica(sim::Topology const& cluster);
    HostNames some_nodes(sim::Topology const& cluster);
    std::pair<HostNames, HostNames> sides(sim::Topology const& cluster);

    sim::Random random_;
    std::vector<std::uint16_t> busy_slots_;  // of keys that the workload uses
};

}  // namespace keyslot::testing
