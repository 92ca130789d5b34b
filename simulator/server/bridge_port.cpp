#include "simulator/server/bridge_port.hpp"

#include <chrono>

#ifdef __linux__
#include <linux/filter.h>
#include <sys/socket.h>
#endif

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

/// The kernel drops what arrives at a deaf port as if it had never come: a client that connects hears
/// nothing, sends its SYN again after 1, 2, 4, ... seconds, and gets through once the port hears.
void TcpBridge::Port::set_deaf(bool deaf) {
    if (deaf == is_deaf_) {
        return;
    }
    is_deaf_ = deaf;
#ifdef __linux__
    sock_filter drop_all{BPF_RET | BPF_K, 0, 0, 0};
    sock_fprog const program{1, &drop_all};
    int const unused = 0;
    if (deaf) {
        setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &program,
                   sizeof program);
    } else {
        setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
    }
#endif
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
