#pragma once

#include "client/topology/slot_map.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace keyslot::detail {

class ClusterCore;
class NodeLink;

/// Connections that one user has for himself for a while: blocking commands, transactions. They are
/// given back and used again; options().max_connections of them to one node at a time.
class LinkPool {
public:
    explicit LinkPool(ClusterCore& core) : core_(core) {}

    /// A patient link to that node: one that was given back, or a new one that dials with its first call.
    /// nullptr, and `why`, when that many are taken.
    std::shared_ptr<NodeLink> take(topology::HostPort const& address, std::string& why);
    /// `clean`: the server remembers nothing of its user (no MULTI, no WATCH). A link that is not, or that
    /// still owes a reply, is closed: nobody else may read that reply (client-bugs 64, 71).
    void give_back(std::shared_ptr<NodeLink> link, bool clean);

    /// Closes the idle links to nodes that the map does not list.
    void keep_only(topology::SlotMap const& map);
    /// Closes the idle links. Those taken are closed by the client itself.
    void clear() { nodes_.clear(); }

private:
    static constexpr std::size_t idle_max = 16;  // of one node; what is more was a peak

    struct OfNode {
        std::vector<std::shared_ptr<NodeLink>> idle;
        std::size_t taken = 0;
    };

    ClusterCore& core_;
    std::map<topology::HostPort, OfNode> nodes_;
};

}  // namespace keyslot::detail
