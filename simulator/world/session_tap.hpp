#pragma once

#include "simulator/node/node_host.hpp"

#include <keyslot/environment.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// Listens to every client session of every node, request by request, and may answer in a node's
/// place: for judging what a client says on the wire, and for answers that no Redis would give on
/// demand.
///
/// Called inside the events of the world. Must not call back into the node.
class SessionTap {
public:
    /// A connection to a node's client port: the client's, an operator's, a replica's.
    struct Session {
        std::size_t cluster = 0, node = 0;  ///< as in ExecutionRecord
        std::uint64_t incarnation = 0;
        SessionId id = 0;
        Endpoint peer;
        std::uint32_t host = 0;  ///< the node's: its HostId

        friend bool operator==(Session const&, Session const&) = default;
    };

    /// What becomes of a request.
    struct Fate {
        bool reaches_node = true;  ///< false: the node never hears of it
        bool keep_answer = true;  ///< false: what the node says to it is dropped
        std::string answer = {};  ///< bytes sent after the node's answer, or instead of it
        bool close = false;  ///< the connection ends then
        /// The request waits a microsecond: what was begun at this instant has happened by then.
        bool hold = false;

        bool meddles() const { return !reaches_node || !keep_answer || !answer.empty() || close; }
    };

    virtual ~SessionTap() = default;
    virtual void on_open(Session const& session) = 0;
    virtual Fate on_request(Session const& session,
                            std::span<std::string_view const> arguments) = 0;
    /// What the node said at once to the last request, kept or not. Empty: it answers later, or
    /// never.
    virtual void on_answer(Session const& session, std::string_view bytes) = 0;
    /// What it said to that request later, kept or not: it was blocked, paused, or waited for somebody. Not told when
    /// further requests have come meanwhile.
    virtual void on_late_answer(Session const&, std::string_view /*bytes*/) {}
};

}  // namespace keyslot::sim
