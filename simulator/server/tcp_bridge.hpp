#pragma once

#include "simulator/server/live_world.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// Real TCP ports for simulated nodes: each accepted socket is joined to a simulated connection
/// from outside into the node, so that all faults of the network act on foreign clients too.
class TcpBridge {
public:
    /// Opens all ports on the address; throws std::runtime_error with the port that cannot be had.
    /// With `tls` the clients must speak it.
    TcpBridge(asio::io_context& context, LiveWorld& live, std::string const& bind_address,
              std::shared_ptr<asio::ssl::context> tls = nullptr);
    /// Each of these nodes at the address it tells clients. The clients are on that host of the
    /// world's (World::external_host).
    TcpBridge(asio::io_context& context, LiveClock& clock, std::vector<Member> const& nodes,
              std::string_view client_host, std::shared_ptr<asio::ssl::context> tls = nullptr);
    ~TcpBridge();

    /// Sends what nodes have written, closes what has ended; ports follow their nodes and the
    /// network.
    void flush();
    /// Closes all ports and connections; clients see the end of their streams.
    void close();
    std::size_t connections() const;

private:
    class Connection;
    class Port;

    void open(Member const& node, asio::ip::address const& address);
    void add(asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type> socket,
             Endpoint const& node);
    void mark_dirty(Connection& connection);
    void forget(Connection& connection);
    void follow_network();

    asio::io_context* context_;
    LiveClock* clock_;
    std::shared_ptr<asio::ssl::context> tls_;
    std::uint32_t client_host_;
    std::vector<std::unique_ptr<Port>> ports_;
    std::vector<std::shared_ptr<Connection>> connections_;  // each knows its place
    std::vector<std::shared_ptr<Connection>> dirty_;
    std::vector<std::shared_ptr<Connection>> flushing_;
    std::uint64_t followed_ = 0;  // Network::changes()
};

}  // namespace keyslot::sim
