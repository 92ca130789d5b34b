#pragma once

#include "simulator/node/session.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

class Server;

/// Client side caching (facts 7.4): who has read which key, or follows which prefix, and is told when
/// a key changes.
class Tracking {
public:
    explicit Tracking(Server& server) : server_(server) {}

    void enable(Session& session, TrackingMode mode, std::span<std::string_view const> prefixes);
    /// What the session has read stays in the table, as in Redis: should it track again, it will hear
    /// of those keys too.
    void disable(Session& session);

    /// The session has read these keys: the next change of each is its business, once.
    void remember(Session const& session, std::span<std::string_view const> keys);
    /// `author`: whose command did it; nullptr: time did, or the master.
    void on_key_changed(std::string_view key, Session const* author);
    /// It was no command, but time: nobody's NOLOOP applies.
    void on_key_expired(std::string_view key);
    void on_flush(Session* author);
    /// The author's command is over: what it has to hear of its own changes comes after the reply.
    void tell_author(Session& author);
    /// Before the node sleeps: those who follow prefixes hear of all changed keys at once.
    void broadcast();
    /// tracking-table-max-keys: keys picked at random count as changed until few enough are left.
    void limit(std::size_t keys_max);

    std::size_t clients() const { return clients_; }
    std::size_t keys() const { return readers_.size(); }
    std::size_t items() const { return items_; }
    std::size_t prefixes() const { return followed_.size(); }

private:
    /// Of one prefix: what has changed since the last broadcast, and who did it last.
    struct Followed {
        std::map<std::int64_t, Session*> followers;  ///< by client id
        std::map<std::string, Session const*, std::less<>> changed;
    };

    void invalidate(std::string_view key, Session const* author);
    void note_change(std::string_view key, Session const* author);
    /// `keys`: the array of keys, or null; written already.
    void send(Session& session, std::string_view keys);

    Server& server_;
    std::size_t clients_ = 0;
    std::size_t items_ = 0;
    std::size_t rounds_over_limit_ = 0;
    std::map<std::string, std::set<std::int64_t>, std::less<>> readers_;  // client ids by key
    std::map<std::string, Followed, std::less<>> followed_;  // by prefix
    std::vector<std::string> for_author_;  // arrays of keys, or null
};

}  // namespace keyslot::sim
