#pragma once

#include "client/topology/slot_map.hpp"

#include <cstdint>
#include <string_view>

namespace keyslot::routing {

/// What an error reply means to routing; told by its first word (client-bugs 24), but for UNBLOCKED.
enum class ErrorKind : std::uint8_t {
    moved,
    ask,
    try_again,
    cluster_down,
    loading,
    master_down,
    read_only,  ///< READONLY, or UNBLOCKED by a master that steps down
    cross_slot,
    other,  ///< the caller's business: WRONGTYPE, ERR ...
};

/// An error reply taken apart. For MOVED and ASK: slot and target, which has gone through
/// topology::dialable(): an empty host ("MOVED 5 :7000") is the host that was asked. A redirection that cannot be understood, or
/// that leads to "?" or port 0, has kind moved or ask and `target.port` 0: refresh instead of
/// following it.
struct ErrorReply {
    ErrorKind kind = ErrorKind::other;
    std::uint16_t slot = 0;
    topology::HostPort target;
};

ErrorReply classify_error(std::string_view text, topology::Asked const& asked);

}  // namespace keyslot::routing
