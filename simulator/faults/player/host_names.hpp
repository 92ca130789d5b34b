#pragma once

#include <keyslot/sim/fault_spec.hpp>
#include <keyslot/sim/trigger.hpp>
#include <keyslot/sim/world.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// What names of hosts mean at the moment.
class HostNames {
public:
    HostNames(World& world, Cluster& cluster, std::vector<std::string> client_hosts)
        : world_(&world), cluster_(&cluster), client_hosts_(std::move(client_hosts)) {}

    /// `cause`: what "that node" and "that client" refer to. Both throw std::runtime_error when
    /// there is no such host.
    Member& node(HostName const& name, Occurrence const& cause) const;
    /// Never an empty list: to the network that would mean every host.
    std::vector<std::string> hosts(std::vector<HostName> const& names,
                                   Occurrence const& cause) const;
    /// Whether the name means that host now. False when it means nothing.
    bool stands_for(HostName const& name, std::string const& host) const;

private:
    Member& first_replica_of(Member& master) const;
    Member& numbered(std::uint32_t number) const;

    World* world_;
    Cluster* cluster_;
    std::vector<std::string> client_hosts_;
};

}  // namespace keyslot::sim
