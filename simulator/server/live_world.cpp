#include "simulator/server/live_world.hpp"

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/node/node.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace keyslot::sim {
namespace {

constexpr std::chrono::milliseconds ready_step{100};
constexpr int ready_steps_max = 600;

WorldOptions world_options(LiveOptions const& options) {
    WorldOptions world;
    world.latency = options.cluster.latency;
    world.jitter = options.cluster.jitter;
    world.record_executions = false;  // this may run for days
    auto const since_1970 = std::chrono::system_clock::now().time_since_epoch();
    world.unix_time_origin_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
    return world;
}

ClusterSpec cluster_spec(LiveOptions const& options) {
    ClusterSpec spec;
    spec.masters = options.cluster.masters;
    spec.replicas_per_master = options.cluster.replicas_per_master;
    spec.node_timeout = std::chrono::ceil<std::chrono::milliseconds>(options.cluster.node_timeout);
    spec.latency = options.cluster.latency;
    spec.jitter = options.cluster.jitter;
    spec.require_full_coverage = options.cluster.require_full_coverage;
    spec.ip = options.announce;
    spec.first_port = options.first_port;
    spec.password = options.password;
    spec.tls = options.tls;
    spec.joined = options.joined;
    return spec;
}

}  // namespace

LiveWorld::LiveWorld(asio::io_context& context, LiveOptions const& options)
    : options_(options),
      world_(Seed{options.seed}, world_options(options)),
      clock_(context, world_, options.speed),
      cluster_(&world_.add_cluster(cluster_spec(options))) {
    world_.external_host(client_host);
    std::vector<std::string> clients{std::string(client_host)};
    player_ = std::make_unique<FaultPlayer>(world_, *cluster_, std::move(clients));
    for (int step = 0; options_.joined && !is_ready(); ++step) {
        if (step == ready_steps_max) {
            throw std::runtime_error("the cluster does not come up");
        }
        world_.run_for(ready_step);
    }
}

bool LiveWorld::is_ready() {
    auto& nodes = cluster_->nodes();
    return std::all_of(nodes.begin(), nodes.end(), [](Member& member) {
        return member.node() != nullptr && member.node()->cluster().state_ok();
    });
}

}  // namespace keyslot::sim
