#pragma once

#include "simulator/network/network.hpp"
#include "simulator/world/session_taps.hpp"

#include <keyslot/sim/fault.hpp>
#include <keyslot/sim/trigger.hpp>
#include <keyslot/unique_function.hpp>

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// Whether the words of a command begin as the pattern says (see Trigger).
bool matches_command(std::string_view pattern, std::span<std::string_view const> words);

/// Names a session for ever: ids begin anew when a node restarts.
struct SessionKey {
    std::uint32_t host = 0;
    std::uint64_t incarnation = 0;
    SessionId id = 0;
    friend auto operator<=>(SessionKey const&, SessionKey const&) = default;

    static SessionKey of(SessionTap::Session const& session) {
        return {session.host, session.incarnation, session.id};
    }
};

/// The triggers of a world that wait for something on the wire, or for a change of a node's state.
class Triggers final : private SessionTap {
public:
    using Action = UniqueFunction<void(Occurrence const&)>;
    /// Whether a HostName stands for a host at this moment.
    using StandsFor = std::function<bool(HostName const& name, std::string const& host)>;

    Triggers(Network& network, SessionTaps& taps) : network_(network), taps_(taps) {}

    /// The action runs once, in an event of its own; the handle takes it back.
    Fault add(Trigger trigger, StandsFor stands_for, Action action);

    bool wait_for_states() const { return state_waiters_ > 0; }
    void note_state(HostId node, bool is_master, bool is_ok);

private:
    struct Entry {
        Trigger trigger;
        StandsFor stands_for;
        Action action;
        std::uint32_t left = 1;  // times still to come
        std::set<SessionKey> after_seen;
        std::set<SessionKey> to_be_answered;
    };
    struct State {
        bool is_master = false, is_ok = false;
    };
    using Id = std::uint64_t;

    void on_open(Session const& session) override;
    Fate on_request(Session const& session, std::span<std::string_view const> words) override;
    void on_answer(Session const& session, std::string_view bytes) override;

    bool is_for(Entry const& entry, Session const& session) const;
    void remove(Id id);
    /// True: that was the time it waited for. The action has been scheduled and the entry is gone.
    bool count(Id id, Occurrence const& what);
    Occurrence describe(Session const& session) const;
    template <class F>
    void each(F&& call);

    Network& network_;
    SessionTaps& taps_;
    SessionTaps::Id tap_ = 0;  // while there are entries
    std::map<Id, Entry> entries_;  // in the order they were added
    Id last_ = 0;
    std::size_t state_waiters_ = 0;
    std::map<HostId, State> states_;  // while somebody waits for one
};

}  // namespace keyslot::sim
