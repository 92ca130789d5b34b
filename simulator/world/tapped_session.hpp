#pragma once

#include "client/protocol/request_parser.hpp"
#include "simulator/network/connection.hpp"
#include "simulator/node/node.hpp"
#include "simulator/world/session_tap.hpp"

#include <string>
#include <string_view>

namespace keyslot::sim {

/// Stands between one session's stream and its node: hands the bytes on request by request, as the
/// tap decides.
class TappedSession {
public:
    TappedSession(SessionTap& tap, SessionTap::Session session);

    /// Bytes from the client. False: the tap wants the connection closed.
    bool on_bytes(std::string_view bytes, Node& node, StreamEnd& end);
    /// Bytes of the node to the client. False: they are not to be sent.
    bool lets_pass(std::string_view bytes);

private:
    bool carry_out(SessionTap::Fate const& fate, std::string_view request, Node& node,
                   StreamEnd& end);

    SessionTap& tap_;
    SessionTap::Session session_;
    protocol::RequestParser parser_;
    std::string pending_;  // of a request that is not complete yet
    std::string answered_;  // to the request that the node is at
    bool asking_node_ = false;
    bool drops_answer_ = false;
    bool given_up_ = false;  // no requests any more: the node says what is wrong with them
};

}  // namespace keyslot::sim
