#include "simulator/runner/rest_of_cluster.hpp"

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/node/node.hpp"

#include <string>

namespace keyslot::sim {

bool rest_serves(Cluster& cluster, std::uint16_t slot) {
    std::string owner;
    bool has_owner = false;
    for (Member& member : cluster.nodes()) {
        Node const* const node = member.node();
        if (node == nullptr) {
            continue;
        }
        ClusterState const& view = node->cluster();
        std::string const named{view.owner_of(slot)};
        bool const is_first = owner.empty();
        if (!view.state_ok() || named.empty() || (!is_first && named != owner) ||
            !view.migrating_to(slot).empty()) {
            return false;
        }
        owner = named;
        has_owner = has_owner || (member.id() == owner && node->is_master());
    }
    return has_owner;
}

}  // namespace keyslot::sim
