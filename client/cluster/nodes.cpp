#include "client/cluster/nodes.hpp"

#include "client/protocol/hash_slot.hpp"

#include <algorithm>

namespace keyslot::detail {

ClusterNode public_node(topology::Node const& node) {
    return {.host = node.address.host,
            .port = node.address.port,
            .id = node.id,
            .role = node.role == topology::Role::primary ? NodeRole::primary : NodeRole::replica};
}

std::vector<ClusterNode> nodes_of(ClusterCore& core, NodeKind kind) {
    if (core.map().version() == 0) {
        return kind == NodeKind::replicas ? std::vector<ClusterNode>()
                                          : core.options().startup_nodes;
    }
    std::vector<ClusterNode> nodes;
    for (topology::Shard const& shard : core.map().shards()) {
        if (kind != NodeKind::replicas) {
            nodes.push_back(public_node(shard.primary));
        }
        if (kind != NodeKind::primaries) {
            for (topology::Node const& replica : shard.replicas) {
                nodes.push_back(public_node(replica));
            }
        }
    }
    return nodes;
}

std::optional<ClusterNode> node_named(ClusterCore& core, std::string_view name_or_id) {
    for (ClusterNode& node : nodes_of(core, NodeKind::all)) {
        if (node.name() == name_or_id || (!node.id.empty() && node.id == name_or_id)) {
            return std::move(node);
        }
    }
    return std::nullopt;
}

std::optional<ClusterNode> random_node(ClusterCore& core) {
    std::vector<ClusterNode> nodes = nodes_of(core, NodeKind::all);
    if (nodes.empty()) {
        return std::nullopt;
    }
    return std::move(nodes[static_cast<std::size_t>(core.environment().random() % nodes.size())]);
}

std::optional<ClusterNode> default_node(ClusterCore& core) {
    topology::Node const* first = nullptr;
    for (topology::Shard const& shard : core.map().shards()) {
        if (!shard.slots.empty() && (first == nullptr || shard.primary.id < first->id)) {
            first = &shard.primary;
        }
    }
    if (first != nullptr) {
        return public_node(*first);
    }
    auto const nodes = nodes_of(core, NodeKind::primaries);
    return nodes.empty() ? std::nullopt : std::optional(nodes.front());
}

namespace {

std::uint16_t shard_of_key(ClusterCore const& core, std::string_view key) {
    return core.map().shard_of(protocol::hash_slot(key));
}

std::optional<ClusterNode> primary_of(ClusterCore const& core, std::uint16_t shard) {
    if (shard == topology::SlotMap::no_shard) {
        return std::nullopt;
    }
    return public_node(core.map().shards()[shard].primary);
}

}  // namespace

std::optional<ClusterNode> owner_of(ClusterCore& core, std::string_view key) {
    return primary_of(core, shard_of_key(core, key));
}

std::vector<NodeKeys> owners_of(ClusterCore& core, Words const& keys) {
    std::vector<NodeKeys> owners;
    std::vector<std::uint16_t> shards;  // of each of them
    keys.for_each([&](std::string_view key) {
        std::uint16_t const shard = shard_of_key(core, key);
        auto const found = std::find(shards.begin(), shards.end(), shard);
        auto const place = static_cast<std::size_t>(found - shards.begin());
        if (found == shards.end()) {
            shards.push_back(shard);
            owners.push_back({primary_of(core, shard), {}});
        }
        owners[place].keys.emplace_back(key);
    });
    return owners;
}

std::uint16_t slot_of_key(std::string_view key) { return protocol::hash_slot(key); }

}  // namespace keyslot::detail
