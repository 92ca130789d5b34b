#include "simulator/node/session_table.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace keyslot::sim {

Session& SessionTable::open(SessionId id, std::string_view peer, Instant now) {
    auto session = std::make_unique<Session>();
    session->id = id;
    session->client_id = ++last_client_id_;
    session->peer = peer;
    session->opened_at = now;
    session->active_at = now;
    Session& opened = *session;
    by_client_.emplace(opened.client_id, std::move(session));
    by_id_[id] = &opened;
    return opened;
}

Session* SessionTable::find(SessionId id) {
    auto const found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

Session* SessionTable::find_client(std::int64_t client_id) {
    auto const found = by_client_.find(client_id);
    return found == by_client_.end() ? nullptr : found->second.get();
}

Session& SessionTable::before(std::int64_t client_id) {
    auto place = by_client_.lower_bound(client_id);
    if (place == by_client_.begin()) {
        place = by_client_.end();
    }
    return *std::prev(place)->second;
}

void SessionTable::erase(Session& session) {
    std::erase(to_flush_, &session);
    by_id_.erase(session.id);
    by_client_.erase(session.client_id);
}

}  // namespace keyslot::sim
