#include "simulator/server/live_world.hpp"

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/node/node.hpp"

#include <boost/asio/post.hpp>

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
    : context_(&context),
      options_(options),
      world_(Seed{options.seed}, world_options(options)),
      cluster_(&world_.add_cluster(cluster_spec(options))),
      timer_(context) {
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

void LiveWorld::start(std::function<void()> flush) {
    flush_ = std::move(flush);
    real_origin_ = std::chrono::steady_clock::now();
    simulated_origin_ = world_.now();
    pump();
}

// What simulated time should be by now.
Instant LiveWorld::due_time() const {
    auto const passed = std::chrono::steady_clock::now() - real_origin_;
    return simulated_origin_ + std::chrono::duration_cast<Duration>(passed * options_.speed);
}

std::chrono::steady_clock::time_point LiveWorld::wall_time(Instant simulated) const {
    auto const passed = (simulated - simulated_origin_) / options_.speed;
    return real_origin_ + std::chrono::ceil<std::chrono::steady_clock::duration>(passed);
}

// Behind the handlers of all sockets that are ready now: a batch of requests costs one step.
void LiveWorld::touch() {
    if (!std::exchange(pump_posted_, true)) {
        asio::post(*context_, [this] { pump(); });
    }
}

void LiveWorld::pump() {
    pump_posted_ = false;
    world_.run_until(due_time());
    flush_();
    arm_timer();
}

// A timer that is armed too early wakes us for nothing, which is cheaper than to set it again each
// time.
void LiveWorld::arm_timer() {
    auto const deadline = world_.next_deadline();
    if (!deadline || *deadline >= armed_) {
        return;
    }
    armed_ = *deadline;
    timer_.expires_at(wall_time(armed_));
    timer_.async_wait([this](error_code ec) {
        if (!ec) {
            armed_ = Instant::max();
            pump();
        }
    });
}

}  // namespace keyslot::sim
