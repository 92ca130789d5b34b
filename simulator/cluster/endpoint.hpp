#pragma once

#include "simulator/cluster/peer.hpp"
#include "simulator/node/node.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace keyslot::sim {

/// The port on which a node's bus is listened to.
inline std::uint16_t bus_port_of(NodeConfig const& config) {
    return config.cluster_port != 0 ? config.cluster_port : bus_port_of(config.port);
}

/// How clients are told where a node is (facts 3.4). nullopt: not at all, they know already.
inline std::optional<std::string_view> endpoint_of(EndpointType type, Peer const& peer) {
    switch (type) {
        case EndpointType::ip: return peer.ip();
        case EndpointType::hostname:
            return peer.details->hostname.empty() ? std::string_view{"?"}
                                                  : std::string_view{peer.details->hostname};
        case EndpointType::unknown_endpoint: break;
    }
    return std::nullopt;
}

/// The host of MOVED and ASK, and the endpoint of CLUSTER SHARDS: unknown is empty.
inline std::string_view endpoint_in_redirect(EndpointType type, Peer const& peer) {
    return endpoint_of(type, peer).value_or(std::string_view{});
}

}  // namespace keyslot::sim
