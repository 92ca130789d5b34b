#include "property_tests/generators.hpp"

#include "client/protocol/hash_slot.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace keyslot::testing {

namespace {

using namespace std::chrono_literals;
using sim::FaultSpec;
using sim::HostName;

/// Whole numbers low..high, shrinking towards `low`. The whole range from the first test on: RapidCheck
/// would begin with small numbers, and slots and times near zero show little.
rc::Gen<std::uint32_t> number(std::uint32_t low, std::uint32_t high) {
    return rc::gen::map(
        rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint32_t>(0, high - low + 1)),
        [low](std::uint32_t n) { return low + n; });
}

/// Whole milliseconds low..high, shrinking towards `low`.
rc::Gen<Duration> milliseconds(std::uint32_t low, std::uint32_t high) {
    return rc::gen::map(number(low, high),
                        [](std::uint32_t n) -> Duration { return std::chrono::milliseconds{n}; });
}

std::uint32_t node_count(sim::Topology const& cluster) {
    return cluster.masters * (1 + cluster.replicas_per_master);
}

rc::Gen<HostName> node(sim::Topology const& cluster) {
    return rc::gen::map(number(1, node_count(cluster)),
                        [](std::uint32_t n) { return HostName("node-" + std::to_string(n)); });
}

/// A set of nodes, at least one of them and not all.
rc::Gen<std::vector<HostName>> some_nodes(sim::Topology const& cluster) {
    std::uint32_t const nodes = node_count(cluster);
    return rc::gen::map(number(1, (1u << nodes) - 1), [nodes](std::uint32_t bits) {
        std::vector<HostName> chosen;
        for (std::uint32_t n = 0; n < nodes; ++n) {
            if ((bits >> n & 1u) != 0) {
                chosen.emplace_back("node-" + std::to_string(n + 1));
            }
        }
        return chosen;
    });
}

rc::Gen<std::optional<Duration>> lasting() {
    return rc::gen::map(milliseconds(50, 6000),
                        [](Duration d) { return std::optional<Duration>(d); });
}

/// Some slots around that of a key which the workload uses, so that the migration is met by calls.
rc::Gen<FaultSpec> migrate(sim::Topology const& cluster) {
    return rc::gen::apply(
        [](std::uint32_t key, std::uint32_t before, std::uint32_t after, std::uint32_t to,
           bool stalls, Duration pause) {
            std::uint32_t const slot = protocol::hash_slot("user:" + std::to_string(key));
            std::uint32_t const first = slot - std::min(before, slot);
            std::uint32_t const last = std::min(slot + after, protocol::slot_count - 1u);
            sim::Migrate fault;
            fault.slots = {{static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last)}};
            fault.to = "node-" + std::to_string(to);
            if (stalls) {
                fault.stall_after_keys = 1;
                fault.resume_after = pause;
            }
            return FaultSpec(fault);
        },
        number(0, 20), number(0, 40), number(0, 40), number(1, cluster.masters),
        rc::gen::arbitrary<bool>(), milliseconds(1, 3000));
}

/// Clients or nodes on one side, nodes on the other.
rc::Gen<std::pair<std::vector<HostName>, std::vector<HostName>>> sides(
    sim::Topology const& cluster) {
    return rc::gen::apply(
        [](bool from_clients, std::vector<HostName> const& one,
           std::vector<HostName> const& other) {
            std::vector<HostName> from = from_clients ? std::vector<HostName>{"clients"} : one;
            std::vector<HostName> to;
            for (HostName const& host : other) {
                if (std::find(from.begin(), from.end(), host) == from.end()) {
                    to.push_back(host);
                }
            }
            if (to.empty()) {
                from = {"clients"};
                to = other;
            }
            return std::pair(from, to);
        },
        rc::gen::arbitrary<bool>(), some_nodes(cluster), some_nodes(cluster));
}

