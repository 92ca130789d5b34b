#pragma once

#include "simulator/node/session.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// Who waits for which key (BLPOP and its like), first come, first served, and which of those keys have
/// come into being since: the key of a waiting client is served after the command or transaction that made
/// it, in the order in which the keys came.
class BlockedKeys {
public:
    /// The session waits as its `awaited_keys` say.
    void add(Session& session);
    void remove(Session& session);
    bool empty() const { return by_key_.empty(); }

    /// The key has just come into being.
    void on_key_added(std::string_view key, ValueType type);
    /// The next key to be looked at, whatever has become of it.
    std::optional<std::string> take_ready();
    std::vector<Session*> waiting_for(std::string_view key) const;

    Instant next_deadline() const;
    /// One whose time is up; nullptr: none.
    Session* overdue(Instant now) const;

private:
    /// Sessions that wait for a value of this type.
    std::size_t& waiting(ValueType type) { return waiting_[static_cast<std::size_t>(type)]; }

    std::map<std::string, std::vector<Session*>, std::less<>> by_key_;
    std::map<std::pair<Instant, std::int64_t>, Session*> by_deadline_;  // then by client id
    std::array<std::size_t, std::variant_size_v<Value>> waiting_{};
    std::deque<std::string> ready_;
    std::set<std::string, std::less<>> is_ready_;
};

}  // namespace keyslot::sim
