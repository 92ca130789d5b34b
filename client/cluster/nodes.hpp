#pragma once

#include "client/cluster/core.hpp"

#include <keyslot/options.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace keyslot::detail {

/// The nodes of the core's map as the public face shows them; the start-up nodes before there is a map.
std::vector<ClusterNode> nodes_of(ClusterCore const& core, bool with_replicas);
ClusterNode public_node(topology::Node const& node);
std::optional<ClusterNode> owner_of(ClusterCore const& core, std::string_view key);

}  // namespace keyslot::detail
