#pragma once

#include "client/protocol/request_parser.hpp"
#include "simulator/network/connection.hpp"
#include "simulator/node/node.hpp"
#include "simulator/world/session_taps.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// Stands between one session's stream and its node: hands the bytes on request by request, as the
/// taps decide.
class TappedSession {
public:
    enum class Opened : std::uint8_t { now, earlier };
    /// Tells the taps of it if it opens `now`.
    TappedSession(SessionTaps& taps, SessionTap::Session session, Opened opened);

    enum class Next : std::uint8_t {
        more,   ///< bytes, when there are any
        held,   ///< a request waits: call go_on() in a microsecond
        close,  ///< a tap wants the connection closed
    };
    /// Bytes from the client.
    Next on_bytes(std::string_view bytes, Node& node, StreamEnd& end);
    Next go_on(Node& node, StreamEnd& end);
    /// Bytes of the node to the client. False: they are not to be sent.
    bool lets_pass(std::string_view bytes);

private:
    Next hand_on(Node& node, StreamEnd& end);
    bool lets_late_pass(std::string_view bytes);
    bool carry_out(SessionTap::Fate const& fate, std::string_view request, Node& node,
                   StreamEnd& end);

    SessionTaps& taps_;
    SessionTaps::Listeners listeners_;
    SessionTap::Session session_;
    protocol::RequestParser parser_;
    std::string pending_;  // of a request that is not complete yet
    std::string answered_;  // to the request that the node is at
    bool held_ = false;
    bool asking_node_ = false;
    bool drops_answer_ = false;
    std::size_t unanswered_ = 0;  // requests that the node has not said anything to yet
    bool given_up_ = false;  // no requests any more: the node says what is wrong with them
};

}  // namespace keyslot::sim
