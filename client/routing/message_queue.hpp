#pragma once

#include <keyslot/pubsub_message.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace keyslot::routing {

enum class Overflow : std::uint8_t { drop_oldest, drop_newest, disconnect };

/// What a subscriber has received and nobody has taken yet. Bounded in messages and in bytes; where
/// something had to go, a gap marker stands in its place and tells how many. Markers of that kind do not
/// count: there is at most one between two messages.
class MessageQueue {
public:
    MessageQueue(std::size_t messages_max, std::size_t bytes_max, Overflow policy)
        : messages_max_(messages_max), bytes_max_(bytes_max), policy_(policy) {}

    /// False, and nothing is changed: it is full, and the policy is to disconnect.
    bool push(PubSubMessage message);
    bool empty() const { return queue_.empty(); }
    PubSubMessage pop();

    std::size_t size() const { return messages_; }
    std::size_t bytes() const { return bytes_; }
    std::uint64_t dropped() const { return dropped_; }

private:
    bool has_room(std::size_t bytes) const {
        return messages_ < messages_max_ && bytes_ + bytes <= bytes_max_;
    }
    void drop_oldest();

    std::size_t messages_max_;
    std::size_t bytes_max_;
    Overflow policy_;
    std::deque<PubSubMessage> queue_;
    std::size_t messages_ = 0;  // without the markers
    std::size_t bytes_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace keyslot::routing
