#pragma once

#include "simulator/node/session.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// Who on this node listens to what.
class Subscriptions {
public:
    using Listeners = std::vector<Session*>;  ///< in the order in which they subscribed
    using ByName = std::map<std::string, Listeners, std::less<>>;

    /// False: it listens already.
    bool add(Session& session, Topic topic, std::string_view name);
    /// False: it did not listen.
    bool remove(Session& session, Topic topic, std::string_view name);
    void remove_all(Session& session);

    ByName const& of(Topic topic) const { return topics_[static_cast<std::size_t>(topic)]; }
    /// How many sessions listen to a channel.
    std::size_t count(Topic topic, std::string_view name) const;

private:
    void drop_listener(Session const& session, Topic topic, std::string_view name);

    std::array<ByName, topic_count> topics_;
};

}  // namespace keyslot::sim
