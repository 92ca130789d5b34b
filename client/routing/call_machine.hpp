#pragma once

#include "client/routing/error_reply.hpp"

#include <keyslot/time.hpp>

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace keyslot::routing {

/// Named limits of one call.
struct CallLimits {
    int redirects_max = 16;            ///< MOVED and ASK followed
    int attempts_max = 64;             ///< sends altogether; the deadline usually comes first
    int retries_max = 65535;  ///< sends after a failure or a refusal that is no redirection
    bool retry_on_timeout = true;  ///< of what may be repeated, after an attempt without an answer
    int attempts_at_node_max = 3;  ///< of a call for one node, which no other can answer
    Duration backoff_min = std::chrono::milliseconds{10};
    Duration backoff_max = std::chrono::seconds{1};
};

/// What the shell tells the machine.
struct Start {};
/// A reply that is not routing's business (a value, or an error of kind `other` or `cross_slot`).
struct Answered {};
/// An error reply that is.
struct Refused {
    ErrorReply error;
    topology::HostPort from;
    bool by_replica = false;
    bool elsewhere = false;  ///< not by one, but one may answer it
};
/// The attempt ended without a reply. `written`: at least one byte of the command may have left, so
/// it may have been executed.
struct Failed {
    topology::HostPort node;
    bool written = false;
    std::string_view reason;
    bool by_replica = false;
    bool timed_out = false;  ///< the node was silent for too long
    bool elsewhere = false;  ///< not by a replica, but one may answer it
};
/// A replica has answered a read, and its answer is not enough: the primary is to be asked.
struct Doubted {};
/// No node is known for the slot (a hole in the map).
struct NoOwner {};
/// The time asked for with Wait has come.
struct Woken {};
/// A call behind it in its pipeline, on the same key, has run or may have run while this one was put off: sent
/// again it would come after it.
struct Overtaken {};
/// The call's deadline has passed. `written` as in Failed, for the attempt under way (false if
/// none).
struct DeadlineReached {
    bool written = false;
};
struct Cancelled {
    bool written = false;
};
using CallEvent = std::variant<Start, Answered, Refused, Failed, Doubted, NoOwner, Woken, Overtaken,
                               DeadlineReached, Cancelled>;
/// Whether the event ends an attempt of which nobody knows whether it has run.
inline bool may_have_run(CallEvent const& event) {
    return std::visit(
        [](auto const& happened) {
            if constexpr (requires { happened.written; }) {
                return happened.written;
            } else {
                return false;
            }
        },
        event);
}

/// What the machine wishes.
/// Send the command: to the owner of the slot as the map says at that moment, or to the one address
/// of a redirection. `asking`: ASKING goes out right before it, as one unit on the same connection.
struct Send {
    std::optional<topology::HostPort> to;  ///< nullopt: by the map
    bool asking = false;
    friend bool operator==(Send const&, Send const&) = default;
};
struct Wait {
    Instant until;
    friend bool operator==(Wait const&, Wait const&) = default;
};
/// The reply at hand is the result.
struct Deliver {
    friend bool operator==(Deliver const&, Deliver const&) = default;
};
enum class Outcome : std::uint8_t { not_executed, executed, unknown };
enum class FailureCode : std::uint8_t {
    deadline,
    cancelled,
    too_many_redirects,
    too_many_attempts,
    connection_lost,
    attempt_timeout,
    no_owner,
    overtaken
};
/// Give up: the call completes with this error.
struct Fail {
    FailureCode code;
    Outcome outcome;
    friend bool operator==(Fail const&, Fail const&) = default;
};
using CallWish = std::variant<Send, Wait, Deliver, Fail>;

enum class RefreshReason : std::uint8_t {
    none,
    moved,
    connection_failed,
    timeout,
    read_only,
    no_owner,
    cluster_down
};

/// The wish, and what else follows from the event.
struct CallAction {
    CallWish wish;
    RefreshReason refresh =
        RefreshReason::none;  ///< ask the refresher, whatever becomes of this call
    /// MOVED: patch the map before the next Send. ASK never patches.
    std::optional<std::pair<std::uint16_t, topology::HostPort>> patch = std::nullopt;
    /// MOVED to the very address it came from: that connection is stale, close it and dial anew
    /// (client-bugs 7).
    bool close_connection = false;
    friend bool operator==(CallAction const&, CallAction const&) = default;
};

/// Decides where one call goes next. Pure: time, the random bits for the jitter and all events come
/// in.
///
/// The rule for writes: an attempt that may have been executed (Failed or DeadlineReached with
/// `written`) ends the call with outcome `unknown`, unless `repeatable` (a read, or a write that
/// the caller allows to run twice). A refusal (MOVED, ASK, TRYAGAIN, CLUSTERDOWN, LOADING,
/// MASTERDOWN, READONLY) proves that the command did not run, so it is retried within the deadline.
///
/// A read that a replica refuses (LOADING, MASTERDOWN) or loses goes to the next node at once, as the map
/// and the shell's choice say, and so does one of a primary that a replica may answer as well (`elsewhere`); the
/// shell must not choose the same node again for a while.
///
/// NOSCRIPT proves that nothing ran, too. It is reported only when the shell can put the script itself in the
/// command's place; then the call goes where it went, at once.
///
/// A call for one node (`fixed`: the caller named it) goes there and nowhere else: a redirection is the
/// caller's answer, and a node that cannot be reached is given up after a few attempts.
///
/// Total: every event is answered in every state. Once it has said Deliver or Fail it says the same
/// for ever. An event that cannot be (Woken while an attempt is under way) is answered with a Wait
/// until the deadline, which changes nothing.
class CallMachine {
public:
    /// `limits` must outlive the machine. A deadline of Instant::max() means none.
    CallMachine(CallLimits const& limits, Instant deadline, bool repeatable, bool fixed = false)
        : limits_(&limits), deadline_(deadline), repeatable_(repeatable), fixed_(fixed) {}

    /// `random`: 64 bits that no other step was given; only the jitter uses them.
    CallAction step(CallEvent const& event, Instant now, std::uint64_t random);

    /// The two steps that nearly every call is made of, without the packaging. started(): the same
    /// as step(Start{}), which is a plain Send by the map; false if the deadline has passed, then
    /// ask step().
    bool started(Instant now) {
        if (phase_ != Phase::idle || now >= deadline_) {
            return false;
        }
        phase_ = Phase::sent;
        attempts_ = 1;
        return true;
    }
    /// The same as step(Answered{}) of a call that is under way: Deliver.
    void answered() {
        if (phase_ != Phase::failed) {
            phase_ = Phase::delivered;
        }
    }

    int redirects() const { return redirects_; }
    int attempts() const { return attempts_; }
    Instant deadline() const { return deadline_; }

private:
    enum class Phase : std::uint8_t { idle, sent, waiting, delivered, failed };

    CallAction handle(Start const& event, Instant now, std::uint64_t random);
    CallAction handle(Answered const& event, Instant now, std::uint64_t random);
    CallAction handle(Refused const& event, Instant now, std::uint64_t random);
    CallAction handle(Failed const& event, Instant now, std::uint64_t random);
    CallAction handle(Doubted const& event, Instant now, std::uint64_t random);
    CallAction handle(NoOwner const& event, Instant now, std::uint64_t random);
    CallAction handle(Woken const& event, Instant now, std::uint64_t random);
    CallAction handle(Overtaken const& event, Instant now, std::uint64_t random);
    CallAction handle(DeadlineReached const& event, Instant now, std::uint64_t random);
    CallAction handle(Cancelled const& event, Instant now, std::uint64_t random);

    void note_refusal(Refused const& event) const;
    CallAction moved(Refused const& event, Instant now, std::uint64_t random);
    CallAction ask(Refused const& event, Instant now, std::uint64_t random);
    /// Goes where a redirection leads: at once the first two times, after a pause from then on.
    CallWish follow(Send next, Instant now, std::uint64_t random);
    CallWish send(Instant now);
    CallWish send_by_map(Instant now);
    CallWish back_off(Instant now, std::uint64_t random);
    CallWish back_off_then_by_map(Instant now, std::uint64_t random);
    /// back_off(), and then the same send, or by the map, as long as there are retries left.
    CallWish retry_there(Instant now, std::uint64_t random);
    CallWish retry_by_map(Instant now, std::uint64_t random);
    Fail fail(FailureCode code, bool under_way_written = false);
    CallWish conclusion() const;

    CallLimits const* limits_;
    Instant deadline_;
    std::unique_ptr<Send> redirected_;  // where this attempt goes, or the next; nullptr: by the map
    std::uint16_t redirects_ = 0;
    std::uint16_t attempts_ = 0;
    std::uint16_t backoffs_ = 0;
    std::uint16_t retries_ = 0;
    bool repeatable_;
    bool fixed_;
    bool in_doubt_ = false;  // an attempt that was given up may have been executed
    bool no_owner_ = false;  // what the last attempt failed for
    Phase phase_ = Phase::idle;
    Fail failure_{FailureCode::deadline, Outcome::not_executed};  // valid in Phase::failed
};

std::string_view to_string(Outcome outcome);
std::string_view to_string(FailureCode code);
std::string_view to_string(RefreshReason reason);
std::ostream& operator<<(std::ostream& out, CallWish const& wish);
std::ostream& operator<<(std::ostream& out, CallAction const& action);

}  // namespace keyslot::routing
