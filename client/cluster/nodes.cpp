#include "client/cluster/nodes.hpp"

#include "client/protocol/hash_slot.hpp"

namespace keyslot::detail {

ClusterNode public_node(topology::Node const& node) {
    return {.host = node.address.host,
            .port = node.address.port,
            .id = node.id,
            .role = node.role == topology::Role::primary ? NodeRole::primary : NodeRole::replica};
}

std::vector<ClusterNode> nodes_of(ClusterCore const& core, bool with_replicas) {
    if (core.map().version() == 0) {
        return core.options().startup_nodes;
    }
    std::vector<ClusterNode> nodes;
    for (topology::Shard const& shard : core.map().shards()) {
        nodes.push_back(public_node(shard.primary));
        if (with_replicas) {
            for (topology::Node const& replica : shard.replicas) {
                nodes.push_back(public_node(replica));
            }
        }
    }
    return nodes;
}

std::optional<ClusterNode> owner_of(ClusterCore const& core, std::string_view key) {
    std::uint16_t const shard = core.map().shard_of(protocol::hash_slot(key));
    if (shard == topology::SlotMap::no_shard) {
        return std::nullopt;
    }
    return public_node(core.map().shards()[shard].primary);
}

}  // namespace keyslot::detail
