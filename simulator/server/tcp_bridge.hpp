#pragma once

#include "simulator/server/live_world.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace keyslot::sim {

/// Real TCP ports for simulated nodes: each accepted socket is joined to a simulated connection
/// from outside into the node, so that all faults of the network act on foreign clients too. A node
/// that is down has its port closed.
class TcpBridge {
public:
    /// Opens all ports on the address; throws std::runtime_error with the port that cannot be had.
    TcpBridge(asio::io_context& context, LiveWorld& live, std::string const& bind_address);
    ~TcpBridge();

    /// Sends what nodes have written, closes what has ended, follows nodes that went down or came
    /// back.
    void flush();
    void close();
    std::size_t connections() const;

private:
    class Connection;
    class Listener;

    void mark_dirty(Connection& connection);
    void forget(Connection& connection);

    asio::io_context* context_;
    LiveWorld* live_;
    std::uint32_t client_host_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::vector<std::shared_ptr<Connection>> connections_;  // each knows its place
    std::vector<std::shared_ptr<Connection>> dirty_;
    std::vector<std::shared_ptr<Connection>> flushing_;
};

}  // namespace keyslot::sim
