#include "simulator/node/watch_table.hpp"

#include <algorithm>

namespace keyslot::sim {

namespace {

WatchedKey* watched_key(Session& session, std::string_view key) {
    auto const found = std::ranges::find(session.watched, key, &WatchedKey::key);
    return found == session.watched.end() ? nullptr : &*found;
}

bool has_expired(Keyspace const& keyspace, std::string_view key, ExpiryRule rule) {
    Entry const* entry = keyspace.find_raw(key);
    return entry != nullptr && !keyspace.is_live(*entry, rule);
}

}  // namespace

void WatchTable::watch(Session& session, std::string_view key, Keyspace const& keyspace,
                       ExpiryRule rule) {
    if (watched_key(session, key) != nullptr) {
        return;
    }
    session.watched.push_back({std::string(key), has_expired(keyspace, key, rule)});
    by_key_[std::string(key)].push_back(&session);
}

void WatchTable::unwatch(Session& session) {
    for (WatchedKey const& watched : session.watched) {
        auto const watchers = by_key_.find(watched.key);
        std::erase(watchers->second, &session);
        if (watchers->second.empty()) {
            by_key_.erase(watchers);
        }
    }
    session.watched.clear();
    session.watch_touched = false;
}

void WatchTable::touch(std::string_view key, Keyspace const& keyspace) {
    auto const watchers = by_key_.find(key);
    if (watchers == by_key_.end()) {
        return;
    }
    bool const gone = keyspace.find_raw(key) == nullptr;
    for (Session* session : watchers->second) {
        WatchedKey* watched = watched_key(*session, key);
        if (watched->already_expired && gone) {
            watched->already_expired = false;
            continue;
        }
        session->watch_touched = true;
    }
}

void WatchTable::touch_existing(Keyspace const& keyspace) {
    for (auto const& [key, watchers] : by_key_) {
        if (keyspace.find_raw(key) == nullptr) {
            continue;
        }
        for (Session* session : watchers) {
            if (!watched_key(*session, key)->already_expired) {
                session->watch_touched = true;
            }
        }
    }
}

bool WatchTable::any_expired(Session const& session, Keyspace const& keyspace, ExpiryRule rule) {
    return std::ranges::any_of(session.watched, [&](WatchedKey const& watched) {
        return !watched.already_expired && has_expired(keyspace, watched.key, rule);
    });
}

}  // namespace keyslot::sim
