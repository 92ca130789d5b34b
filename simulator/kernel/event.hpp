#pragma once

#include <cstdint>
#include <string_view>

namespace keyslot::sim {

/// Who an event belongs to: a host, or 0 for the world itself.
using ActorId = std::uint32_t;
inline constexpr ActorId world_actor = 0;

/// What an event is, for the digest, the trace and reports. The numbers are part of the digest.
enum class EventKind : std::uint8_t {
    post = 1,      ///< a function object given to an executor
    timer = 2,     ///< of an Environment
    sleep = 3,     ///< a coroutine's
    deliver = 4,   ///< bytes of a stream, or its end, arrive
    readable = 5,  ///< a read of bytes that were there already
    written = 6,   ///< a write that was taken over
    room = 7,      ///< the peer has read: a write may go on
    connect = 8,   ///< a step of connecting
    accept = 9,
    resolve = 10,
    bus = 11,
    wake = 12,     ///< a node's wake-up
    control = 13,  ///< a fault or a step of a scenario
};

std::string_view to_string(EventKind kind);

/// What the kernel is told about an event.
struct EventTag {
    EventKind kind = EventKind::post;
    /// No sign of life by itself, see Kernel::drive().
    bool background = false;
    ActorId actor = world_actor;
};

/// Names an event that is to come. Default: none.
struct EventId {
    std::uint32_t slot = 0;
    std::uint64_t sequence = 0;  ///< never used twice; 0: none

    explicit operator bool() const { return sequence != 0; }
};

}  // namespace keyslot::sim
