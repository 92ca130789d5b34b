#pragma once

#include "client/topology/slot_map.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::topology {

/// A slot on the move, as its source or its target tells.
struct SlotMark {
    std::uint16_t slot = 0;
    bool importing = false;  ///< else migrating
    std::string_view other_node = {};  ///< id of where it comes from or goes to
    friend bool operator==(SlotMark const&, SlotMark const&) = default;
};

/// One line of CLUSTER NODES (facts, section 3.3). The texts point into the reply.
struct NodeLine {
    std::string_view id = {};
    std::string_view host = {};  ///< empty: the node does not know its own address, or has none
    std::uint16_t port = 0;
    std::string_view hostname = {};
    std::string_view primary_id = {};  ///< of a replica
    std::uint64_t epoch = 0;  ///< of a replica: its primary's
    bool myself = false;
    bool primary = false;
    bool suspected = false;  ///< fail?
    bool failed = false;
    bool handshake = false;  ///< not a member yet; its id is made up
    bool connected = false;
    std::vector<SlotRange> slots = {};
    std::vector<SlotMark> marks = {};  ///< on the line of `myself` only
};

/// Reads the text of CLUSTER NODES, or of CLUSTER REPLICAS line by line. nullopt, and `problem`, when a
/// line has not the documented shape. Flags and marks that are not known are passed over.
std::optional<std::vector<NodeLine>> parse_node_lines(std::string_view text, std::string& problem);

/// What CLUSTER NODES says of the shape of the cluster: a view, with epochs. Nodes that cannot be
/// dialled, or are not members yet, are left out.
ClusterView view_of(std::span<NodeLine const> lines, Asked const& asked);

/// Adds to a view from CLUSTER SHARDS or SLOTS, which have no epochs in Redis 7.0, what the same node
/// says in CLUSTER NODES: config epochs, who answered, and whether it is cut off from the majority.
void learn_epochs(ClusterView& view, std::span<NodeLine const> lines);

}  // namespace keyslot::topology
