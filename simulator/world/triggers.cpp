#include "simulator/world/triggers.hpp"

#include "simulator/commands/glob.hpp"

#include <utility>

namespace keyslot::sim {

bool matches_command(std::string_view pattern, std::span<std::string_view const> words) {
    std::size_t word = 0;
    while (!pattern.empty()) {
        std::string_view const part = pattern.substr(0, pattern.find(' '));
        pattern.remove_prefix(std::min(pattern.size(), part.size() + 1));
        if (part.empty()) {
            continue;
        }
        if (word == words.size() || !glob_match(part, words[word], true)) {
            return false;
        }
        ++word;
    }
    return true;
}

Fault Triggers::add(Trigger trigger, StandsFor stands_for, Action action) {
    if (entries_.empty()) {
        tap_ = taps_.add(*this, SessionTaps::Hears::all_sessions);
    }
    state_waiters_ += trigger.becomes ? 1u : 0u;
    Entry& entry = entries_[++last_];
    entry.left = trigger.nth;
    entry.trigger = std::move(trigger);
    entry.stands_for = std::move(stands_for);
    entry.action = std::move(action);
    return Fault{[this, id = last_] { remove(id); }};
}

void Triggers::remove(Id id) {
    auto const found = entries_.find(id);
    if (found == entries_.end()) {
        return;
    }
    state_waiters_ -= found->second.trigger.becomes ? 1u : 0u;
    entries_.erase(found);
    if (entries_.empty()) {
        taps_.remove(std::exchange(tap_, 0));
    }
    if (state_waiters_ == 0) {
        states_.clear();
    }
}

// By upper_bound: entries go while we are at it.
template <class F>
void Triggers::each(F&& call) {
    Id done = 0;
    for (auto next = entries_.upper_bound(done); next != entries_.end();
         next = entries_.upper_bound(done)) {
        done = next->first;
        call(done, next->second);
    }
}

bool Triggers::count(Id id, Occurrence const& what) {
    Entry& entry = entries_.at(id);
    if (--entry.left > 0) {
        return false;
    }
    Kernel& kernel = network_.kernel();
    kernel.schedule(kernel.now() + entry.trigger.delay, {.kind = EventKind::control},
                    [action = std::move(entry.action), what]() mutable { action(what); });
    remove(id);
    return true;
}

Occurrence Triggers::describe(Session const& session) const {
    auto const client = network_.find_address(session.peer.address);
    return {network_.host_name(session.host), client ? network_.host_name(*client) : std::string{},
            network_.kernel().now()};
}

bool Triggers::is_for(Entry const& entry, Session const& session) const {
    Trigger const& trigger = entry.trigger;
    if (!trigger.node.text.empty() &&
        !entry.stands_for(trigger.node, network_.host_name(session.host))) {
        return false;
    }
    return trigger.from.text.empty() || entry.stands_for(trigger.from, describe(session).client);
}

void Triggers::on_open(Session const& session) {
    each([&](Id id, Entry const& entry) {
        if (entry.trigger.connected && is_for(entry, session)) {
            count(id, describe(session));
        }
    });
}

SessionTap::Fate Triggers::on_request(Session const& session,
                                      std::span<std::string_view const> words) {
    SessionKey const key = SessionKey::of(session);
    Fate fate;
    each([&](Id id, Entry& entry) {
        Trigger const& trigger = entry.trigger;
        bool const is_next = trigger.after.empty() || entry.after_seen.erase(key) > 0;
        if (!trigger.after.empty() && matches_command(trigger.after, words)) {
            entry.after_seen.insert(key);
        }
        bool const is_wire =
            !trigger.received.empty() || !trigger.answered.empty() || !trigger.after.empty();
        if (!is_wire || !is_next || !is_for(entry, session)) {
            return;
        }
        if (!trigger.answered.empty()) {
            if (matches_command(trigger.answered, words)) {
                entry.to_be_answered.insert(key);
            }
        } else if (matches_command(trigger.received, words)) {
            bool const at_once = trigger.delay == Duration{};
            fate.hold = (count(id, describe(session)) && at_once) || fate.hold;
        }
    });
    return fate;
}

void Triggers::on_answer(Session const& session, std::string_view) {
    each([&](Id id, Entry& entry) {
        if (entry.to_be_answered.erase(SessionKey::of(session)) > 0) {
            count(id, describe(session));
        }
    });
}

void Triggers::note_state(HostId node, bool is_master, bool is_ok) {
    auto const [place, is_new] = states_.try_emplace(node, State{is_master, is_ok});
    State const before = std::exchange(place->second, State{is_master, is_ok});
    if (is_new || (before.is_master == is_master && before.is_ok == is_ok)) {
        return;
    }
    each([&](Id id, Entry const& entry) {
        Trigger const& trigger = entry.trigger;
        bool const happened =
            (before.is_master != is_master &&
             trigger.becomes == (is_master ? NodeState::master : NodeState::replica)) ||
            (before.is_ok != is_ok && trigger.becomes == (is_ok ? NodeState::ok : NodeState::fail));
        std::string const& name = network_.host_name(node);
        if (happened && (trigger.node.text.empty() || entry.stands_for(trigger.node, name))) {
            count(id, {name, {}, network_.kernel().now()});
        }
    });
}

}  // namespace keyslot::sim
