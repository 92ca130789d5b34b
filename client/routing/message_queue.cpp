#include "client/routing/message_queue.hpp"

#include <cassert>

namespace keyslot {

std::string_view to_string(PubSubMessage::Kind kind) {
    switch (kind) {
        case PubSubMessage::Kind::message: return "message";
        case PubSubMessage::Kind::pmessage: return "pmessage";
        case PubSubMessage::Kind::smessage: return "smessage";
        case PubSubMessage::Kind::subscribed: return "subscribed";
        case PubSubMessage::Kind::unsubscribed: return "unsubscribed";
        case PubSubMessage::Kind::gap: break;
    }
    return "gap";
}

}  // namespace keyslot

namespace keyslot::routing {
namespace {

std::size_t cost(PubSubMessage const& message) {
    return sizeof(PubSubMessage) + message.channel.size() + message.pattern.size() +
           message.payload.size();
}

/// The marker of an overflow; other gaps name their channel or pattern.
bool is_marker(PubSubMessage const& message) {
    return message.kind == PubSubMessage::Kind::gap && message.missed != 0;
}

PubSubMessage marker(std::uint64_t missed) {
    PubSubMessage gap;
    gap.kind = PubSubMessage::Kind::gap;
    gap.missed = missed;
    return gap;
}

}  // namespace

bool MessageQueue::push(PubSubMessage message) {
    std::size_t const bytes = cost(message);
    if (!has_room(bytes)) {
        if (policy_ == Overflow::disconnect) {
            return false;
        }
        while (policy_ == Overflow::drop_oldest && messages_ > 0 && !has_room(bytes)) {
            drop_oldest();
        }
        if (!has_room(bytes)) {
            ++dropped_;
            if (!queue_.empty() && is_marker(queue_.back())) {
                ++queue_.back().missed;
            } else {
                queue_.push_back(marker(1));
            }
            return true;
        }
    }
    queue_.push_back(std::move(message));
    ++messages_;
    bytes_ += bytes;
    return true;
}

// The first message goes, and the marker before it, if any, counts it too.
void MessageQueue::drop_oldest() {
    std::uint64_t missed = 1;
    if (is_marker(queue_.front())) {
        missed += queue_.front().missed;
        queue_.pop_front();
    }
    assert(!queue_.empty() && !is_marker(queue_.front()));
    bytes_ -= cost(queue_.front());
    --messages_;
    queue_.pop_front();
    if (!queue_.empty() && is_marker(queue_.front())) {
        missed += queue_.front().missed;
        queue_.pop_front();
    }
    queue_.push_front(marker(missed));
    ++dropped_;
}

PubSubMessage MessageQueue::pop() {
    assert(!queue_.empty());
    PubSubMessage message = std::move(queue_.front());
    queue_.pop_front();
    if (!is_marker(message)) {
        --messages_;
        bytes_ -= cost(message);
    }
    return message;
}

}  // namespace keyslot::routing
