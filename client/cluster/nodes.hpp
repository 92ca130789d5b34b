#pragma once

#include "client/cluster/core.hpp"

#include <keyslot/cluster_nodes.hpp>

namespace keyslot::detail {

ClusterNode public_node(topology::Node const& node);

}  // namespace keyslot::detail
