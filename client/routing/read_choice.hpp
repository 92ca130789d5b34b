#pragma once

#include <keyslot/options.hpp>
#include <keyslot/reply.hpp>
#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace keyslot::routing {

/// A node of a shard that might answer a read.
struct ReadCandidate {
    bool is_primary = false;
    /// It is known to be down, loading, cut off from its master or behind, or the caller does not want it.
    bool is_avoided = false;
    Duration latency{};  ///< of its answers so far; zero: none yet
    friend bool operator==(ReadCandidate const&, ReadCandidate const&) = default;
};

/// Which candidate answers the next read, as the strategy says among those not to be avoided. If there is
/// none, the primary; with `replicas_only` nullopt: no node may answer now.
///
/// `turn` grows by one with each read of the shard; `random`: 64 bits that nothing else was given.
std::optional<std::size_t> choose_reader(LoadBalancingStrategy strategy, bool replicas_only,
                                         std::span<ReadCandidate const> candidates,
                                         std::uint64_t turn, std::uint64_t random);

/// Whether some candidate may answer as the strategy says, and is not to be avoided.
bool has_reader(LoadBalancingStrategy strategy, bool replicas_only,
                std::span<ReadCandidate const> candidates);

/// Whether a reply to a read may mean that the key was not there: null, an empty collection, an array with
/// a null in it, 0, or what TTL and TYPE say of no key.
bool says_nothing(ReplyView reply);

}  // namespace keyslot::routing