std::uint32_t milliseconds_of(Duration duration) {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

rc::Gen<FaultSpec> network_fault(sim::Topology const& cluster) {
    return rc::gen::apply(
        [](std::uint32_t kind, auto const& hosts, bool one_way, Duration delay,
           std::optional<Duration> duration) -> FaultSpec {
            auto const& [from, to] = hosts;
            switch (kind) {
                case 0: return sim::Partition{from, to, one_way, duration};
                case 1: return sim::Reset{from, to};
                case 2: return sim::Delay{from, to, delay, delay / 2, duration};
                case 3: return sim::Stall{from, to, duration};
                case 4: return sim::ByteByByte{from, to, duration};
                case 5: return sim::Flap{from, to, delay, delay * 2, one_way, duration};
                case 6: return sim::RefuseConnects{from, to, duration};
                case 7: return sim::BlackHoleConnects{from, to, duration};
                case 8: return sim::DropIdle{from, to, delay, one_way, duration};
                default:
                    return sim::CutStream{.from = to,
                                          .to = from,
                                          .after_replies = one_way ? 3u : 0u,
                                          .after_bytes = milliseconds_of(delay),
                                          .streams = 4,
                                          .duration = duration};
            }
        },
        number(0, 9), sides(cluster), rc::gen::arbitrary<bool>(), milliseconds(1, 300), lasting());
}

rc::Gen<FaultSpec> process_fault(sim::Topology const& cluster) {
    return rc::gen::apply(
        [](std::uint32_t kind, HostName const& host, bool keep_data, std::uint32_t mode,
           std::optional<Duration> duration) -> FaultSpec {
            switch (kind) {
                case 0: return sim::Crash{host, duration, keep_data};
                case 1: return sim::Pause{host, duration};
                case 2: return sim::Failover{host, static_cast<sim::FailoverMode>(mode)};
                case 3: return sim::Slow{host, 4ms * (1u << mode), duration};
                case 4: return sim::StaleView{host, duration};
                case 5: return sim::Lag{host, keep_data ? duration : std::nullopt, duration};
                default:
                    return sim::SkewClock{.node = host,
                                          .rate_ppm = 100'000 * std::int64_t{mode} - 100'000,
                                          .wall_rate_ppm = 100'000 * std::int64_t{mode} - 100'000,
                                          .wall_offset = keep_data ? *duration : -*duration,
                                          .duration = duration};
            }
        },
        number(0, 6), node(cluster), rc::gen::arbitrary<bool>(), number(0, 2), lasting());
}

/// What an operator leaves behind, and what a node never said.
rc::Gen<FaultSpec> mistake(sim::Topology const& cluster) {
    return rc::gen::apply(
        [masters = cluster.masters, nodes = node_count(cluster)](
            std::uint32_t kind, FaultSpec const& migration, HostName const& host,
            std::uint32_t step, std::uint32_t nth, std::optional<Duration> duration) -> FaultSpec {
            switch (kind) {
                case 0: {
                    auto aborted = std::get<sim::Migrate>(migration);
                    aborted.abort_at = static_cast<sim::MigrationStep>(step);
                    return aborted;
                }
                case 1:
                    if (nodes > masters) {
                        HostName const last = "node-" + std::to_string(nodes);
                        return sim::Forget{.node = last, .rejoin_after = duration};
                    }
                    [[fallthrough]];
                case 2:
                    return sim::ForgeReply{
                        .node = host,
                        .from = {"clients"},
                        .nth = nth,
                        .times = nth,
                        .error = "LOADING Redis is loading the dataset in memory",
                        .duration = duration};
                default:
                    return sim::ForgeReply{.node = host,
                                           .from = {"clients"},
                                           .nth = nth,
                                           .execute = step % 2 == 0,
                                           .close = true,
                                           .duration = duration};
            }
        },
        number(0, 3), migrate(cluster), node(cluster), number(0, 5), number(1, 20), lasting());
}

rc::Gen<FaultSpec> fault(PlanKinds kinds, sim::Topology const& cluster) {
    std::vector<rc::Gen<FaultSpec>> choices;
    if (kinds.migrations && cluster.masters > 1) {
        choices.push_back(migrate(cluster));
    }
    if (kinds.network) {
        choices.push_back(network_fault(cluster));
    }
    if (kinds.processes) {
        choices.push_back(process_fault(cluster));
    }
    if (kinds.mistakes) {
        choices.push_back(mistake(cluster));
    }
    if (choices.empty()) {
        choices.push_back(rc::gen::just<FaultSpec>(sim::Heal{}));
    }
    return rc::gen::mapcat(number(0, static_cast<std::uint32_t>(choices.size()) - 1),
                           [choices](std::uint32_t n) { return choices[n]; });
}

rc::Gen<sim::Topology> topology() {
    return rc::gen::apply(
        [](std::uint32_t masters, std::uint32_t replicas, Duration node_timeout, Duration jitter,
           bool full_coverage) {
            sim::Topology cluster;
            cluster.masters = masters;
            cluster.replicas_per_master = replicas;
            cluster.node_timeout = node_timeout;
            cluster.jitter = jitter;
            cluster.require_full_coverage = full_coverage;
            return cluster;
        },
        number(1, 5), number(0, 2), milliseconds(500, 2000), milliseconds(0, 5),
        rc::gen::arbitrary<bool>());
}

/// The calls that are more than one plain command. First it is drawn which kinds exist at all (swarm).
rc::Gen<sim::Mix> with_more_kinds(sim::Mix const& plain) {
    return rc::gen::map(rc::gen::pair(number(0, 63), number(1, 3)),
                        [plain](std::pair<std::uint32_t, std::uint32_t> const& drawn) {
                            auto const [kinds, share] = drawn;
                            auto const draw = [&](std::uint32_t bit) {
                                return (kinds >> bit & 1u) != 0 ? share : 0;
                            };
                            sim::Mix mix = plain;
                            mix.script = draw(0);
                            mix.push = mix.pop = draw(1);
                            mix.batch = draw(2);
                            mix.multi = draw(3);
                            mix.watch = draw(4);
                            mix.push += draw(5);
                            return mix;
                        });
}

/// One in `many` has it, and then so much of it.
rc::Gen<std::uint32_t> now_and_then(std::uint32_t many, std::uint32_t low, std::uint32_t high) {
    return rc::gen::map(rc::gen::pair(number(0, many - 1), number(low, high)),
                        [many](std::pair<std::uint32_t, std::uint32_t> const& drawn) {
                            return drawn.first == many - 1 ? drawn.second : 0;
                        });
}

rc::Gen<sim::ClientSettings> client_settings() {
    return rc::gen::apply(
        [](std::uint32_t protocol, std::uint32_t from_replicas, std::uint32_t repeatable) {
            sim::ClientSettings settings;
            settings.protocol = 3 - protocol;
            settings.read_from_replicas = from_replicas != 0;
            settings.repeatable_writes = repeatable != 0;
            return settings;
        },
        now_and_then(3, 1, 1), now_and_then(3, 1, 1), now_and_then(8, 1, 1));
}

rc::Gen<sim::Workload> plain_workload() {
    return rc::gen::apply(
        [](std::uint32_t clients, std::uint32_t keys, std::uint32_t rate, Duration duration,
           std::uint32_t pipeline, sim::Mix const& mix) {
            sim::Workload load;
            load.clients = clients;
            load.keys = keys;
            load.rate = {.count = rate};
            load.duration = duration;
            load.pipeline = pipeline;
            load.mix = mix;
            return load;
        },
        number(1, 4), number(1, 60), number(20, 300), milliseconds(200, 4000), number(1, 8),
        rc::gen::apply(
            [](std::uint32_t get, std::uint32_t set, std::uint32_t getset, std::uint32_t del,
               std::uint32_t append, std::uint32_t pairs) {
                return sim::Mix{.get = get,
                                .set = set,
                                .getset = getset,
                                .del = del,
                                .incr = 1,  // the command that shows best when it ran twice
                                .append = append,
                                .mget = pairs,
                                .mset = pairs};
            },
            number(0, 4), number(0, 4), number(0, 1), number(0, 1), number(0, 2), number(0, 1)));
}

/// One run in two has subscribers at all (swarm), and then something is published.
rc::Gen<sim::Subscribers> subscribers() {
    return rc::gen::apply(
        [](std::uint32_t count, std::uint32_t topics, std::uint32_t channels,
           std::uint32_t patterns, std::uint32_t shard_channels, std::uint32_t changes) {
            return count == 0 ? sim::Subscribers{}
                              : sim::Subscribers{.count = count,
                                                 .topics = topics,
                                                 .channels = channels,
                                                 .patterns = patterns,
                                                 .shard_channels = shard_channels,
                                                 .changes = changes};
        },
        now_and_then(2, 1, 3), number(1, 6), number(0, 3), number(0, 2), number(0, 4),
        now_and_then(2, 1, 4));
}

rc::Gen<sim::Workload> workload() {
    return rc::gen::mapcat(plain_workload(), [](sim::Workload const& plain) {
        return rc::gen::apply(
            [plain](sim::Mix const& mix, std::uint32_t cancel, std::uint32_t close,
                    sim::Subscribers const& subscribers, std::uint32_t publish) {
                sim::Workload load = plain;
                load.mix = mix;
                load.cancel = cancel;
                load.close = close != 0;
                load.subscribers = subscribers;
                load.mix.publish = load.mix.spublish = subscribers.count != 0 ? publish : 0;
                return load;
            },
            with_more_kinds(plain.mix), now_and_then(3, 1, 300), now_and_then(3, 1, 1),
            subscribers(), number(1, 6));
    });
}

}  // namespace

