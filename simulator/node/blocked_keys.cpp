#include "simulator/node/blocked_keys.hpp"

namespace keyslot::sim {

void BlockedKeys::add(Session& session) {
    AwaitedKeys const& awaited = session.awaited_keys;
    for (std::string const& key : awaited.keys) {
        by_key_[key].push_back(&session);
    }
    ++waiting(awaited.type);
    if (awaited.deadline != Instant::max()) {
        by_deadline_.emplace(std::pair(awaited.deadline, session.client_id), &session);
    }
}

void BlockedKeys::remove(Session& session) {
    AwaitedKeys const& awaited = session.awaited_keys;
    for (std::string const& key : awaited.keys) {
        auto const waiters = by_key_.find(key);
        std::erase(waiters->second, &session);
        if (waiters->second.empty()) {
            by_key_.erase(waiters);
        }
    }
    --waiting(awaited.type);
    by_deadline_.erase({awaited.deadline, session.client_id});
}

void BlockedKeys::on_key_added(std::string_view key, ValueType type) {
    // Redis does not ask here whether those who wait for this key want this type: it decides the order.
    if (waiting(type) != 0 && by_key_.contains(key) && !is_ready_.contains(key)) {
        is_ready_.emplace(key);
        ready_.emplace_back(key);
    }
}

std::optional<std::string> BlockedKeys::take_ready() {
    if (ready_.empty()) {
        return std::nullopt;
    }
    std::string key = std::move(ready_.front());
    ready_.pop_front();
    is_ready_.erase(key);
    return key;
}

std::vector<Session*> BlockedKeys::waiting_for(std::string_view key) const {
    auto const waiters = by_key_.find(key);
    return waiters != by_key_.end() ? waiters->second : std::vector<Session*>{};
}

Instant BlockedKeys::next_deadline() const {
    return by_deadline_.empty() ? Instant::max() : by_deadline_.begin()->first.first;
}

Session* BlockedKeys::overdue(Instant now) const {
    return next_deadline() <= now && !by_deadline_.empty() ? by_deadline_.begin()->second : nullptr;
}

}  // namespace keyslot::sim
