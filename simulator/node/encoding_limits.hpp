#pragma once

#include <cstdint>

namespace keyslot::sim {

/// How long a collection keeps its compact encoding, which clients see by OBJECT ENCODING and by the
/// order of the elements. Once over a limit it never goes back. Parameters of these names change them.
struct EncodingLimits {
    std::int64_t hash_max_listpack_entries = 512;
    std::int64_t hash_max_listpack_value = 64;
    std::int64_t set_max_intset_entries = 512;
    std::int64_t zset_max_listpack_entries = 128;
    std::int64_t zset_max_listpack_value = 64;
};

}  // namespace keyslot::sim
