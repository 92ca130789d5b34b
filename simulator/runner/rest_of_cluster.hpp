#pragma once

#include <keyslot/sim/cluster.hpp>

#include <cstdint>

namespace keyslot::sim {

/// Whether the nodes that are up serve the slot: all of them name the same owner, which is one of them and
/// says so itself; to all of them the cluster is up, and the slot is not on the move.
bool rest_serves(Cluster& cluster, std::uint16_t slot);

}  // namespace keyslot::sim
