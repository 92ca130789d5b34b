#include "client/routing/call_machine.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>
#include <ostream>
#include <utility>

namespace keyslot::routing {
namespace {

// Redirections followed without a pause. A slot that is on the move needs one, or two when the map
// is older than the move; more means that nodes disagree, and only time settles that (client-bugs
// 6).
constexpr int redirects_at_once = 2;

}  // namespace

CallAction CallMachine::step(CallEvent const& event, Instant now, std::uint64_t random) {
    if (phase_ == Phase::delivered || phase_ == Phase::failed) {
        return {.wish = conclusion()};
    }
    return std::visit([&](auto const& happened) { return handle(happened, now, random); }, event);
}

CallAction CallMachine::handle(Start const&, Instant now, std::uint64_t) {
    if (phase_ != Phase::idle) {
        return {.wish = Wait{deadline_}};
    }
    return {.wish = send(now)};
}

CallAction CallMachine::handle(Answered const&, Instant, std::uint64_t) {
    phase_ = Phase::delivered;
    return {.wish = Deliver{}};
}

CallAction CallMachine::handle(Refused const& event, Instant now, std::uint64_t random) {
    no_owner_ = false;
    note_refusal(event);
    if (fixed_ && (event.error.kind == ErrorKind::moved || event.error.kind == ErrorKind::ask)) {
        phase_ = Phase::delivered;
        return {.wish = Deliver{},
                .refresh = event.error.kind == ErrorKind::moved ? RefreshReason::moved
                                                                : RefreshReason::none};
    }
    switch (event.error.kind) {
        case ErrorKind::moved: return moved(event, now, random);
        case ErrorKind::ask: return ask(event, now, random);
        case ErrorKind::try_again:
            // The keys are on their way and the map is right: the same send again, with ASKING if
            // it had it, and no refresh (client-bugs 20).
            return {.wish = retry_there(now, random)};
        case ErrorKind::cluster_down:
        case ErrorKind::loading:
        case ErrorKind::master_down:
            if (event.by_replica) {  // client-bugs 25, 26
                return {.wish = send_by_map(now)};
            }
            return {.wish = event.elsewhere ? send_by_map(now) : retry_by_map(now, random),
                    .refresh = RefreshReason::cluster_down};
        case ErrorKind::read_only:
            return {.wish = retry_by_map(now, random), .refresh = RefreshReason::read_only};
        case ErrorKind::no_script:
            // The shell has written the script out: to the same place, with ASKING if it had it
            // (client-bugs 86).
            return {.wish = send(now)};
        case ErrorKind::cross_slot:
        case ErrorKind::other: break;
    }
    phase_ = Phase::delivered;
    return {.wish = Deliver{}};
}

// What an ensemble must have seen: the corners of redirection.
void CallMachine::note_refusal([[maybe_unused]] Refused const& event) const {
    [[maybe_unused]] ErrorKind const kind = event.error.kind;
    [[maybe_unused]] bool const had_asked = redirected_ && redirected_->asking;
    KEYSLOT_SOMETIMES_RARELY_IF("call.asked_after_asked", kind == ErrorKind::ask && had_asked);
    KEYSLOT_SOMETIMES_RARELY_IF("call.asked_after_moved",
                                kind == ErrorKind::ask && redirected_ && !had_asked);
    KEYSLOT_SOMETIMES_RARELY_IF("call.moved_after_asked", kind == ErrorKind::moved && had_asked);
    KEYSLOT_SOMETIMES_RARELY_IF("call.moved_after_moved",
                                kind == ErrorKind::moved && redirected_ && !had_asked);
    KEYSLOT_SOMETIMES_IF("call.try_again_at_source", kind == ErrorKind::try_again && !had_asked);
    KEYSLOT_SOMETIMES_IF("call.try_again_at_target", kind == ErrorKind::try_again && had_asked);
    KEYSLOT_SOMETIMES_IF("call.down", kind == ErrorKind::cluster_down);
    KEYSLOT_SOMETIMES_IF("call.read_only", kind == ErrorKind::read_only);
    KEYSLOT_SOMETIMES_IF("call.refused_by_replica", event.by_replica);
    KEYSLOT_SOMETIMES_RARELY_IF("call.refused_by_primary_of_readers", event.elsewhere);
}

CallAction CallMachine::moved(Refused const& event, Instant now, std::uint64_t random) {
    topology::HostPort const& target = event.error.target;
    CallAction action{.wish = Deliver{}, .refresh = RefreshReason::moved};
    bool const to_itself = target == event.from;
    if (target.port != 0 && !to_itself) {
        action.patch.emplace(event.error.slot, target);
    }
    action.close_connection = to_itself;
    KEYSLOT_SOMETIMES_RARELY_IF("call.moved_to_itself", to_itself);
    if (redirects_ >= limits_->redirects_max) {
        KEYSLOT_SOMETIMES_RARELY("call.redirected_too_often");
        action.wish = fail(FailureCode::too_many_redirects);
        return action;
    }
    ++redirects_;
    if (target.port == 0) {
        action.wish = back_off_then_by_map(now, random);
    } else if (to_itself) {
        // Only what stands behind the name can have changed: dial anew, but not in a tight loop
        // (client-bugs 7).
        redirected_ = std::make_unique<Send>(Send{.to = target, .asking = false});
        action.wish = back_off(now, random);
    } else {
        action.wish = follow({.to = target, .asking = false}, now, random);
    }
    return action;
}

CallAction CallMachine::ask(Refused const& event, Instant now, std::uint64_t random) {
    topology::HostPort const& target = event.error.target;
    RefreshReason const refresh = target.port == 0 ? RefreshReason::moved : RefreshReason::none;
    if (redirects_ >= limits_->redirects_max) {
        return {.wish = fail(FailureCode::too_many_redirects), .refresh = refresh};
    }
    ++redirects_;
    if (target.port == 0) {
        return {.wish = back_off_then_by_map(now, random), .refresh = refresh};
    }
    return {.wish = follow({.to = target, .asking = true}, now, random)};
}

CallAction CallMachine::handle(Failed const& event, Instant now, std::uint64_t random) {
    no_owner_ = false;
    bool const is_final = !repeatable_ || (event.timed_out && !limits_->retry_on_timeout);
    if (event.written && is_final) {
        KEYSLOT_SOMETIMES_IF("call.timed_out_unknown", event.timed_out);
        KEYSLOT_SOMETIMES_IF("call.lost_unknown", !event.timed_out);
        return {.wish = fail(
                    event.timed_out ? FailureCode::attempt_timeout : FailureCode::connection_lost,
                    true),
                .refresh = RefreshReason::connection_failed};
    }
    KEYSLOT_SOMETIMES_IF("call.repeated_in_doubt", event.written);
    KEYSLOT_SOMETIMES_IF("call.retried_unwritten", !event.written);
    in_doubt_ = in_doubt_ || event.written;
    if (event.by_replica || event.elsewhere) {
        return {.wish = send_by_map(now), .refresh = RefreshReason::connection_failed};
    }
    if (fixed_ && attempts_ >= limits_->attempts_at_node_max) {
        return {.wish = fail(FailureCode::too_many_attempts),
                .refresh = RefreshReason::connection_failed};
    }
    return {.wish = retry_by_map(now, random), .refresh = RefreshReason::connection_failed};
}

// The replica has executed it, if in vain.
CallAction CallMachine::handle(Doubted const&, Instant now, std::uint64_t) {
    in_doubt_ = true;
    return {.wish = send_by_map(now)};
}

CallAction CallMachine::handle(NoOwner const&, Instant now, std::uint64_t random) {
    KEYSLOT_SOMETIMES_RARELY("call.without_owner");
    no_owner_ = true;
    return {.wish = retry_by_map(now, random), .refresh = RefreshReason::no_owner};
}

CallAction CallMachine::handle(Woken const&, Instant now, std::uint64_t) {
    if (phase_ == Phase::sent) {
        return {.wish = Wait{deadline_}};
    }
    return {.wish = send(now)};
}

CallAction CallMachine::handle(Overtaken const&, Instant, std::uint64_t) {
    KEYSLOT_SOMETIMES_RARELY("call.overtaken");
    return {.wish = fail(FailureCode::overtaken)};
}

CallAction CallMachine::handle(DeadlineReached const& event, Instant, std::uint64_t) {
    // A node that did not answer in time may be stuck or cut off without any connection breaking
    // (client-bugs 37, 49, 65).
    RefreshReason const refresh =
        phase_ == Phase::sent ? RefreshReason::timeout : RefreshReason::none;
    return {.wish = fail(FailureCode::deadline, event.written), .refresh = refresh};
}

CallAction CallMachine::handle(Cancelled const& event, Instant, std::uint64_t) {
    KEYSLOT_SOMETIMES_IF("call.cancelled_written", event.written);
    KEYSLOT_SOMETIMES_IF("call.cancelled_unwritten", !event.written);
    return {.wish = fail(FailureCode::cancelled, event.written)};
}

CallWish CallMachine::follow(Send next, Instant now, std::uint64_t random) {
    redirected_ = std::make_unique<Send>(std::move(next));
    return redirects_ > redirects_at_once ? back_off(now, random) : send(now);
}

CallWish CallMachine::send(Instant now) {
    if (now >= deadline_) {
        return fail(FailureCode::deadline);
    }
    if (attempts_ >= limits_->attempts_max) {
        return fail(no_owner_ ? FailureCode::no_owner : FailureCode::too_many_attempts);
    }
    ++attempts_;
    phase_ = Phase::sent;
    return redirected_ ? *redirected_ : Send{};
}

CallWish CallMachine::send_by_map(Instant now) {
    redirected_.reset();
    return send(now);
}

// Exponential with full jitter, so that the callers of one failed node do not come back as one
// (client-bugs 44, 53).
CallWish CallMachine::back_off(Instant now, std::uint64_t random) {
    Duration longest = limits_->backoff_min;
    for (int i = 0; i < backoffs_ && longest < limits_->backoff_max; ++i) {
        longest *= 2;
    }
    longest = std::clamp(longest, Duration{0}, limits_->backoff_max);
    ++backoffs_;
    auto const span = static_cast<std::uint64_t>(longest.count()) + 1;
    Duration const pause{static_cast<std::int64_t>(random % span)};
    phase_ = Phase::waiting;
    return Wait{deadline_ - pause > now ? now + pause : deadline_};
}

CallWish CallMachine::back_off_then_by_map(Instant now, std::uint64_t random) {
    redirected_.reset();
    return back_off(now, random);
}

CallWish CallMachine::retry_there(Instant now, std::uint64_t random) {
    if (retries_ >= limits_->retries_max) {
        return fail(no_owner_ ? FailureCode::no_owner : FailureCode::too_many_attempts);
    }
    ++retries_;
    return back_off(now, random);
}

CallWish CallMachine::retry_by_map(Instant now, std::uint64_t random) {
    redirected_.reset();
    return retry_there(now, random);
}

Fail CallMachine::fail(FailureCode code, bool under_way_written) {
    phase_ = Phase::failed;
    bool const unknown = in_doubt_ || under_way_written;
    failure_ = {code, unknown ? Outcome::unknown : Outcome::not_executed};
    return failure_;
}

CallWish CallMachine::conclusion() const {
    if (phase_ == Phase::delivered) {
        return Deliver{};
    }
    return failure_;
}

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::not_executed: return "not_executed";
        case Outcome::executed: return "executed";
        case Outcome::unknown: return "unknown";
    }
    return "?";
}

