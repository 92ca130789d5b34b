#include "property_tests/plan_draw.hpp"

#include "client/protocol/hash_slot.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

namespace keyslot::testing {

using namespace std::chrono_literals;

std::uint32_t PlanDraw::number(std::uint32_t low, std::uint32_t high) {
    return static_cast<std::uint32_t>(random_.between(low, high));
}

Duration PlanDraw::milliseconds(std::uint32_t low, std::uint32_t high) {
    return std::chrono::milliseconds{number(low, high)};
}

sim::Topology PlanDraw::topology() {
    sim::Topology cluster;
    // Large clusters are rare: they take long, and show little that small ones do not.
    bool const large = chance(20);
    cluster.masters = large ? number(6, 12) : number(1, 5);
    cluster.replicas_per_master = large ? number(0, 1) : number(0, chance(4) ? 3 : 2);
    cluster.node_timeout = milliseconds(300, 1500);
    // Far apart every window of a protocol is wide.
    cluster.latency = chance(3) ? milliseconds(1, 40) : std::chrono::microseconds{100};
    cluster.jitter = milliseconds(0, 5);
    cluster.require_full_coverage = chance(2);
    if (chance(3)) {
        cluster.slots = chance(2) ? sim::SlotLayout::uneven : sim::SlotLayout::scattered;
    }
    if (chance(4)) {
        cluster.endpoints =
            chance(2) ? sim::EndpointType::hostname : sim::EndpointType::unknown_endpoint;
    }
    return cluster;
}

/// `round_trip`: at most. No time-out is shorter than what it waits for takes when all is well.
sim::ClientSettings PlanDraw::client_settings(Duration round_trip) {
    sim::ClientSettings settings;
    settings.protocol = chance(3) ? 2 : 3;
    settings.read_from_replicas = chance(3);
    settings.repeatable_writes = chance(8);
    if (chance(4)) {
        settings.attempt_timeout = std::max(milliseconds(50, 2000), 4 * round_trip);
        settings.connect_timeout = std::max(milliseconds(50, 2000), 4 * round_trip);
        settings.call_timeout = std::max(milliseconds(200, 8000), 12 * round_trip);
    }
    if (chance(8)) {
        settings.redirects_max = number(1, 5);
    }
    return settings;
}

/// The plain commands always, of the others only some kinds at a time.
sim::Mix PlanDraw::mix() {
    sim::Mix mix;
    mix.get = number(0, 4);
    mix.set = number(0, 4);
    mix.incr = 1;  // the command that shows best when it ran twice
    std::uint32_t const share = number(1, 3);
    auto const some = [&](std::uint32_t one_in) { return chance(one_in) ? share : 0; };
    mix.getset = some(2);
    mix.del = some(2);
    mix.append = some(2);
    mix.mget = some(2);
    mix.mset = some(2);
    mix.script = some(2);
    mix.push = mix.pop = some(2);
    mix.batch = some(2);
    mix.multi = some(2);
    mix.watch = some(2);
    mix.push += some(4);
    return mix;
}

sim::Subscribers PlanDraw::subscribers() {
    sim::Subscribers subscribers;
    subscribers.count = number(1, 3);
    subscribers.topics = number(1, 6);
    subscribers.channels = number(0, 3);
    subscribers.patterns = number(0, 2);
    subscribers.shard_channels = number(0, 4);
    subscribers.changes = chance(2) ? number(1, 4) : 0;
    return subscribers;
}

sim::Workload PlanDraw::workload() {
    sim::Workload load;
    load.clients = number(1, 4);
    load.keys = chance(2) ? number(1, 8) : number(1, 60);
    load.rate = {.count = number(20, 150)};
    load.duration = milliseconds(200, 6000);
    load.pipeline = number(1, 8);
    load.mix = mix();
    load.hash_tags = chance(3) ? number(1, 3) : 0;
    load.hot = chance(4) ? number(100, 900) : 0;
    load.cancel = chance(3) ? number(1, 300) : 0;
    load.close = chance(3);
    if (chance(3)) {
        load.subscribers = subscribers();
        load.mix.publish = load.mix.spublish = number(1, 6);
    }
    return load;
}

void PlanDraw::note_busy_slots(sim::Workload const& load) {
    for (std::uint32_t tag = 1; tag <= load.hash_tags; ++tag) {
        busy_slots_.push_back(protocol::hash_slot(std::to_string(tag)));
    }
    static constexpr std::array<std::string_view, 7> families{"user:",  "counter:",  "log:",  "",
                                                              "queue:", "scripted:", "tally:"};
    for (std::uint32_t key = 1; load.hash_tags == 0 && key <= std::min(load.keys, 8u); ++key) {
        for (std::string_view const family : families) {  // without one: that of {N}
            busy_slots_.push_back(protocol::hash_slot(std::string(family) + std::to_string(key)));
        }
    }
}

sim::Scenario PlanDraw::scenario(PlanKinds kinds) {
    sim::Scenario whole;
    whole.seed = number(1, 0x7fffffff);
    whole.cluster = topology();
    whole.client = client_settings(2 * (whole.cluster.latency + whole.cluster.jitter));
    whole.workload = workload();
    note_busy_slots(whole.workload);
    whole.faults = fault_plan(kinds, whole.cluster, whole.workload.duration);
    return whole;
}

}  // namespace keyslot::testing
