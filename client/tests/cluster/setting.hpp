#pragma once

#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/sim/fault_player.hpp>
#include <keyslot/sim/world.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <utility>

namespace keyslot {

/// A simulated cluster and a client of it.
struct Setting {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster;
    AsyncRedisCluster redis;
    sim::FaultPlayer faults{world, cluster, {"app"}};

    explicit Setting(sim::ClusterSpec const& spec = {}, ClusterOptions options = {})
        : cluster(world.add_cluster(spec)),
          redis(world.host("app"), with_nodes(std::move(options))) {}

    ClusterOptions with_nodes(ClusterOptions options) {
        if (options.startup_nodes.empty()) {
            options.startup_nodes = cluster.startup_nodes();
        }
        return options;
    }
    void run(UniqueFunction<asio::awaitable<void>()> main) { world.run(std::move(main)); }

    /// A master that does not serve the key.
    sim::Member& other_master(std::string_view key) {
        for (sim::Member& node : cluster.nodes()) {
            if (node.is_master() && &node != &cluster.owner_of(key)) {
                return node;
            }
        }
        throw std::logic_error("there is but one master");
    }
    /// Moves the key's slot to that node, as redis-cli does; under way when this returns.
    void move_slot_of(std::string_view key, sim::Member const& to) {
        std::uint16_t const slot = AsyncRedisCluster::keyslot(key);
        faults.start(sim::Migrate{.slots = {{slot, slot}}, .to = to.name()});
    }
};

}  // namespace keyslot
