#pragma once

#include <keyslot/time.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace keyslot::sim {

/// One thing that a subscriber listens to.
struct Subscription {
    enum class Kind : std::uint8_t { channel, pattern, shard_channel };
    Kind kind = Kind::channel;
    std::string name = {};
    friend bool operator==(Subscription const&, Subscription const&) = default;
    friend auto operator<=>(Subscription const&, Subscription const&) = default;
};

/// "channel 'news:3'"
std::string to_string(Subscription const& subscription);

/// Something that happened to a subscriber.
struct MessageEvent {
    enum class What : std::uint8_t {
        // Its caller:
        wanted,  ///< subscribe() was called
        confirmed,  ///< and has completed with success
        unwanted,  ///< unsubscribe() was called
        // Its connections, as the process read from them:
        acknowledged,  ///< the node holds the subscription from here on
        message,
        dropped,  ///< the node holds the subscription no longer, on request or not
        ended,  ///< nothing more is read from the connection
        // The stream that it gave to its caller:
        told_subscribed,
        told_unsubscribed,
        told_gap,  ///< with no name: of all its subscriptions
        told_message,
    };
    What what{};
    Instant at{};
    Subscription subscription = {};  ///< not of `ended`
    std::uint64_t connection = 0;  ///< from 1; of what was read
    std::string channel = {};  ///< of messages
    std::string payload = {};
};

/// One call of subscribe() or unsubscribe().
struct SubscriptionChange {
    std::string words;  ///< "subscribe news:1 news:3"
    Instant started{};
    std::optional<Instant> ended = {};
    bool ok = false;
};

/// One connection of a subscriber.
struct SubscriberConnection {
    Instant last_read{};
    bool holds = false;  ///< a subscription, now or before
    bool is_open = true;
    Duration longest_silence{};  ///< since it held one; what lasts until now is not in it
};

/// All about one subscriber, in the order in which it happened.
struct SubscriberLog {
    std::string name;
    std::vector<MessageEvent> events = {};
    std::vector<SubscriberConnection> connections = {};  ///< number 1 first
    std::vector<SubscriptionChange> changes = {};
};

}  // namespace keyslot::sim
