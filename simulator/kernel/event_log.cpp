#include "simulator/kernel/event_log.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace keyslot::sim {

std::string_view to_string(EventKind kind) {
    switch (kind) {
        case EventKind::post: return "post";
        case EventKind::timer: return "timer";
        case EventKind::sleep: return "sleep";
        case EventKind::deliver: return "deliver";
        case EventKind::readable: return "readable";
        case EventKind::written: return "written";
        case EventKind::room: return "room";
        case EventKind::connect: return "connect";
        case EventKind::accept: return "accept";
        case EventKind::resolve: return "resolve";
        case EventKind::bus: return "bus";
        case EventKind::wake: return "wake";
        case EventKind::control: return "control";
    }
    return "?";
}

void EventLog::name_actor(ActorId actor, std::string name) {
    if (actors_.size() <= actor) {
        actors_.resize(actor + 1);
    }
    actors_[actor] = std::move(name);
}

std::string EventLog::describe(std::size_t index) const {
    LoggedEvent const& event = events_[index];
    std::string const& actor = event.actor < actors_.size() ? actors_[event.actor] : std::string{};
    char text[160];
    std::snprintf(text, sizeof text, "#%zu %+lld ns %s %s %016llx", index,
                  static_cast<long long>(event.at.time_since_epoch().count()),
                  actor.empty() ? "?" : actor.c_str(), to_string(event.kind).data(),
                  static_cast<unsigned long long>(event.payload));
    return text;
}

std::optional<Divergence> first_divergence(EventLog const& first, EventLog const& second,
                                           std::size_t events_before) {
    auto const& a = first.events();
    auto const& b = second.events();
    auto const [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (in_a == a.end() && in_b == b.end()) {
        return std::nullopt;
    }
    auto const index = static_cast<std::size_t>(in_a - a.begin());
    std::string report = "the runs part at event " + std::to_string(index) + "\n";
    for (std::size_t n = index - std::min(index, events_before); n < index; ++n) {
        report += "  both:   " + first.describe(n) + "\n";
    }
    report += "  first:  " + (in_a == a.end() ? "(ends)" : first.describe(index)) + "\n";
    report += "  second: " + (in_b == b.end() ? "(ends)" : second.describe(index)) + "\n";
    return Divergence{index, std::move(report)};
}

std::optional<Divergence> check_deterministic(std::function<void(EventLog&)> const& run,
                                              std::size_t events_before) {
    EventLog first;
    run(first);
    EventLog second;
    run(second);
    return first_divergence(first, second, events_before);
}

}  // namespace keyslot::sim
