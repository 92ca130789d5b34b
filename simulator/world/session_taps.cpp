#include "simulator/world/session_taps.hpp"

#include <utility>

namespace keyslot::sim {

SessionTaps::Id SessionTaps::add(SessionTap& tap, Hears hears) {
    taps_[++last_] = {&tap, hears};
    return last_;
}

// By upper_bound: a tap may remove itself, or add another one.
template <class F>
void SessionTaps::each_after(Id start, Id opened_at, F&& call) {
    for (auto next = taps_.upper_bound(start); next != taps_.end();
         next = taps_.upper_bound(start)) {
        start = next->first;
        Entry const entry = next->second;
        if (entry.hears == Hears::all_sessions || start <= opened_at) {
            call(*entry.tap, start);
        }
    }
}

void SessionTaps::tell_open(SessionTap::Session const& session) {
    each_after(0, last_, [&](SessionTap& tap, Id) { tap.on_open(session); });
}

SessionTap::Fate SessionTaps::ask(SessionTap::Session const& session, Listeners& listeners,
                                  std::span<std::string_view const> arguments) {
    SessionTap::Fate decided = std::exchange(listeners.decided, {});
    bool hold = false;
    each_after(listeners.asked_last, listeners.opened_at, [&](SessionTap& tap, Id id) {
        listeners.asked_last = id;
        SessionTap::Fate fate = tap.on_request(session, arguments);
        hold = hold || fate.hold;
        if (!decided.meddles()) {
            decided = std::move(fate);
        }
    });
    decided.hold = hold;
    if (hold) {
        listeners.decided = decided;
    } else {
        listeners.asked_last = 0;
    }
    return decided;
}

void SessionTaps::tell_answer(SessionTap::Session const& session, Listeners const& listeners,
                              std::string_view bytes) {
    each_after(0, listeners.opened_at, [&](SessionTap& tap, Id) { tap.on_answer(session, bytes); });
}

void SessionTaps::tell_late_answer(SessionTap::Session const& session, Listeners const& listeners,
                                   std::string_view bytes) {
    each_after(0, listeners.opened_at,
               [&](SessionTap& tap, Id) { tap.on_late_answer(session, bytes); });
}

}  // namespace keyslot::sim
