#include "property_tests/generators.hpp"

#include "property_tests/plan_draw.hpp"
#include "property_tests/shrink.hpp"

#include <utility>

namespace keyslot::testing {
namespace {

/// A generator of what `draw` draws.
template <class T, class Draw>
rc::Gen<T> drawn(Draw draw) {
    return rc::Gen<T>([draw = std::move(draw)](rc::Random const& random, int) {
        PlanDraw plan{sim::Random{rc::Random(random).next()}};
        return rc::shrinkable::just(draw(plan));
    });
}

}  // namespace

rc::Gen<sim::Scenario> scenario(PlanKinds kinds) {
    return rc::Gen<sim::Scenario>([kinds](rc::Random const& random, int) {
        PlanDraw plan{sim::Random{rc::Random(random).next()}};
        return rc::shrinkable::shrinkRecur(plan.scenario(kinds), [](sim::Scenario const& whole) {
            return rc::seq::filter(rc::seq::fromContainer(simpler(whole)), can_be_said);
        });
    });
}

sim::Scenario numbered_scenario(std::uint64_t number) {
    return PlanDraw{sim::Random{number}.fork("scenario")}.scenario({});
}

rc::Gen<sim::Topology> topology() {
    return drawn<sim::Topology>([](PlanDraw& plan) { return plan.topology(); });
}

rc::Gen<sim::ClientSettings> client_settings() {
    return drawn<sim::ClientSettings>([](PlanDraw& plan) { return plan.client_settings(); });
}

rc::Gen<sim::Workload> workload() {
    return drawn<sim::Workload>([](PlanDraw& plan) { return plan.workload(); });
}

rc::Gen<std::vector<sim::TimedFault>> fault_plan(PlanKinds kinds, sim::Topology const& cluster,
                                                 Duration within) {
    return drawn<std::vector<sim::TimedFault>>(
        [=](PlanDraw& plan) { return plan.fault_plan(kinds, cluster, within); });
}

rc::Gen<std::vector<sim::TimedFault>> trouble_of_one_shard(sim::Topology const& cluster,
                                                           Duration within) {
    return drawn<std::vector<sim::TimedFault>>(
        [=](PlanDraw& plan) { return plan.trouble_of_one_shard(cluster, within); });
}

rc::Gen<sim::TimedFault> timed_fault(PlanKinds kinds, sim::Topology const& cluster,
                                     Duration within) {
    return drawn<sim::TimedFault>(
        [=](PlanDraw& plan) { return plan.timed_fault(kinds, cluster, within); });
}

}  // namespace keyslot::testing
