#pragma once

#include "client/routing/call_machine.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <variant>

/// A call played event by event at times that the test sets.
namespace keyslot::routing {

inline Instant at(Duration since_origin) { return Instant{since_origin}; }

inline topology::HostPort const node_a{"10.0.0.1", 7000};
inline topology::HostPort const node_b{"10.0.0.2", 7001};
inline topology::HostPort const node_c{"10.0.0.3", 7002};
inline constexpr std::uint16_t some_slot = 3999;

inline Refused refused(ErrorKind kind, topology::HostPort target = {},
                       topology::HostPort from = node_a) {
    return {.error = {.kind = kind, .slot = some_slot, .target = std::move(target)},
            .from = std::move(from)};
}
inline Refused moved_to(topology::HostPort target, topology::HostPort from = node_a) {
    return refused(ErrorKind::moved, std::move(target), std::move(from));
}
inline Refused ask(topology::HostPort target, topology::HostPort from = node_a) {
    return refused(ErrorKind::ask, std::move(target), std::move(from));
}
inline Failed failed(bool written) {
    return {.node = node_a, .written = written, .reason = "reset"};
}

inline Send const by_map{};
inline Send to(topology::HostPort target) { return {.to = std::move(target), .asking = false}; }
inline Send asking(topology::HostPort target) { return {.to = std::move(target), .asking = true}; }

struct CallScript {
    CallLimits limits{};
    Instant deadline = at(std::chrono::seconds{30});
    Instant now{};
    std::uint64_t random = 0;  // no pause at all, but where a test wants one
    CallMachine machine;

    explicit CallScript(bool repeatable = false, CallLimits with = {})
        : limits(with), machine(limits, deadline, repeatable) {}
    CallScript(CallScript const&) = delete;

    CallAction step(CallEvent const& event) { return machine.step(event, now, random); }
    CallWish wish(CallEvent const& event) { return step(event).wish; }
    /// Plays the event, which must ask for a pause, and the pause.
    CallWish wish_after_pause(CallEvent const& event) {
        CallWish const pause = wish(event);
        EXPECT_TRUE(std::holds_alternative<Wait>(pause)) << pause;
        if (auto const* wait = std::get_if<Wait>(&pause)) {
            now = wait->until;
        }
        return wish(Woken{});
    }
};

}  // namespace keyslot::routing
