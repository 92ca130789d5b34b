#include "simulator/server/tcp_bridge.hpp"

#include "simulator/server/bridge_connection.hpp"
#include "simulator/server/bridge_port.hpp"

#include <stdexcept>
#include <utility>

namespace keyslot::sim {

TcpBridge::TcpBridge(asio::io_context& context, LiveWorld& live, std::string const& bind_address,
                     std::shared_ptr<asio::ssl::context> tls)
    : context_(&context),
      clock_(&live.clock()),
      tls_(std::move(tls)),
      client_host_(live.world().network().find_host(LiveWorld::client_host).value()) {
    error_code ec;
    auto const address = asio::ip::make_address(bind_address, ec);
    if (ec) {
        throw std::runtime_error("'" + bind_address + "' is not an IP address");
    }
    for (Member const& member : live.cluster().nodes()) {
        open(member, address);
    }
}

TcpBridge::TcpBridge(asio::io_context& context, LiveClock& clock, std::vector<Member> const& nodes,
                     std::string_view client_host, std::shared_ptr<asio::ssl::context> tls)
    : context_(&context),
      clock_(&clock),
      tls_(std::move(tls)),
      client_host_(clock.world().network().find_host(client_host).value()) {
    for (Member const& member : nodes) {
        open(member, asio::ip::make_address(member.address().address));
    }
}

void TcpBridge::open(Member const& node, asio::ip::address const& address) {
    auto& port = ports_.emplace_back(std::make_unique<Port>(*this, node, address));
    try {
        port->open();
    } catch (boost::system::system_error const& error) {
        throw std::runtime_error("cannot listen on " + address.to_string() + ':' +
                                 std::to_string(port->endpoint().port()) + ": " +
                                 error.code().message() + " (--port and --bind choose others)");
    }
}

TcpBridge::~TcpBridge() { close(); }

void TcpBridge::close() {
    for (auto const& port : ports_) {
        port->close();
    }
    while (!connections_.empty()) {
        auto const connection = connections_.back();
        connection->close(false);
    }
}

std::size_t TcpBridge::connections() const { return connections_.size(); }

void TcpBridge::add(
    asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type> socket,
    Endpoint const& node) {
    auto const connection = std::make_shared<Connection>(*this, std::move(socket), tls_);
    connection->place = connections_.size();
    connections_.push_back(connection);
    connection->start(node);
}

void TcpBridge::mark_dirty(Connection& connection) {
    if (!std::exchange(connection.dirty, true)) {
        dirty_.push_back(connection.shared_from_this());
    }
}

void TcpBridge::forget(Connection& connection) {
    std::size_t const place = connection.place;
    std::swap(connections_[place], connections_.back());
    connections_[place]->place = place;
    connections_.pop_back();
}

void TcpBridge::flush() {
    std::swap(dirty_, flushing_);
    for (auto const& connection : flushing_) {
        connection->flush();
    }
    flushing_.clear();
    follow_network();
}

void TcpBridge::follow_network() {
    std::uint64_t const changes = clock_->world().network().changes();
    if (changes == followed_) {
        return;
    }
    bool all_followed = true;
    for (auto const& port : ports_) {
        all_followed = port->follow() && all_followed;
    }
    if (all_followed) {
        followed_ = changes;
    }
}

}  // namespace keyslot::sim
