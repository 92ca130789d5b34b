#include "simulator/world/tapped_session.hpp"

#include <utility>

namespace keyslot::sim {

TappedSession::TappedSession(SessionTap& tap, SessionTap::Session session)
    : tap_(tap), session_(std::move(session)) {
    tap_.on_open(session_);
}

bool TappedSession::on_bytes(std::string_view bytes, Node& node, StreamEnd& end) {
    if (given_up_) {
        node.on_session_bytes(session_.id, bytes);
        return true;
    }
    pending_ += bytes;
    std::string const input = std::move(pending_);
    pending_.clear();
    std::string_view rest = input;
    while (end && !rest.empty()) {
        protocol::ParseStatus const status = parser_.parse(rest);
        if (status == protocol::ParseStatus::need_more) {
            pending_ = rest;
            return true;
        }
        if (status == protocol::ParseStatus::error) {
            given_up_ = true;
            node.on_session_bytes(session_.id, rest);
            return true;
        }
        std::string_view const request = rest.substr(0, parser_.consumed());
        rest.remove_prefix(parser_.consumed());
        SessionTap::Fate fate;
        if (!parser_.arguments().empty()) {
            fate = tap_.on_request(session_, parser_.arguments());
        }
        if (!carry_out(fate, request, node, end)) {
            return false;
        }
    }
    return true;
}

bool TappedSession::carry_out(SessionTap::Fate const& fate, std::string_view request, Node& node,
                              StreamEnd& end) {
    if (fate.reaches_node) {
        answered_.clear();
        drops_answer_ = !fate.keep_answer;
        asking_node_ = true;
        node.on_session_bytes(session_.id, request);
        asking_node_ = false;
        tap_.on_answer(session_, answered_);
    }
    if (end && !fate.answer.empty()) {
        end.send(fate.answer);
    }
    return !fate.close;
}

bool TappedSession::lets_pass(std::string_view bytes) {
    if (!asking_node_) {
        return true;
    }
    answered_ += bytes;
    return !drops_answer_;
}

}  // namespace keyslot::sim
