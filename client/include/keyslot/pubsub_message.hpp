#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace keyslot {

/// What a subscriber receives.
struct PubSubMessage {
    enum class Kind : std::uint8_t {
        message,  ///< on a channel: `channel`, `payload`
        pmessage,  ///< on a channel that matches `pattern`; of keyspace_events() too, then `node` tells where
        smessage,  ///< on a shard channel: `channel`, `payload`
        subscribed,  ///< `channel` or `pattern` is live for the first time
        unsubscribed,  ///< on request, or (`payload`: the error) because the server will not have it
        /// Messages may have been missed. Of `channel` or `pattern`: its connection ended or its slot moved,
        /// and from here on it is live again: whoever reads the state that the messages are about after
        /// this marker misses nothing. With neither: `missed` messages of any kind found the queue full.
        gap,
    };

    Kind kind = Kind::message;
    std::string channel = {};
    std::string pattern = {};
    std::string payload = {};
    std::string node = {};  ///< "host:port" that it came from
    std::uint64_t missed = 0;  ///< of a gap: how many messages the queue had no room for
    bool shard = false;  ///< of subscribed, unsubscribed and gap: `channel` is a shard channel

    friend bool operator==(PubSubMessage const&, PubSubMessage const&) = default;
};
std::string_view to_string(PubSubMessage::Kind kind);

}  // namespace keyslot
