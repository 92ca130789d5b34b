#pragma once

#include "simulator/node/subscriptions.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace keyslot::sim {

class Server;

/// Publish and subscribe, the part of one node (facts 7.5, 9.3): who gets what, and in which frames.
/// What goes from node to node goes by the cluster bus.
///
/// All frames are pushed: CLIENT REPLY OFF does not stop them, acknowledgements included.
class PubSub {
public:
    explicit PubSub(Server& server) : server_(server) {}

    /// Each is acknowledged by a frame of its own, whether or not it changes anything.
    void subscribe(Session& session, Topic topic, std::string_view name);
    void unsubscribe(Session& session, Topic topic, std::string_view name);
    void unsubscribe_all(Session& session, Topic topic);
    /// Without a word: RESET, or the session has ended.
    void forget(Session& session) { subscriptions_.remove_all(session); }

    /// Tells the listeners of this node; returns how many messages that took.
    std::size_t deliver(std::string_view channel, std::string_view payload, bool shard);
    /// The slot left this node's shard: its channels have no listeners here any more, and they are
    /// told so (facts 9.3).
    void drop_shard_channels(std::uint16_t slot);

    Subscriptions const& subscriptions() const { return subscriptions_; }

private:
    void acknowledge(Session& session, std::string_view kind, std::string_view const* name,
                     Topic topic);

    Server& server_;
    Subscriptions subscriptions_;
};

}  // namespace keyslot::sim
