#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace keyslot {

/// Client-side caching: replies of reads are kept in memory, and the servers tell when their keys change
/// (CLIENT TRACKING, part of the handshake; protocol 3 only). Set as ClusterOptions::client_side_cache.
///
/// Kept are replies to reads of one key that do not depend on time or chance (GET, HGETALL, ZRANGE …),
/// asked of the slot's primary, when they prove that the key exists: a missing key may come into being at
/// another node while its slot moves, which nobody would tell. An entry lives until its key changes or
/// expires, the connection that fetched it ends, its slot's owner changes, the node is flushed, its `ttl`
/// is over, or room is needed (least recently used first).
///
/// A client sees its own writes, in the order of its calls, those of scripts and transactions too. Writes
/// of others are seen when the server's notice arrives: normally at once; when the node has vanished without
/// a trace, when that is found out (ClusterOptions::health_check_interval and attempt_timeout), or after
/// `ttl`.
struct ClientSideCacheOptions {
    std::size_t max_entries = 10'000;
    std::size_t max_bytes =
        64 * 1024 * 1024;  ///< keys, commands, replies and what it takes to find them
    std::chrono::milliseconds ttl{0};  ///< zero: no limit
};
static_assert(std::is_trivially_destructible_v<ClientSideCacheOptions>);

/// What the cache has done so far, and what is in it.
struct ClientSideCacheStats {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;  ///< reads that could have been answered from memory
    std::uint64_t stored = 0;
    std::uint64_t not_stored = 0;  ///< the key may have changed while the reply was under way
    std::uint64_t invalidations =
        0;  ///< entries given up because a server or a write of ours said so
    std::uint64_t evictions = 0;  ///< for want of room
    std::uint64_t expired = 0;  ///< by ttl
    std::uint64_t flushed = 0;  ///< with their connection, their slot's owner, or their whole node
    std::size_t entries = 0;
    std::size_t bytes = 0;
};

}  // namespace keyslot
