#pragma once

#include "simulator/cluster/bus_message.hpp"
#include "simulator/kernel/digest.hpp"
#include "simulator/network/network.hpp"

#include <keyslot/environment.hpp>
#include <keyslot/time.hpp>

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// Takes the bus messages for one endpoint.
class BusReceiver {
public:
    virtual ~BusReceiver() = default;
    virtual void on_bus(BusMessage const& message) = 0;
};

/// Carries the cluster bus: messages as values, in order between any two hosts, lost when the link is
/// cut as they leave or as they arrive, or when nobody listens. All in background.
class Bus {
public:
    explicit Bus(Network& network) : network_(network) {}

    /// `receiver` must live until close_listener().
    void listen(HostId host, Endpoint const& at, BusReceiver& receiver);
    void close_listener(Endpoint const& at);
    void send(HostId from, Endpoint const& to, BusMessage message);

private:
    struct EndpointHash {
        std::size_t operator()(Endpoint const& endpoint) const {
            return hash_bytes(endpoint.address) + endpoint.port;
        }
    };
    struct Service {
        HostId host = 0;
        BusReceiver* receiver = nullptr;
    };
    struct Parcel {
        HostId from = 0;
        Service* to = nullptr;
        BusMessage message;
    };

    void arrive(std::uint32_t index);
    Instant& last_arrival(HostId from, HostId to);

    Network& network_;
    // Found for every message of the bus. Never erased: parcels point there.
    std::unordered_map<Endpoint, Service, EndpointHash> services_;
    std::vector<std::unique_ptr<Parcel>> parcels_;
    std::vector<std::uint32_t> free_;
    std::vector<std::vector<Instant>> last_arrival_;  // by sender, receiver
};

}  // namespace keyslot::sim
