#include "simulator/world/tapped_session.hpp"

#include <utility>

namespace keyslot::sim {

TappedSession::TappedSession(SessionTaps& taps, SessionTap::Session session, Opened opened)
    : taps_(taps), session_(std::move(session)) {
    if (opened == Opened::now) {
        listeners_.opened_at = taps_.newest();
        taps_.tell_open(session_);
    }
}

TappedSession::Next TappedSession::on_bytes(std::string_view bytes, Node& node, StreamEnd& end) {
    if (given_up_) {
        node.on_session_bytes(session_.id, bytes);
        return Next::more;
    }
    pending_ += bytes;
    return held_ ? Next::more : hand_on(node, end);
}

TappedSession::Next TappedSession::go_on(Node& node, StreamEnd& end) {
    held_ = false;
    return hand_on(node, end);
}

TappedSession::Next TappedSession::hand_on(Node& node, StreamEnd& end) {
    std::string const input = std::move(pending_);
    pending_.clear();
    std::string_view rest = input;
    while (end && !rest.empty()) {
        protocol::ParseStatus const status = parser_.parse(rest);
        if (status == protocol::ParseStatus::need_more) {
            pending_ = rest;
            return Next::more;
        }
        if (status == protocol::ParseStatus::error) {
            given_up_ = true;
            node.on_session_bytes(session_.id, rest);
            return Next::more;
        }
        SessionTap::Fate fate;
        if (!parser_.arguments().empty()) {
            fate = taps_.ask(session_, listeners_, parser_.arguments());
        }
        if (fate.hold) {
            held_ = true;
            pending_ = rest;
            parser_.reset();
            return Next::held;
        }
        std::string_view const request = rest.substr(0, parser_.consumed());
        rest.remove_prefix(parser_.consumed());
        if (!carry_out(fate, request, node, end)) {
            return Next::close;
        }
    }
    return Next::more;
}

bool TappedSession::carry_out(SessionTap::Fate const& fate, std::string_view request, Node& node,
                              StreamEnd& end) {
    if (fate.reaches_node) {
        answered_.clear();
        drops_answer_ = !fate.keep_answer;
        asking_node_ = true;
        node.on_session_bytes(session_.id, request);
        asking_node_ = false;
        unanswered_ += answered_.empty() ? 1u : 0u;
        taps_.tell_answer(session_, listeners_, answered_);
    }
    if (end && !fate.answer.empty()) {
        end.send(fate.answer);
    }
    return !fate.close;
}

bool TappedSession::lets_pass(std::string_view bytes) {
    if (!asking_node_) {
        return lets_late_pass(bytes);
    }
    answered_ += bytes;
    return !drops_answer_;
}

// The answer that one request is still waiting for; of several it is not known which. A push comes unasked.
bool TappedSession::lets_late_pass(std::string_view bytes) {
    bool const is_push = bytes.starts_with('>');
    if (is_push || unanswered_ == 0) {
        return true;
    }
    bool const is_of_the_last = std::exchange(unanswered_, 0) == 1;
    if (is_of_the_last) {
        taps_.tell_late_answer(session_, listeners_, bytes);
    }
    return !is_of_the_last || !drops_answer_;
}

}  // namespace keyslot::sim
