#include "client/cluster/link_pool.hpp"

#include "client/cluster/core.hpp"
#include "client/cluster/node_link.hpp"

#include <utility>

namespace keyslot::detail {

std::shared_ptr<NodeLink> LinkPool::take(topology::HostPort const& address, std::string& why) {
    OfNode& node = nodes_[address];
    if (node.taken >= core_.options().max_connections) {
        why = "all connections to " + to_string(address) + " are taken (max_connections " +
              std::to_string(core_.options().max_connections) + ")";
        return nullptr;
    }
    ++node.taken;
    while (!node.idle.empty()) {
        std::shared_ptr<NodeLink> link = std::move(node.idle.back());
        node.idle.pop_back();
        if (link->ready()) {  // one that the node has closed meanwhile is forgotten
            return link;
        }
    }
    return core_.make_private_link(address, {.is_patient = true});
}

void LinkPool::give_back(std::shared_ptr<NodeLink> link, bool clean) {
    auto const found = nodes_.find(link->address());
    if (found != nodes_.end()) {
        OfNode& node = found->second;
        node.taken -= node.taken > 0 ? 1 : 0;
        link->set_owner(nullptr);
        if (clean && link->ready() && link->idle() && node.idle.size() < idle_max) {
            node.idle.push_back(std::move(link));
            return;
        }
    }
    link->shut_down();
}

void LinkPool::keep_only(topology::SlotMap const& map) {
    for (auto& [address, node] : nodes_) {
        if (!map.lists(address)) {
            for (auto const& link : std::exchange(node.idle, {})) {
                link->shut_down();
            }
        }
    }
    std::erase_if(nodes_, [](auto const& entry) {
        return entry.second.idle.empty() && entry.second.taken == 0;
    });
}

}  // namespace keyslot::detail
