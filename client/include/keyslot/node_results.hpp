#pragma once

#include <keyslot/error.hpp>
#include <keyslot/options.hpp>

#include <cstdint>
#include <vector>

namespace keyslot {

/// Several nodes at once, found in the topology when the call begins.
enum class TargetNodes : std::uint8_t {
    primaries,  ///< those with slots
    replicas,
    all_nodes,
    random,  ///< one of them all
};

/// What one node answered.
template <class T>
struct NodeResult {
    ClusterNode node;
    Result<T> result;
};
/// One entry for each node that was asked.
template <class T>
using NodeResults = std::vector<NodeResult<T>>;

}  // namespace keyslot
