#pragma once

#include "conformance/harness/witness.hpp"
#include "simulator/server/live_clock.hpp"

#include <keyslot/environment.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>

namespace keyslot::conformance {

/// Stands where a real node says it is, hands each request on to it one after the other, and lets the
/// witness see, and meddle with, what is said.
class NodeProxy {
public:
    /// `subject_ip`: how the witness knows the client.
    NodeProxy(asio::io_context& context, sim::LiveClock& clock, Witness& witness, std::size_t node,
              Endpoint announced, Endpoint served, std::string subject_ip);
    ~NodeProxy();

private:
    class Connection;

    void accept();

    asio::io_context& context_;
    sim::LiveClock& clock_;
    Witness& witness_;
    std::size_t node_;
    Endpoint served_;
    std::string subject_ip_;
    asio::ip::tcp::acceptor acceptor_;
    std::uint64_t last_session_ = 0;
    std::set<std::shared_ptr<Connection>> connections_;
};

}  // namespace keyslot::conformance
