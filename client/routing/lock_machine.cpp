#include "client/routing/lock_machine.hpp"

namespace keyslot::routing {

LockMachine::Wish LockMachine::step(Event const& event, Instant now, std::uint64_t random) {
    if (auto const* granted = std::get_if<Granted>(&event)) {
        in_doubt_ = false;
        if (terms_.expiry && now - granted->asked_at >= *terms_.expiry) {
            failed_ = false;
            return pause_or_end(now, random);  // the answer took longer than the lock lasts
        }
        return Acquired{};
    }
    if (std::holds_alternative<Taken>(event)) {
        failed_ = in_doubt_ = false;
        return pause_or_end(now, random);
    }
    if (auto const* failure = std::get_if<Failed>(&event)) {
        failed_ = true;
        in_doubt_ = in_doubt_ || failure->outcome != Outcome::not_executed;
        if (failure->is_passing && terms_.give_up_at != Instant::max()) {
            return pause_or_end(now, random);
        }
        return in_doubt_ ? Wish(Release{}) : Wish(Fail{Outcome::not_executed});
    }
    if (std::holds_alternative<Cancelled>(event)) {
        failed_ = true;
        return in_doubt_ ? Wish(Release{}) : Wish(Fail{Outcome::not_executed});
    }
    if (std::holds_alternative<Released>(event)) {
        return Fail{Outcome::not_executed};
    }
    if (std::holds_alternative<NotReleased>(event)) {
        return Fail{Outcome::unknown};
    }
    return Try{};  // Start, Woken
}

LockMachine::Wish LockMachine::pause_or_end(Instant now, std::uint64_t random) {
    // Between half of it and all: those who wait for one lock do not come as one.
    auto const half = static_cast<std::uint64_t>(terms_.pause.count()) / 2;
    Duration const pause = terms_.pause - Duration(static_cast<std::int64_t>(random % (half + 1)));
    if (terms_.is_blocking && terms_.give_up_at - now > pause) {
        return Sleep{now + pause};
    }
    if (in_doubt_) {
        return Release{};
    }
    return failed_ ? Wish(Fail{Outcome::not_executed}) : Wish(NotAcquired{});
}

}  // namespace keyslot::routing
