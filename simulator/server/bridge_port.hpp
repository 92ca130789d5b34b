#pragma once

#include "simulator/network/network.hpp"
#include "simulator/server/bridge_connection.hpp"
#include "simulator/server/tcp_bridge.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace keyslot::sim {

/// One node's port. It does to those who connect what the simulated network would: open; closed, so
/// that they are refused; or open but deaf, so that their SYNs vanish.
class TcpBridge::Port {
public:
    Port(TcpBridge& bridge, Member const& member, asio::ip::address const& address);

    /// Throws boost::system::system_error when the port cannot be had.
    void open();
    /// Whatever the network says now. False: somebody else has the port; to be tried again.
    bool follow();
    void close();

    asio::ip::tcp::endpoint const& endpoint() const { return endpoint_; }

private:
    using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

    asio::ip::tcp::endpoint wanted_endpoint() const;
    void become(ConnectFate fate);
    void set_deaf(bool deaf);
    void accept();
    void on_accept(error_code ec, Connection::Socket socket);

    TcpBridge* bridge_;
    Member member_;
    asio::ip::address address_;
    std::string announced_;  // the address that stands for address_
    asio::ip::tcp::endpoint endpoint_;
    Acceptor acceptor_;
    asio::steady_timer pause_;
    bool is_deaf_ = false;
};

}  // namespace keyslot::sim