std::string_view to_string(FailureCode code) {
    switch (code) {
        case FailureCode::deadline: return "deadline";
        case FailureCode::cancelled: return "cancelled";
        case FailureCode::too_many_redirects: return "too_many_redirects";
        case FailureCode::too_many_attempts: return "too_many_attempts";
        case FailureCode::connection_lost: return "connection_lost";
        case FailureCode::attempt_timeout: return "attempt_timeout";
        case FailureCode::no_owner: return "no_owner";
        case FailureCode::overtaken: return "overtaken";
    }
    return "?";
}

std::string_view to_string(RefreshReason reason) {
    switch (reason) {
        case RefreshReason::none: return "none";
        case RefreshReason::moved: return "moved";
        case RefreshReason::connection_failed: return "connection_failed";
        case RefreshReason::timeout: return "timeout";
        case RefreshReason::read_only: return "read_only";
        case RefreshReason::no_owner: return "no_owner";
        case RefreshReason::cluster_down: return "cluster_down";
    }
    return "?";
}

std::ostream& operator<<(std::ostream& out, CallWish const& wish) {
    if (auto const* send = std::get_if<Send>(&wish)) {
        out << "Send{" << (send->to ? to_string(*send->to) : "by map");
        return out << (send->asking ? ", asking}" : "}");
    }
    if (auto const* wait = std::get_if<Wait>(&wish)) {
        return out << "Wait{" << wait->until.time_since_epoch().count() << " ns}";
    }
    if (auto const* failure = std::get_if<Fail>(&wish)) {
        return out << "Fail{" << to_string(failure->code) << ", " << to_string(failure->outcome)
                   << "}";
    }
    return out << "Deliver{}";
}

std::ostream& operator<<(std::ostream& out, CallAction const& action) {
    out << action.wish;
    if (action.refresh != RefreshReason::none) {
        out << " refresh(" << to_string(action.refresh) << ")";
    }
    if (action.patch) {
        out << " patch(" << action.patch->first << " -> " << to_string(action.patch->second) << ")";
    }
    return out << (action.close_connection ? " close" : "");
}

}  // namespace keyslot::routing
