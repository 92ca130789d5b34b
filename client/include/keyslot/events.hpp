#pragma once

#include <keyslot/error.hpp>
#include <keyslot/time.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace keyslot {

/// What a client tells an observer. Texts are valid during the call only. No event holds an argument of a
/// command, a user name or a password.
namespace events {

/// A node has said that the command belongs elsewhere.
struct Redirection {
    std::string_view from;  ///< "host:port"
    std::string_view to;  ///< empty: the node did not know
    std::uint16_t slot = 0;
    bool is_ask = false;  ///< ASK, for this command only; else MOVED
};
/// An attempt came to nothing; the next one comes after a pause.
struct Retry {
    std::string_view command;  ///< its name
    std::string_view reason;  ///< where and why: "10.0.0.1:7000: CLUSTERDOWN ..."
    int attempts = 0;  ///< made so far
    Duration pause{};
};
/// The topology is being asked for.
struct RefreshBegun {
    std::string_view reason;  ///< start, period, moved, connection_failed, timeout, ...
};
struct RefreshEnded {
    bool success = false;
    std::string_view problems;  ///< of a round without success: every node and why
};
/// A connection is ready for calls: TCP, TLS and handshake are done.
struct Connected {
    std::string_view node;
    Duration took{};
};
/// A connection has ended, or could not be made.
struct Disconnected {
    std::string_view node;
    std::string_view reason;
    bool was_ready = false;  ///< false: it could not be made
};
/// There is a new map, in effect already.
struct TopologyChanged {
    std::uint64_t version = 0;  ///< grows with every change
};
/// A call of the user has ended.
struct CallEnded {
    std::string_view command;  ///< its name
    std::string_view node = {};  ///< that answered, or was last involved; empty: none
    Duration latency{};  ///< from its start
    int attempts = 0;
    std::optional<ErrorCode> error = std::nullopt;  ///< nullopt: it has a reply
    Outcome outcome = Outcome::executed;
};

}  // namespace events

/// Hears of what a client does: ClusterOptions::observer. Derive from it and override what is of interest.
///
/// All functions are called on the client's executor, in the midst of its work: they must return soon, must
/// not throw, and must not call the client (post that). A client without an observer pays one branch.
class ClusterObserver {
public:
    virtual ~ClusterObserver() = default;
    virtual void on_redirection(events::Redirection const&) {}
    virtual void on_retry(events::Retry const&) {}
    virtual void on_refresh_begun(events::RefreshBegun const&) {}
    virtual void on_refresh_ended(events::RefreshEnded const&) {}
    virtual void on_connected(events::Connected const&) {}
    virtual void on_disconnected(events::Disconnected const&) {}
    virtual void on_topology_changed(events::TopologyChanged const&) {}
    virtual void on_call_ended(events::CallEnded const&) {}
};

}  // namespace keyslot
