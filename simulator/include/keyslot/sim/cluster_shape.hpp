#pragma once

#include <cstdint>

/// What shapes a cluster can have, beside its numbers of nodes.
namespace keyslot::sim {

/// What nodes tell clients to connect to: cluster-preferred-endpoint-type.
enum class EndpointType : std::uint8_t {
    ip,
    hostname,
    /// No host, only a port: where the client is connected already. All nodes are behind one address.
    unknown_endpoint,
};

/// How the slots are dealt to the masters at the start.
enum class SlotLayout : std::uint8_t {
    even,       ///< as `redis-cli --cluster create` deals them
    uneven,     ///< one range each, of very different lengths
    scattered,  ///< many ranges each, as after years of resharding
};

}  // namespace keyslot::sim
