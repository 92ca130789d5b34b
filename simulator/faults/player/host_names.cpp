#include "simulator/faults/player/host_names.hpp"

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/faults/values.hpp"
#include "simulator/node/node.hpp"

#include <algorithm>
#include <stdexcept>

namespace keyslot::sim {

Member& HostNames::first_replica_of(Member& master) const {
    for (Member& member : cluster_->nodes()) {
        Node const* const node = member.node();
        auto const of = node == nullptr ? std::nullopt : node->cluster().master_address();
        if (of && of->first == master.address().address && of->second == master.address().port) {
            return member;
        }
    }
    throw std::runtime_error(master.name() + " has no replica that is up");
}

// By its place in the cluster; numbers beyond are of the neighbour.
Member& HostNames::numbered(std::uint32_t number) const {
    return number <= cluster_->size() ? (*cluster_)[number - 1]
                                      : world_->node("node-" + std::to_string(number));
}

Member& HostNames::node(HostName const& name, Occurrence const& cause) const {
    using Kind = HostTarget::Kind;
    auto const target = parse_host(name.text);
    bool const is_node = target && (target->kind == Kind::node || target->kind == Kind::owner ||
                                    target->kind == Kind::that_node);
    if (!is_node || (target->kind == Kind::that_node && cause.node.empty())) {
        throw std::runtime_error("there is no node '" + name.text + "'");
    }
    try {
        Member& member = target->kind == Kind::owner       ? cluster_->owner_of(target->key)
                         : target->kind == Kind::that_node ? world_->node(cause.node)
                                                           : numbered(target->number);
        return target->replica_of > 0 ? first_replica_of(member) : member;
    } catch (std::out_of_range const&) {
        throw std::runtime_error(target->kind == Kind::owner
                                     ? "nobody serves '" + target->key + "'"
                                     : "there is no node '" + name.text + "'");
    }
}

std::vector<std::string> HostNames::hosts(std::vector<HostName> const& names,
                                          Occurrence const& cause) const {
    using Kind = HostTarget::Kind;
    std::vector<std::string> hosts;
    for (HostName const& name : names) {
        auto const target = parse_host(name.text);
        bool const is_client =
            std::find(client_hosts_.begin(), client_hosts_.end(), name.text) != client_hosts_.end();
        if (is_client) {
            hosts.push_back(name.text);
        } else if (target && target->kind == Kind::all_clients) {
            hosts.insert(hosts.end(), client_hosts_.begin(), client_hosts_.end());
        } else if (target && target->kind == Kind::client) {
            throw std::runtime_error("there is no '" + name.text + "'");
        } else if (target && target->kind == Kind::that_client) {
            if (cause.client.empty()) {
                throw std::runtime_error("there is no '" + name.text + "'");
            }
            hosts.push_back(cause.client);
        } else {
            hosts.push_back(node(name, cause).name());
        }
    }
    if (hosts.empty()) {
        throw std::runtime_error("there are no clients");
    }
    return hosts;
}

bool HostNames::stands_for(HostName const& name, std::string const& host) const {
    try {
        std::vector<std::string> const meant = hosts({name}, {});
        return std::find(meant.begin(), meant.end(), host) != meant.end();
    } catch (std::runtime_error const&) {
        return false;
    }
}

}  // namespace keyslot::sim
