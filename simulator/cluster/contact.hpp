#pragma once

#include "simulator/cluster/node_id.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// Of a node that was not told otherwise, by CLUSTER MEET or cluster-port.
constexpr std::uint16_t bus_port_of(std::uint16_t port) {
    return static_cast<std::uint16_t>(port + 10000);
}

/// Who a node is and where it is reached, as one value that never changes and that all share who have
/// learned it from each other: a heartbeat in a cluster of 1,000 nodes tells of a hundred of them.
/// A world lives in one thread, so that counting its owners takes no lock.
struct Contact : boost::intrusive_ref_counter<Contact, boost::thread_unsafe_counter> {
    Contact(NodeId const& node_id, std::string_view address, std::uint16_t client_port,
            std::uint16_t its_bus_port)
        : id(node_id),
          id_digest(node_id.digest()),
          ip(address),
          port(client_port),
          bus_port(its_bus_port) {}

    NodeId const id;
    std::uint32_t const id_digest;
    std::string const ip;  ///< empty: not known (a node does not know its own from the start)
    std::uint16_t const port;
    std::uint16_t const bus_port;

    bool is_at(std::string_view address, std::uint16_t client_port) const {
        return port == client_port && ip == address;
    }
    bool is_at_same_place_as(Contact const& other) const {
        return this == &other ||
               (port == other.port && bus_port == other.bus_port && ip == other.ip);
    }
};

using ContactPtr = boost::intrusive_ptr<Contact const>;

inline ContactPtr make_contact(NodeId const& id, std::string_view ip, std::uint16_t port,
                               std::uint16_t bus_port) {
    return ContactPtr{new Contact(id, ip, port, bus_port)};
}
/// On the bus port that belongs to its port.
inline ContactPtr make_contact(NodeId const& id, std::string_view ip, std::uint16_t port) {
    return make_contact(id, ip, port, bus_port_of(port));
}

}  // namespace keyslot::sim
