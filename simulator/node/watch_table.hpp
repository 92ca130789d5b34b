#pragma once

#include "simulator/node/keyspace.hpp"
#include "simulator/node/session.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// Who watches which key (WATCH).
class WatchTable {
public:
    bool empty() const { return by_key_.empty(); }
    /// `rule` tells whether the key has expired already: then its removal is no change.
    void watch(Session& session, std::string_view key, Keyspace const& keyspace, ExpiryRule rule);
    /// Forgets the session's keys and that one of them was touched.
    void unwatch(Session& session);
    /// The key has changed.
    void touch(std::string_view key, Keyspace const& keyspace);
    /// All keys are about to go: touches the watchers of those that exist.
    void touch_existing(Keyspace const& keyspace);
    /// A watched key has expired since, whether or not anybody has come upon it.
    static bool any_expired(Session const& session, Keyspace const& keyspace, ExpiryRule rule);

private:
    std::map<std::string, std::vector<Session*>, std::less<>> by_key_;
};

}  // namespace keyslot::sim
