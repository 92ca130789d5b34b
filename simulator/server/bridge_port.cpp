#include "simulator/server/bridge_port.hpp"

#include "simulator/server/deaf_socket.hpp"

#include <chrono>

namespace keyslot::sim {
namespace {

constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace

TcpBridge::Port::Port(TcpBridge& bridge, Member const& member, asio::ip::address const& address)
    : bridge_(&bridge),
      member_(member),
      address_(address),
      announced_(member.address().address),
      endpoint_(address, member.address().port),
      acceptor_(*bridge.context_),
      pause_(*bridge.context_) {}

void TcpBridge::Port::open() { become(ConnectFate::accept); }

bool TcpBridge::Port::follow() {
    try {
        if (auto const wanted = wanted_endpoint(); wanted != endpoint_) {
            close();
            endpoint_ = wanted;
        }
        Network const& network = bridge_->clock_->world().network();
        become(network.fate_of_connect(bridge_->client_host_, member_.listening()));
        return true;
    } catch (boost::system::system_error const&) {
        close();
        return false;
    }
}

// Where a fault gives the node another address, that one is listened on if this machine has it.
asio::ip::tcp::endpoint TcpBridge::Port::wanted_endpoint() const {
    Endpoint const& at = member_.listening();
    return {at.address == announced_ ? address_ : asio::ip::make_address(at.address), at.port};
}

void TcpBridge::Port::become(ConnectFate fate) {
    if (fate == ConnectFate::refuse) {
        close();
        return;
    }
    bool const deaf = fate == ConnectFate::black_hole;
    if (acceptor_.is_open()) {
        set_deaf(deaf);
        return;
    }
    acceptor_.open(endpoint_.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint_);
    set_deaf(deaf);
    acceptor_.listen();
    accept();
}

void TcpBridge::Port::set_deaf(bool deaf) {
    if (deaf != is_deaf_) {
        is_deaf_ = deaf;
        make_deaf(acceptor_.native_handle(), deaf);
    }
}

void TcpBridge::Port::close() {
    error_code ignored;
    acceptor_.close(ignored);
    is_deaf_ = false;
    pause_.cancel();
}

void TcpBridge::Port::accept() {
    acceptor_.async_accept(
        [this](error_code ec, Connection::Socket socket) { on_accept(ec, std::move(socket)); });
}

void TcpBridge::Port::on_accept(error_code ec, Connection::Socket socket) {
    if (ec == asio::error::operation_aborted || !acceptor_.is_open()) {
        return;
    }
    if (ec) {  // out of descriptors, most likely: let others close first
        pause_.expires_after(accept_pause);
        pause_.async_wait([this](error_code cancelled) {
            if (!cancelled && acceptor_.is_open()) {
                accept();
            }
        });
        return;
    }
    bridge_->add(std::move(socket), member_.listening());
    accept();
}

}  // namespace keyslot::sim
