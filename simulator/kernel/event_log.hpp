#pragma once

#include "simulator/kernel/event.hpp"

#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace keyslot::sim {

/// What is kept of one event that ran.
struct LoggedEvent {
    Instant at{};
    std::uint64_t payload = 0;  ///< folds of the handler: hashes of bytes, choices
    ActorId actor = world_actor;
    EventKind kind = EventKind::post;

    friend bool operator==(LoggedEvent const&, LoggedEvent const&) = default;
};

/// Every event of a run, in order, to be compared with another run's.
class EventLog {
public:
    void append(LoggedEvent const& event) { events_.push_back(event); }
    void fold_into_last(std::uint64_t payload) {
        if (!events_.empty()) {
            events_.back().payload = events_.back().payload * 31 + payload;
        }
    }
    void name_actor(ActorId actor, std::string name);
    void clear() { events_.clear(); }

    std::vector<LoggedEvent> const& events() const { return events_; }
    std::string describe(std::size_t index) const;

private:
    std::vector<LoggedEvent> events_;
    std::vector<std::string> actors_;
};

/// Where two runs part.
struct Divergence {
    std::size_t index = 0;  ///< of the first event that differs, or that only one run has
    std::string report;     ///< the events before it, and what each run did then
};

/// nullopt: the runs are the same, event by event.
std::optional<Divergence> first_divergence(EventLog const& first, EventLog const& second,
                                           std::size_t events_before = 20);

/// Runs it twice; `run` must attach the log to the kernel or world that it makes, from scratch.
std::optional<Divergence> check_deterministic(std::function<void(EventLog&)> const& run,
                                              std::size_t events_before = 20);

}  // namespace keyslot::sim
