#pragma once

#include "simulator/node/keyspace.hpp"

#include <cstddef>

namespace keyslot::sim {

/// What a redis-server uses before it holds any key.
inline constexpr std::size_t memory_at_start = 1'600'192;

/// What the allocator of Redis (jemalloc) makes of a request: 8, multiples of 16 up to 128, then four
/// sizes for each power of two.
std::size_t allocated(std::size_t bytes);

/// An estimate of what a key takes in a redis-server: MEMORY USAGE. Exact for strings; other types are
/// counted as large as their values are in serialised form.
std::size_t memory_of(Entry const& entry, bool cluster_enabled);

}  // namespace keyslot::sim
