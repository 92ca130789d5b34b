#include "property_tests/plan_draw.hpp"

#include "client/protocol/hash_slot.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <string>

namespace keyslot::testing {

using namespace std::chrono_literals;
using sim::FaultSpec;
using sim::HostName;

namespace {

constexpr std::uint32_t faults_max = 4;
constexpr std::uint32_t kinds_max = 5;

enum class Group : std::uint8_t { migration, link, node, mistake };

/// A kind of fault, and how likely it is beside the others.
struct Kind {
    std::string_view name;
    Group group;
    std::uint32_t weight;
};

constexpr std::array<Kind, 30> all_kinds{{{"migrate", Group::migration, 10},
                                          {"partition", Group::link, 4},
                                          {"reset", Group::link, 1},
                                          {"delay", Group::link, 2},
                                          {"stall", Group::link, 2},
                                          {"byte_by_byte", Group::link, 1},
                                          {"flap", Group::link, 2},
                                          {"refuse_connects", Group::link, 1},
                                          {"black_hole", Group::link, 1},
                                          {"drop_idle", Group::link, 1},
                                          {"cut", Group::link, 2},
                                          {"swizzle", Group::link, 2},
                                          {"fail_name", Group::link, 2},
                                          {"crash", Group::node, 6},
                                          {"crash and restart", Group::node, 2},
                                          {"pause", Group::node, 4},
                                          {"pause and resume", Group::node, 1},
                                          {"failover", Group::node, 6},
                                          {"slow", Group::node, 2},
                                          {"stale_view", Group::node, 2},
                                          {"lag", Group::node, 2},
                                          {"skew", Group::node, 1},
                                          {"change_address", Group::node, 1},
                                          {"config_set", Group::node, 2},
                                          {"abort", Group::mistake, 3},
                                          {"forget", Group::mistake, 1},
                                          {"forge", Group::mistake, 2},
                                          {"push", Group::mistake, 1},
                                          {"reset_node", Group::mistake, 1},
                                          {"meet", Group::mistake, 1}}};

Group group_of(std::string_view kind) {
    return std::find_if(all_kinds.begin(), all_kinds.end(),
                        [kind](Kind const& one) { return one.name == kind; })
        ->group;
}

std::uint32_t node_count(sim::Topology const& cluster) {
    return cluster.masters * (1 + cluster.replicas_per_master);
}

HostName node_name(std::uint32_t number) { return "node-" + std::to_string(number); }

std::uint32_t in_milliseconds(Duration duration) {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

bool makes_sense(std::string_view kind, sim::Topology const& cluster) {
    bool const by_name = cluster.endpoints == sim::EndpointType::hostname;
    if (kind == "change_address") {
        // An address of its own would be found by nobody who is told ports only.
        return by_name || (cluster.endpoints == sim::EndpointType::ip && node_count(cluster) > 1);
    }
    return (kind != "fail_name" || by_name) && (kind != "migrate" || cluster.masters > 1);
}

}  // namespace

HostName PlanDraw::node(sim::Topology const& cluster) {
    return node_name(number(1, node_count(cluster)));
}

/// A replica, if there is any.
HostName PlanDraw::replica(sim::Topology const& cluster) {
    std::uint32_t const nodes = node_count(cluster);
    return nodes > cluster.masters ? node_name(number(cluster.masters + 1, nodes)) : node(cluster);
}

/// At least one, and seldom all.
PlanDraw::HostNames PlanDraw::some_nodes(sim::Topology const& cluster) {
    HostNames chosen;
    for (std::uint32_t n = 1; n <= node_count(cluster); ++n) {
        if (chance(2)) {
            chosen.push_back(node_name(n));
        }
    }
    if (chosen.empty()) {
        chosen.push_back(node(cluster));
    }
    return chosen;
}

/// Clients or nodes on one side, other nodes on the other.
std::pair<PlanDraw::HostNames, PlanDraw::HostNames> PlanDraw::sides(sim::Topology const& cluster) {
    HostNames const from = chance(2) ? HostNames{"clients"} : some_nodes(cluster);
    HostNames const others = some_nodes(cluster);
    HostNames to;
    std::copy_if(others.begin(), others.end(), std::back_inserter(to), [&](HostName const& host) {
        return std::find(from.begin(), from.end(), host) == from.end();
    });
    return to.empty() ? std::pair(HostNames{"clients"}, others) : std::pair(from, to);
}

/// Some slots around one that the workload uses, so that the migration is met by calls.
sim::Migrate PlanDraw::migrate(sim::Topology const& cluster) {
    std::uint32_t const slot = busy_slots_.empty()
                                   ? protocol::hash_slot("user:" + std::to_string(number(0, 20)))
                                   : pick(busy_slots_);
    std::uint32_t const first = slot - std::min(number(0, 20), slot);
    std::uint32_t const last = std::min(slot + number(0, 20), protocol::slot_count - 1u);
    sim::Migrate fault;
    fault.slots = {{static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last)}};
    fault.to = node_name(number(1, cluster.masters));
    switch (number(0, 3)) {
        case 0: fault.keys_per_step = 1; break;
        case 1: fault.stall_at = static_cast<sim::MigrationStep>(number(0, 5)); break;
        default: fault.stall_after_keys = number(0, 3);
    }
    if (fault.stall_at || fault.stall_after_keys) {
        fault.resume_after = milliseconds(20, 3000);
    }
    return fault;
}

FaultSpec PlanDraw::link_fault(std::string_view kind, sim::Topology const& cluster) {
    auto const [from, to] = sides(cluster);
    bool const one_way = chance(2);
    Duration const delay = milliseconds(1, 300);
    auto const duration = lasting();
    if (kind == "partition") {
        return sim::Partition{from, to, one_way, duration};
    }
    if (kind == "reset") {
        return sim::Reset{from, to};
    }
    if (kind == "delay") {
        return sim::Delay{from, to, delay, delay / 2, duration};
    }
    if (kind == "stall") {
        return sim::Stall{from, to, duration};
    }
    if (kind == "byte_by_byte") {
        return sim::ByteByByte{from, to, duration};
    }
    if (kind == "flap") {
        return sim::Flap{from, to, delay, delay * 2, one_way, duration};
    }
    if (kind == "refuse_connects") {
        return sim::RefuseConnects{from, to, duration};
    }
    if (kind == "black_hole") {
        return sim::BlackHoleConnects{from, to, duration};
    }
    if (kind == "drop_idle") {
        return sim::DropIdle{from, to, delay, one_way, duration};
    }
    if (kind == "swizzle") {
        HostNames hosts = from;
        hosts.insert(hosts.end(), to.begin(), to.end());
        return sim::Swizzle{hosts, delay * 4, delay * 2};
    }
    if (kind == "fail_name") {
        auto const how = one_way ? sim::NameFailure::timeout : sim::NameFailure::not_found;
        return sim::FailName{some_nodes(cluster), how, duration};
    }
    return sim::CutStream{.from = to,
                          .to = from,
                          .after_replies = one_way ? number(0, 5) : 0,
                          .after_bytes = in_milliseconds(delay),
                          .streams = number(1, 4),
                          .duration = duration};
}

FaultSpec PlanDraw::node_fault(std::string_view kind, sim::Topology const& cluster) {
    HostName const host = node(cluster);
    auto const duration = lasting();
    if (kind == "crash" || kind == "crash and restart") {
        // Who stays down is restarted by another fault, or when all is healed.
        return sim::Crash{host, kind == "crash" ? duration : std::nullopt, chance(2)};
    }
    if (kind == "pause" || kind == "pause and resume") {
        return sim::Pause{host, kind == "pause" ? duration : std::nullopt};
    }
    if (kind == "failover") {
        return sim::Failover{chance(2) ? replica(cluster) : host,
                             static_cast<sim::FailoverMode>(number(0, 2))};
    }
    if (kind == "slow") {
        return sim::Slow{host, 4ms * (1u << number(0, 2)), duration};
    }
    if (kind == "stale_view") {
        return sim::StaleView{host, duration};
    }
    if (kind == "lag") {
        return sim::Lag{replica(cluster), chance(2) ? duration : std::nullopt, duration};
    }
    if (kind == "change_address") {
        // Not node-1's: clients that know addresses only would find nobody when all have changed.
        bool const by_name = cluster.endpoints == sim::EndpointType::hostname;
        std::uint32_t const first = by_name ? 1 : std::min(2u, node_count(cluster));
        return sim::ChangeAddress{node_name(number(first, node_count(cluster))),
                                  "10.9.0." + std::to_string(number(1, 250))};
    }
    if (kind == "config_set") {
        return config_set(cluster);
    }
    std::int64_t const rate = 100'000 * (std::int64_t{number(0, 2)} - 1);
    return sim::SkewClock{.node = host,
                          .rate_ppm = rate,
                          .wall_rate_ppm = rate,
                          .wall_offset = chance(2) ? *duration : -*duration,
                          .duration = duration};
}

/// Parameters that change what clients see.
sim::ConfigSet PlanDraw::config_set(sim::Topology const& cluster) {
    static std::vector<std::pair<std::string, std::string>> const settings{
        {"cluster-node-timeout", "300"},
        {"cluster-require-full-coverage", "no"},
        {"cluster-allow-reads-when-down", "yes"},
        {"cluster-replica-no-failover", "yes"},
        {"cluster-allow-replica-migration", "no"},
        {"replica-serve-stale-data", "no"},
        {"min-replicas-to-write", "1"},
        {"maxmemory", "1"},
        {"timeout", "1"},
        {"maxclients", "3"}};
    auto const& [parameter, value] = pick(settings);
    return {node(cluster), parameter, value, lasting()};
}

/// An error that some other node might have given, or no answer at all.
sim::ForgeReply PlanDraw::forge_reply(sim::Topology const& cluster) {
    static std::vector<std::string> const errors{
        "LOADING Redis is loading the dataset in memory",
        "TRYAGAIN Multiple keys request during rehashing of slot",
        "CLUSTERDOWN The cluster is down",
        "CLUSTERDOWN Hash slot not served",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "READONLY You can't write against a read only replica.",
        "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."};
    sim::ForgeReply forged{.node = node(cluster), .from = {"clients"}, .nth = number(1, 20)};
    if (chance(2)) {
        forged.error = pick(errors);
        forged.times = number(1, 20);
    } else {
        forged.execute = chance(2);
        forged.close = true;
    }
    forged.duration = lasting();
    return forged;
}

/// What an operator leaves behind, and what a node never said.
FaultSpec PlanDraw::mistake(std::string_view kind, sim::Topology const& cluster) {
    if (kind == "forget") {
        return sim::Forget{.node = replica(cluster), .rejoin_after = lasting()};
    }
    if (kind == "reset_node") {
        return sim::ResetNode{replica(cluster), chance(2), lasting()};
    }
    if (kind == "meet") {
        return sim::Meet{node(cluster), node(cluster)};
    }
    if (kind == "forge") {
        return forge_reply(cluster);
    }
    if (kind == "push") {
        return sim::Push{node(cluster), {"clients"}, ">2\r\n+hello\r\n$3\r\nyou\r\n"};
    }
    sim::Migrate aborted = migrate(cluster);
    aborted.stall_at.reset();
    aborted.stall_after_keys.reset();
    aborted.resume_after.reset();
    aborted.abort_at = static_cast<sim::MigrationStep>(number(0, 5));
    return aborted;
}

FaultSpec PlanDraw::fault(std::string_view kind, sim::Topology const& cluster) {
    if (kind == "heal") {
        return sim::Heal{};
    }
    switch (group_of(kind)) {
        case Group::migration: return migrate(cluster);
        case Group::link: return link_fault(kind, cluster);
        case Group::node: return node_fault(kind, cluster);
        case Group::mistake: break;
    }
    return mistake(kind, cluster);
}

/// Those that exist in this run: a few of what is allowed.
std::vector<std::string_view> PlanDraw::fault_kinds(PlanKinds kinds, sim::Topology const& cluster) {
    std::vector<Kind> left;
    for (Kind const& kind : all_kinds) {
        bool const wanted = kind.group == Group::migration ? kinds.migrations
                            : kind.group == Group::link    ? kinds.network
                            : kind.group == Group::node    ? kinds.processes
                                                           : kinds.mistakes;
        if (wanted && makes_sense(kind.name, cluster)) {
            left.push_back(kind);
        }
    }
    std::vector<std::string_view> existing;
    for (std::uint32_t n = number(1, kinds_max); n > 0 && !left.empty(); --n) {
        std::uint64_t weight = 0;
        for (Kind const& kind : left) {
            weight += kind.weight;
        }
        std::uint64_t drawn = random_.below(weight);
        auto chosen = left.begin();
        while (drawn >= chosen->weight) {
            drawn -= chosen++->weight;
        }
        existing.push_back(chosen->name);
        left.erase(chosen);
    }
    if (existing.empty()) {
        existing.emplace_back("heal");
    }
    return existing;
}

sim::Trigger PlanDraw::trigger(sim::Topology const& cluster) {
    static std::vector<std::string> const commands{"INCR", "SET *", "GET *", "CLUSTER *", "EXEC"};
    static std::vector<std::string> const faults{"migrate", "crash", "failover", "partition"};
    sim::Trigger trigger;
    switch (number(0, 7)) {
        case 0: trigger.received = pick(commands); break;
        case 1: trigger.answered = pick(commands); break;
        case 2: trigger.after = "ASKING"; break;
        case 3: trigger.connected = true; break;
        case 4: trigger.becomes = static_cast<sim::NodeState>(number(0, 3)); break;
        case 5: trigger.step = static_cast<sim::MigrationStep>(number(0, 5)); break;
        case 6: trigger.started = pick(faults); break;
        default: trigger.ended = pick(faults);
    }
    if (trigger.connected) {
        trigger.from = "clients";
    } else if (chance(4) && !trigger.step && trigger.started.empty() && trigger.ended.empty()) {
        trigger.node = node(cluster);
    }
    trigger.nth = trigger.becomes || trigger.step || !trigger.started.empty() ? 1 : number(1, 10);
    if (chance(4)) {
        trigger.delay = milliseconds(0, 1000);
    }
    return trigger;
}

sim::TimedFault PlanDraw::timed(std::vector<std::string_view> const& kinds,
                                sim::Topology const& cluster, Duration within) {
    sim::TimedFault timed;
    timed.at = milliseconds(0, in_milliseconds(within));
    timed.fault = fault(pick(kinds), cluster);
    if (chance(4)) {
        timed.at /= 2;
        timed.on = trigger(cluster);
    }
    return timed;
}

sim::TimedFault PlanDraw::timed_fault(PlanKinds kinds, sim::Topology const& cluster,
                                      Duration within) {
    return timed(fault_kinds(kinds, cluster), cluster, within);
}

std::vector<sim::TimedFault> PlanDraw::fault_plan(PlanKinds kinds, sim::Topology const& cluster,
                                                  Duration within) {
    std::vector<std::string_view> const existing = fault_kinds(kinds, cluster);
    std::vector<sim::TimedFault> plan;
    for (std::uint32_t left = number(chance(8) ? 0 : 1, faults_max); left > 0; --left) {
        plan.push_back(timed(existing, cluster, within));
        auto const* const crash = std::get_if<sim::Crash>(&plan.back().fault);
        auto const* const pause = std::get_if<sim::Pause>(&plan.back().fault);
        if (crash != nullptr && !crash->restart_after && !plan.back().on && chance(2)) {
            sim::Restart const restart{crash->node, chance(2)};
            plan.push_back({plan.back().at + milliseconds(1, 3000), restart});
        } else if (pause != nullptr && !pause->duration && !plan.back().on && chance(2)) {
            sim::Resume const resume{pause->node};
            plan.push_back({plan.back().at + milliseconds(1, 3000), resume});
        }
    }
    return plan;
}

std::vector<sim::TimedFault> PlanDraw::trouble_of_one_shard(sim::Topology const& cluster,
                                                            Duration within) {
    std::uint32_t const shard = number(1, cluster.masters);
    auto const within_ms = static_cast<std::uint32_t>(within / 1ms);
    std::vector<sim::TimedFault> faults;
    for (std::uint32_t left = number(1, 3); left > 0; --left) {
        // Replicas are dealt to the masters in turn.
        std::uint32_t const place =
            shard + cluster.masters * number(0, cluster.replicas_per_master);
        faults.push_back({milliseconds(0, within_ms), trouble("node-" + std::to_string(place))});
    }
    return faults;
}

sim::FaultSpec PlanDraw::trouble(sim::HostName const& node) {
    HostNames const clients{"clients"};
    switch (number(0, 5)) {
        case 0: return sim::Crash{node, lasting(), chance(2)};
        case 1: return sim::Pause{node, lasting()};
        case 2: return sim::Slow{node, 4ms * (1u << number(0, 2)), lasting()};
        case 3: return sim::Partition{clients, {node}, chance(2), lasting()};
        case 4: return sim::Stall{clients, {node}, lasting()};
        default: return sim::BlackHoleConnects{clients, {node}, lasting()};
    }
}

}  // namespace keyslot::testing
