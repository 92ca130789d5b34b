#pragma once

#include "simulator/world/cluster_layout.hpp"
#include "simulator/world/node_server.hpp"

#include <keyslot/sim/cluster.hpp>

#include <memory>
#include <vector>

namespace keyslot::sim {

struct Cluster::Impl {
    ClusterSpec spec;
    std::vector<ClusterState::Preset> layout;
    std::vector<ClusterState::Preset> known_at_start;  // the layout, unless nodes start alone
    std::vector<std::unique_ptr<NodeServer>> servers;
    std::vector<Member> members;
};

}  // namespace keyslot::sim
