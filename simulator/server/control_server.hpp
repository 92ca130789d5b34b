#pragma once

#include "simulator/server/control_api.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>

namespace keyslot::sim {

/// The control plane on HTTP.
class ControlServer {
public:
    /// Throws std::runtime_error when the port cannot be had.
    ControlServer(asio::io_context& context, ControlApi& api, std::string const& bind_address,
                  std::uint16_t port);

    std::uint16_t port() const { return port_; }

private:
    asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
};

}  // namespace keyslot::sim