rc::Gen<sim::TimedFault> timed_fault(PlanKinds kinds, sim::Topology const& cluster,
                                     Duration within) {
    auto const last = std::chrono::duration_cast<std::chrono::milliseconds>(within).count();
    return rc::gen::apply(
        [](Duration at, FaultSpec const& spec, std::uint32_t how, std::uint32_t nth) {
            sim::TimedFault timed{at, spec};
            if (how == 1) {
                timed.on = sim::Trigger{.received = "INCR", .nth = nth};
            } else if (how == 2) {
                timed.on = sim::Trigger{.connected = true, .from = "clients"};
            }
            return timed;
        },
        milliseconds(0, static_cast<std::uint32_t>(last)), fault(kinds, cluster), number(0, 7),
        number(1, 10));
}

rc::Gen<sim::Scenario> scenario(PlanKinds kinds) {
    auto const shape = rc::gen::tuple(
        topology(), workload(), rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>(),
        rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>(), client_settings(),
        rc::gen::noShrink(rc::gen::inRange<std::uint32_t>(1, 1u << 31)));
    return rc::gen::mapcat(shape, [kinds](auto const& drawn) {
        auto const& [cluster, load, migrations, network, processes, mistakes, client, seed] = drawn;
        PlanKinds const swarm{.migrations = kinds.migrations && migrations,
                              .network = kinds.network && network,
                              .processes = kinds.processes && processes,
                              .mistakes = kinds.mistakes && mistakes};
        sim::Scenario plain;
        plain.seed = seed;
        plain.cluster = cluster;
        plain.client = client;
        plain.workload = load;
        return rc::gen::map(rc::gen::resize(4, rc::gen::container<std::vector<sim::TimedFault>>(
                                                   timed_fault(swarm, cluster, load.duration))),
                            [plain](std::vector<sim::TimedFault> faults) {
                                sim::Scenario whole = plain;
                                whole.faults = std::move(faults);
                                return whole;
                            });
    });
}

}  // namespace keyslot::testing
