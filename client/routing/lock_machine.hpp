#pragma once

#include "client/routing/call_machine.hpp"

#include <keyslot/time.hpp>

#include <cstdint>
#include <optional>
#include <variant>

namespace keyslot::routing {

/// How long an acquire() goes on, and what it asks for.
struct LockTerms {
    std::optional<Duration> expiry = std::nullopt;  ///< of the lock at the server
    Duration pause = std::chrono::milliseconds{100};  ///< longest, between two attempts
    bool is_blocking = true;
    Instant give_up_at = Instant::max();
};

/// Decides how a lock is acquired. Pure: time and random bits come in.
///
/// Every attempt carries the same token, and the node grants the lock again to the token that has it: so an
/// attempt whose answer was lost is made good by the next one. When it gives up in doubt, the token is
/// released, so that nobody waits for a lock that nobody knows to have. Failures are outlasted only when the
/// waiting has an end.
class LockMachine {
public:
    // What the shell tells.
    struct Start {};
    struct Granted {
        Instant asked_at;  ///< the lock's time runs from then on, at the latest
    };
    struct Taken {};  ///< by another token
    struct Failed {
        Outcome outcome;
        bool is_passing = false;  ///< the next attempt may find things better
    };
    struct Woken {};
    struct Cancelled {};
    struct Released {};  ///< the node has said that the token does not have the lock any more
    struct NotReleased {};
    using Event =
        std::variant<Start, Granted, Taken, Failed, Woken, Cancelled, Released, NotReleased>;

    // What it wishes.
    struct Try {
        friend bool operator==(Try const&, Try const&) = default;
    };
    struct Sleep {
        Instant until;
        friend bool operator==(Sleep const&, Sleep const&) = default;
    };
    /// Have the token released: an attempt may have been granted.
    struct Release {
        friend bool operator==(Release const&, Release const&) = default;
    };
    struct Acquired {
        friend bool operator==(Acquired const&, Acquired const&) = default;
    };
    struct NotAcquired {
        friend bool operator==(NotAcquired const&, NotAcquired const&) = default;
    };
    /// The failure that was reported last is the result, with that outcome.
    struct Fail {
        Outcome outcome;
        friend bool operator==(Fail const&, Fail const&) = default;
    };
    using Wish = std::variant<Try, Sleep, Release, Acquired, NotAcquired, Fail>;

    explicit LockMachine(LockTerms const& terms) : terms_(terms) {}

    /// `random`: 64 bits that nothing else was given. After Acquired, NotAcquired or Fail: not to be called.
    Wish step(Event const& event, Instant now, std::uint64_t random);

private:
    Wish pause_or_end(Instant now, std::uint64_t random);

    LockTerms terms_;
    bool failed_ = false;  // the last attempt
    bool in_doubt_ = false;  // an attempt may have been granted
};

}  // namespace keyslot::routing
