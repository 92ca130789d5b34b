#pragma once

#include "simulator/node/session.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace keyslot::sim {

/// The client connections of a node, looked up by the host's id and walked by client id.
class SessionTable {
public:
    Session& open(SessionId id, std::string_view peer, Instant now);
    Session* find(SessionId id);
    Session* find_client(std::int64_t client_id);
    void erase(Session& session);
    /// Who came before this client; before the first: the last. There must be one at all.
    Session& before(std::int64_t client_id);
    std::size_t size() const { return by_client_.size(); }

    /// By client id, which is the order in which they came.
    template <class Visitor>
    void each(Visitor visit) {
        for (auto& [client_id, session] : by_client_) {
            visit(*session);
        }
    }

    /// Has something to send, or to be closed: the node looks after it before it goes to sleep.
    void queue_flush(Session& session) {
        if (!session.flush_queued) {
            session.flush_queued = true;
            to_flush_.push_back(&session);
        }
    }
    std::vector<Session*>& to_flush() { return to_flush_; }

private:
    std::map<std::int64_t, std::unique_ptr<Session>> by_client_;
    std::unordered_map<SessionId, Session*> by_id_;  // for look-up only
    std::vector<Session*> to_flush_;
    std::int64_t last_client_id_ = 0;
};

}  // namespace keyslot::sim
