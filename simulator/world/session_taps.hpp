#pragma once

#include "simulator/world/session_tap.hpp"

#include <cstdint>
#include <map>

namespace keyslot::sim {

/// All that listen to the sessions of a world. Each is asked about every request, in the order they
/// were added; the first that wants to meddle decides.
class SessionTaps {
public:
    using Id = std::uint64_t;
    enum class Hears : std::uint8_t { new_sessions, all_sessions };

    /// The tap must live until remove(), which may be called from inside it.
    Id add(SessionTap& tap, Hears hears);
    void remove(Id tap) { taps_.erase(tap); }
    bool empty() const { return taps_.empty(); }
    /// The taps that were there before a session opened have ids up to this one.
    Id newest() const { return last_; }

    /// One session's view of them.
    struct Listeners {
        Id opened_at = 0;  ///< newest() when the session opened
        // Of a request that is held: who has been asked, and what they want.
        Id asked_last = 0;
        SessionTap::Fate decided = {};
    };
    void tell_open(SessionTap::Session const& session);
    /// With `hold` it is to be asked again about the same request; whoever was asked is not.
    SessionTap::Fate ask(SessionTap::Session const& session, Listeners& listeners,
                         std::span<std::string_view const> arguments);
    void tell_answer(SessionTap::Session const& session, Listeners const& listeners,
                     std::string_view bytes);
    void tell_late_answer(SessionTap::Session const& session, Listeners const& listeners,
                          std::string_view bytes);

private:
    struct Entry {
        SessionTap* tap = nullptr;
        Hears hears = Hears::all_sessions;
    };
    template <class F>
    void each_after(Id start, Id opened_at, F&& call);

    std::map<Id, Entry> taps_;
    Id last_ = 0;
};

}  // namespace keyslot::sim
