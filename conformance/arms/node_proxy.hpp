#pragma once

#include "conformance/harness/witness.hpp"
#include "simulator/server/live_clock.hpp"

#include <keyslot/environment.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>

namespace keyslot::conformance {

/// Stands where a real node says it is, hands each request on to it one after the other, and lets the
/// witness see, and meddle with, what is said. What comes from other nodes (a replica gets its data that
/// way) goes through as it is and unseen.
class NodeProxy {
public:
    /// With `tls` its clients must speak it; other nodes, and it to its own, speak plain text.
    NodeProxy(asio::io_context& context, sim::LiveClock& clock, Witness& witness, std::size_t node,
              Endpoint announced, Endpoint served, std::shared_ptr<asio::ssl::context> tls);
    ~NodeProxy();

    /// The node has died: its connections end, and further ones are refused.
    void shut();
    /// The node's host has lost its power: bytes and connects vanish until shut().
    void fall_silent();
    /// The node starts after it died: connections are taken as soon as it takes any.
    void open_when_served();

private:
    class Connection;

    void open();
    void accept();

    asio::io_context& context_;
    sim::LiveClock& clock_;
    Witness& witness_;
    std::size_t node_;
    Endpoint announced_, served_;
    std::shared_ptr<asio::ssl::context> tls_;
    asio::ip::tcp::acceptor acceptor_;
    asio::ip::tcp::socket knocking_;  // at a node that starts
    asio::steady_timer knocks_;
    std::uint64_t start_ = 0;  // of the node; what an earlier one has under way is void
    std::uint64_t last_session_ = 0;
    std::set<std::shared_ptr<Connection>> connections_;
};

}  // namespace keyslot::conformance
