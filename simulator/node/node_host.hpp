#pragma once

#include "simulator/cluster/bus_message.hpp"

#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace keyslot::sim {

class Random;

/// A client's connection to a node (redis-cli, our client, a replica, another node's MIGRATE).
using SessionId = std::uint64_t;
/// A connection that a node itself opens to another node's client port (replication, MIGRATE).
using LinkId = std::uint64_t;

/// One command that a node executed (not merely received): the ground truth no real cluster can give.
struct Execution {
    Instant at;  ///< simulated time, not the node's own clock
    SessionId session = 0;  ///< 0: none (expiry, replication)
    std::span<std::string_view const> arguments;  ///< valid during the call
    std::int64_t replication_offset = 0;  ///< after the command
    bool is_write = false;  ///< it changed the data set
    bool from_replication = false;  ///< applied by a replica
    bool in_transaction = false;
};

/// One command that a node received and did not execute.
struct Refusal {
    SessionId session = 0;
    std::span<std::string_view const> arguments;  ///< valid during the call
    std::string_view error;  ///< without '-': "MOVED 1 127.0.0.1:1"
};

/// What a node asks of the world around it. A node does no I/O: bytes of sessions, links and the bus go
/// in by Node's functions and out by these, and it sleeps by request. None of these functions calls back
/// into the node before it returns.
class NodeHost {
public:
    virtual ~NodeHost() = default;

    /// The node's own idea of the time: monotonic, in simulated nanoseconds; a fault may skew it.
    virtual Instant now() = 0;
    /// Milliseconds since 1970 as the node's wall clock shows them.
    virtual std::int64_t unix_time_ms() = 0;
    /// A stream of this node alone.
    virtual Random& random() = 0;
    /// Calls Node::on_wake at this time. One wake-up is kept: a later call replaces an earlier one.
    /// `background`: the wake-up alone is no sign of life (cluster cron), see Kernel's hang verdict.
    virtual void wake_at(Instant at, bool background) = 0;

    virtual void send_to_session(SessionId session, std::string_view bytes) = 0;
    /// Of what was sent to the session, how much waits because its client does not read.
    virtual std::size_t unsent_bytes(SessionId) { return 0; }
    /// The session ends after what was sent to it; Node::on_session_closed is not called for it.
    virtual void close_session(SessionId session) = 0;

    /// Connects to another node's client port; answers by on_link_open or on_link_closed.
    virtual void open_link(LinkId link, std::string_view ip, std::uint16_t port) = 0;
    virtual void send_to_link(LinkId link, std::string_view bytes) = 0;
    virtual void close_link(LinkId link) = 0;

    /// Sends a cluster bus message. It may be lost (link cut, peer down): the bus notices by silence.
    virtual void send_bus(std::string_view ip, std::uint16_t bus_port, BusMessage message) = 0;

    /// CONFIG SET bind and port: clients are accepted there from now on, and where they were no longer; port
    /// 0: nowhere. Connections there are stay. False: that cannot be (bind_outcome(), or something else
    /// listens there), and nothing has changed.
    virtual bool listen_on(std::string_view /*bind*/, std::uint16_t /*port*/) { return true; }

    /// The process has ended of its own accord (SHUTDOWN). What is left of its connections ends, and
    /// nothing more comes from the node, which may be destroyed once the call into it has returned.
    virtual void shut_down() {}

    virtual void executed(Execution const& execution) = 0;
    virtual void refused(Refusal const&) {}
};

}  // namespace keyslot::sim
