#pragma once

#include "client/routing/read_choice.hpp"
#include "client/routing/replication_watch.hpp"
#include "client/topology/slot_map.hpp"

#include <keyslot/options.hpp>
#include <keyslot/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace keyslot::routing {

/// What the reader may be.
struct ReadLimits {
    LoadBalancingStrategy strategy = LoadBalancingStrategy::round_robin;
    bool replicas_only = false;
    /// No replica that is further behind, or of which it is not known; nullopt: any.
    std::optional<std::uint64_t> lag_bytes_max = std::nullopt;
};

/// Which node of its shard a read goes to: knows which nodes have refused reads, and which replicas are behind.
class ReadRouter {
public:
    /// A node that refused or was lost is left alone for so long: a full resynchronisation takes seconds.
    static constexpr Duration avoidance = std::chrono::seconds{1};

    explicit ReadRouter(ReadLimits limits) : limits_(limits) {}

    /// There is another map, with so many shards: the turns begin anew.
    void restart(std::size_t shards) { turns_.assign(shards, 0); }
    /// A read at that node was refused, or ended without a reply.
    void refused(topology::HostPort const& node, Instant now);

    /// Whether the replica is not fit to be asked by anybody.
    bool avoids(topology::Node const& replica, Instant now) const;
    /// Whether it may lack what the read has to see; `session`: of the caller, or null.
    bool is_behind(std::uint16_t slot, topology::Shard const& shard, topology::Node const& replica,
                   SessionMarks* session) const;

    /// Which candidate reads that slot of shard `index` of the map. `candidates`: the shard's primary, then its
    /// replicas in their order, those already avoided for which the connections or the caller speak against
    /// it. nullopt: none may read now. `random`: 64 bits that nothing else was given.
    std::optional<std::size_t> choose(std::size_t index, topology::Shard const& shard,
                                      std::uint16_t slot, SessionMarks* session,
                                      std::span<ReadCandidate> candidates, Instant now,
                                      std::uint64_t random);

    /// Whether the next read of that slot has somewhere to go where it is not known to be in vain. The arguments are
    /// those of choose().
    bool has_reader(topology::Shard const& shard, std::uint16_t slot, SessionMarks* session,
                    std::span<ReadCandidate> candidates, Instant now) const;

    /// What it knows of how far the nodes are.
    ReplicationWatch& positions() { return positions_; }

private:
    bool is_left_alone(topology::HostPort const& node, Instant now) const;
    /// Marks those that are.
    void avoid(topology::Shard const& shard, std::uint16_t slot, SessionMarks* session,
               std::span<ReadCandidate> candidates, Instant now) const;

    ReadLimits limits_;
    std::map<topology::HostPort, Instant> avoided_until_;
    std::vector<std::uint64_t> turns_;  // by shard index
    ReplicationWatch positions_;
};

}  // namespace keyslot::routing
