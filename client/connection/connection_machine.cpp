#include "client/connection/connection_machine.hpp"

#include "client/protocol/resp_writer.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <cassert>
#include <utility>

namespace keyslot::connection {

ConnectionMachine::ConnectionMachine(protocol::RespLimits limits) : parser_(limits) {}

void ConnectionMachine::open(Handshake const& handshake, std::string& out) {
    assert(in_flight() == 0);
    parser_.reset();
    handshake_ = handshake;
    legacy_ = false;
    handshake_due_ = 0;
    tracks_ = false;
    tracking_due_in_ = 0;
    phase_ = Phase::handshake;
    say_hello(out);
}

// One HELLO carries version, credentials and name, so that a connection costs one round trip.
void ConnectionMachine::say_hello(std::string& out) {
    std::vector<std::string_view> words{"HELLO", handshake_.protocol == 2 ? "2" : "3"};
    if (!handshake_.password.empty()) {
        std::string_view const user =
            handshake_.username.empty() ? std::string_view("default") : handshake_.username;
        words.insert(words.end(), {"AUTH", user, handshake_.password});
    }
    if (!handshake_.client_name.empty()) {
        words.insert(words.end(), {"SETNAME", handshake_.client_name});
    }
    protocol::write_command(out, words);
    ++handshake_due_;
    say_read_only(out);
    say_tracking(out);
}

// Servers before 6.0 have no HELLO: the same in the old words.
void ConnectionMachine::say_legacy(std::string& out) {
    if (!handshake_.password.empty()) {
        if (handshake_.username.empty()) {
            protocol::write_command(out, {"AUTH", handshake_.password});
        } else {
            protocol::write_command(out, {"AUTH", handshake_.username, handshake_.password});
        }
        ++handshake_due_;
    }
    if (!handshake_.client_name.empty()) {
        protocol::write_command(out, {"CLIENT", "SETNAME", handshake_.client_name});
        ++handshake_due_;
    }
}

// READONLY belongs to the connection, so it belongs to the handshake (client-bugs 66, 91).
void ConnectionMachine::say_read_only(std::string& out) {
    if (handshake_.read_only) {
        protocol::write_command(out, {"READONLY"});
        ++handshake_due_;
    }
}

// A server that will not have it is one without a cache, not a broken one.
void ConnectionMachine::say_tracking(std::string& out) {
    if (handshake_.tracking && handshake_.protocol == 3) {
        protocol::write_command(out, {"CLIENT", "TRACKING", "ON"});
        tracking_due_in_ = ++handshake_due_;
    }
}

void ConnectionMachine::send(Ticket ticket, std::string_view encoded, Before before, Instant now,
                             std::string& out, std::uint32_t replies) {
    assert(phase_ == Phase::ready && !handshake_.raw);
    if (before != Before::nothing) {
        // When ASKING is refused, so is the command behind it.
        out.append(before == Before::asking ? "*1\r\n$6\r\nASKING\r\n" : "*1\r\n$4\r\nPING\r\n");
        push_waiting(nobody, now);
    }
    out.append(encoded);
    for (std::uint32_t n = 0; n < replies; ++n) {
        push_waiting(ticket, now);
    }
}

Ticket ConnectionMachine::pop_waiting() {
    Ticket const ticket = waiting_[offset_].ticket;
    answered_sent_ = waiting_[offset_].sent_at;
    ++offset_;
    ++head_;
    if (offset_ == waiting_.size()) {
        waiting_.clear();
        offset_ = 0;
    } else if (offset_ >= 1024 && offset_ * 2 >= waiting_.size()) {
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(offset_));
        offset_ = 0;
    }
    return ticket;
}

void ConnectionMachine::forget(std::uint64_t position) {
    if (position >= head_ && position - head_ < in_flight()) {
        KEYSLOT_SOMETIMES("connection.reply_orphaned");
        waiting_[offset_ + static_cast<std::size_t>(position - head_)].ticket = nobody;
    }
}

ConnectionMachine::Event ConnectionMachine::next(std::string_view input, std::string& out) {
    consumed_ = 0;
    for (;;) {
        if (phase_ == Phase::broken || phase_ == Phase::idle) {
            return {};
        }
        switch (parser_.parse(input.substr(consumed_))) {
            case protocol::ParseStatus::need_more: return {};
            case protocol::ParseStatus::error:
                phase_ = Phase::broken;
                refusal_ = parser_.error().message();
                return {.kind = Event::Kind::broken, .text = refusal_};
            case protocol::ParseStatus::complete: break;
        }
        consumed_ += parser_.consumed();
        ReplyView const view = parser_.reply();
        if (view.type() == ReplyType::push || (handshake_.raw && phase_ == Phase::ready)) {
            return {.kind = Event::Kind::push, .view = view};
        }
        if (phase_ == Phase::handshake) {
            if (Event const event = handshake_reply(view, out);
                event.kind != Event::Kind::need_more) {
                return event;
            }
            continue;
        }
        if (in_flight() == 0) {
            phase_ = Phase::broken;
            refusal_ = "a reply came that no command had asked for: " + to_string(view);
            return {.kind = Event::Kind::broken, .text = refusal_};
        }
        if (Ticket const ticket = pop_waiting(); ticket != nobody) {
            return {.kind = Event::Kind::reply, .ticket = ticket, .view = view};
        }
    }
}

ConnectionMachine::Event ConnectionMachine::handshake_reply(ReplyView view, std::string& out) {
    --handshake_due_;
    if (tracking_due_in_ > 0 && --tracking_due_in_ == 0) {
        tracks_ = !view.is_error() && !legacy_;
    } else if (view.is_error()) {
        std::string_view const text = view.text();
        bool const no_hello =
            !legacy_ && (text.starts_with("ERR unknown command") || text.starts_with("NOPROTO"));
        if (!no_hello) {
            phase_ = Phase::broken;
            // A server that does not know the command repeats its arguments: the password, here.
            refusal_ = text.substr(0, text.find(", with args"));
            return {.kind = Event::Kind::refused, .text = refusal_};
        }
        legacy_ = true;
        say_legacy(out);
    }
    if (handshake_due_ > 0) {
        return {};
    }
    phase_ = Phase::ready;
    return {.kind = Event::Kind::ready};
}

}  // namespace keyslot::connection
