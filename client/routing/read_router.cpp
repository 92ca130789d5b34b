#include "client/routing/read_router.hpp"

#include <cassert>

namespace keyslot::routing {

void ReadRouter::refused(topology::HostPort const& node, Instant now) {
    std::erase_if(avoided_until_, [now](auto const& entry) { return entry.second <= now; });
    avoided_until_[node] = now + avoidance;
}

bool ReadRouter::avoids(topology::Node const& replica, Instant now) const {
    return replica.health != topology::Health::online || is_left_alone(replica.address, now);
}

bool ReadRouter::is_left_alone(topology::HostPort const& node, Instant now) const {
    auto const found = avoided_until_.find(node);
    return found != avoided_until_.end() && now < found->second;
}

bool ReadRouter::is_behind(std::uint16_t slot, topology::Shard const& shard,
                           topology::Node const& replica, SessionMarks* session) const {
    if (limits_.lag_bytes_max) {
        auto const lag = positions_.lag(shard.primary.address, replica.address);
        if (!lag || *lag > *limits_.lag_bytes_max) {
            return true;
        }
    }
    return session != nullptr &&
           !session->may_read(slot, shard.primary.address, replica.address, positions_);
}

void ReadRouter::avoid(topology::Shard const& shard, std::uint16_t slot, SessionMarks* session,
                       std::span<ReadCandidate> candidates, Instant now) const {
    assert(candidates.size() == shard.replicas.size() + 1);
    ReadCandidate& primary = candidates.front();
    primary.is_avoided = primary.is_avoided || is_left_alone(shard.primary.address, now);
    for (std::size_t n = 0; n < shard.replicas.size(); ++n) {
        topology::Node const& replica = shard.replicas[n];
        bool& is_avoided = candidates[n + 1].is_avoided;
        is_avoided = is_avoided || avoids(replica, now) || is_behind(slot, shard, replica, session);
    }
}

std::optional<std::size_t> ReadRouter::choose(std::size_t index, topology::Shard const& shard,
                                              std::uint16_t slot, SessionMarks* session,
                                              std::span<ReadCandidate> candidates, Instant now,
                                              std::uint64_t random) {
    assert(index < turns_.size());
    avoid(shard, slot, session, candidates, now);
    return choose_reader(limits_.strategy, limits_.replicas_only, candidates, turns_[index]++,
                         random);
}

bool ReadRouter::has_reader(topology::Shard const& shard, std::uint16_t slot, SessionMarks* session,
                            std::span<ReadCandidate> candidates, Instant now) const {
    avoid(shard, slot, session, candidates, now);
    return routing::has_reader(limits_.strategy, limits_.replicas_only, candidates);
}

}  // namespace keyslot::routing
