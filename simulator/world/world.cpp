#include "simulator/world/world_impl.hpp"

#include <cstdio>
#include <stdexcept>
#include <utility>

namespace keyslot::sim {

namespace {

NodeConfig config_of(ClusterSpec const& spec, ClusterState::Preset const& preset) {
    NodeConfig config;
    config.id = preset.contact->id.str();
    config.ip = preset.contact->ip;
    config.port = preset.contact->port;
    config.hostname = preset.hostname;
    config.password = spec.password;
    config.tls = spec.tls || spec.tls_port.has_value();
    config.node_timeout_ms = spec.node_timeout.count();
    config.require_full_coverage = spec.require_full_coverage;
    config.allow_reads_when_down = spec.allow_reads_when_down;
    config.replica_validity_factor = spec.replica_validity_factor;
    config.cluster_enabled = spec.cluster_enabled;
    config.repl_diskless_sync_delay_s = 0;  // five seconds would be most of many a test
    config.preferred_endpoint_type = spec.endpoint_type;
    return config;
}

std::string in_seconds(Duration time) {
    char text[40];
    std::snprintf(text, sizeof text, "%.3fs", std::chrono::duration<double>(time).count());
    return text;
}

}  // namespace

World::Impl::Impl(Seed with, WorldOptions const& given)
    : seed(with),
      options(given),
      limits{.hang_grace = given.hang_grace,
             .time_max = given.run_time_max,
             .events_max = given.run_events_max},
      random(Random{with.value}.fork("world")),
      network(kernel, random.fork("net"), {.latency = given.latency, .jitter = given.jitter}),
      bus(network),
      triggers(network, taps),
      forger(network, taps) {
    kernel.log_to(options.log);
    kernel.fold(seed.value);
}

World::Impl::~Impl() {
    while (!composed_faults.empty()) {
        composed_faults.extract(composed_faults.begin());  // one may end another
    }
    // Events and connects under way own coroutines, and these use all the rest.
    kernel.clear();
    network.drop_connects();
    kernel.clear();
}

SimEnvironment& World::Impl::environment(std::string_view name, bool local) {
    if (auto const found = environments.find(name); found != environments.end()) {
        return *found->second;
    }
    std::string const text(name);
    HostId host = 0;
    if (auto const found = network.find_host(name)) {
        host = *found;  // a program beside a node
    } else {
        std::size_t const number = environments.size() + 1;
        host = network.add_host(
            {.name = text,
             .ip = "10.255." + std::to_string(number / 256) + "." + std::to_string(number % 256),
             .local = local});
    }
    auto made =
        std::make_unique<SimEnvironment>(network, host, random.fork("host").fork(name), limits);
    return *environments.emplace(text, std::move(made)).first->second;
}

HostId World::Impl::find_host(std::string const& name) const {
    if (auto const found = network.find_host(name)) {
        return *found;
    }
    throw std::out_of_range("no host " + name + " in this world");
}

NodeServer& World::Impl::find_server(std::string const& node) {
    HostId const host = find_host(node);
    for (auto const& cluster : clusters) {
        for (auto const& server : cluster->impl_->servers) {
            if (server->place().host == host) {
                return *server;
            }
        }
    }
    throw std::out_of_range(node + " is no node");
}

World::World(Seed seed, WorldOptions options) : impl_(std::make_unique<Impl>(seed, options)) {}
World::~World() = default;

Environment& World::host(std::string_view name) { return impl_->environment(name, false); }
Environment& World::external_host(std::string_view name) { return impl_->environment(name, true); }

Cluster& World::add_cluster(ClusterSpec const& spec) {
    Impl& world = *impl_;
    std::size_t const number = world.clusters.size();
    Random random = world.random.fork("cluster").fork(std::to_string(number));
    Random ids = random.fork("node ids");

    auto impl = std::make_unique<Cluster::Impl>();
    impl->spec = spec;
    impl->layout = lay_out(spec, world.nodes + 1, ids);
    if (spec.joined) {
        impl->known_at_start = impl->layout;
    }
    WorldParts const parts{world.kernel,
                           world.network,
                           world.bus,
                           world.executions,
                           world.routing,
                           world.options.record_executions,
                           world.taps,
                           world.triggers,
                           world.options.unix_time_origin_ms};
    for (std::size_t n = 0; n < impl->layout.size(); ++n) {
        ClusterState::Preset const& preset = impl->layout[n];
        std::string name = "node-" + std::to_string(++world.nodes);
        Random own = random.fork(name);
        HostId const host = world.network.add_host({.name = std::move(name),
                                                    .ip = preset.contact->ip,
                                                    .latency = spec.latency,
                                                    .jitter = spec.jitter});
        impl->servers.push_back(
            std::make_unique<NodeServer>(parts, NodeServer::Place{number, n, host},
                                         config_of(spec, preset), impl->known_at_start, own));
        if (spec.tls || spec.tls_port) {
            impl->servers.back()->speak_tls(spec.tls_port);
        }
        impl->members.emplace_back(*impl->servers.back());
    }
    for (auto const& server : impl->servers) {
        server->start();
    }
    world.clusters.push_back(std::unique_ptr<Cluster>(new Cluster(std::move(impl))));
    return *world.clusters.back();
}

std::size_t World::cluster_count() const { return impl_->clusters.size(); }
Cluster& World::cluster(std::size_t n) { return *impl_->clusters.at(n); }

Member& World::node(std::string_view name) {
    for (auto const& cluster : impl_->clusters) {
        for (Member& member : cluster->nodes()) {
            if (member.name() == name || member.id() == name) {
                return member;
            }
        }
    }
    throw std::out_of_range("no node " + std::string(name) + " in this world");
}

Instant World::now() const { return impl_->kernel.now(); }
Seed World::seed() const { return impl_->seed; }
std::uint64_t World::digest() const { return impl_->kernel.digest(); }
std::uint64_t World::events() const { return impl_->kernel.events(); }

std::string World::summary(std::optional<Duration> wall) const {
    char digest_text[20];
    std::snprintf(digest_text, sizeof digest_text, "%016llx",
                  static_cast<unsigned long long>(digest()));
    std::string line = "seed=" + std::to_string(seed().value) +
                       " events=" + std::to_string(events()) + " digest=" + digest_text +
                       " sim=" + in_seconds(now().time_since_epoch());
    return wall ? line + " wall=" + in_seconds(*wall) : line;
}

void World::trace_to(UniqueFunction<void(std::string_view)> sink) {
    impl_->kernel.trace_to(std::move(sink));
}

void World::watch(Duration every, UniqueFunction<void(Instant)> look) {
    impl_->kernel.watch(every, std::move(look));
}

ExecutionLog const& World::executions() const { return impl_->executions; }
void World::record_executions(bool on) { impl_->options.record_executions = on; }
void World::clear_executions() {
    impl_->executions.clear();
    impl_->routing.clear();
}
RoutingLog const& World::routing() const { return impl_->routing; }

void World::tap_sessions(SessionTap* tap) {
    impl_->taps.remove(impl_->tap);
    impl_->tap = tap != nullptr ? impl_->taps.add(*tap, SessionTaps::Hears::new_sessions) : 0;
}
Kernel& World::kernel() { return impl_->kernel; }
Network& World::network() { return impl_->network; }

}  // namespace keyslot::sim
