#include "simulator/kernel/kernel.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace keyslot::sim {

namespace {

// A report names so many events at most: a thousand sleeping coroutines do not make it clearer.
constexpr std::size_t reported_events_max = 40;

std::string joined(std::string const& verdict, std::vector<std::string> const& waits) {
    std::string text = verdict;
    for (std::string const& wait : waits) {
        text += "\n  " + wait;
    }
    return text;
}

std::string in_seconds(Instant at) {
    auto const ms = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch());
    std::string thousandths = std::to_string(ms.count() % 1000);
    thousandths.insert(0, 3 - thousandths.size(), '0');
    return std::to_string(ms.count() / 1000) + "." + thousandths + " s";
}

}  // namespace

HangError::HangError(std::string const& verdict, std::vector<std::string> waits)
    : std::runtime_error(joined(verdict, waits)), waits_(std::move(waits)) {}

/// While events are run from here; not to be nested.
class Kernel::RunScope {
public:
    explicit RunScope(Kernel& kernel)
        : kernel_(kernel), recycling_(&kernel.recycling_, kernel.recycling_.memory) {
        if (kernel.in_scope_) {
            throw std::logic_error("the simulated world cannot be run from inside itself");
        }
        kernel.in_scope_ = true;
    }
    ~RunScope() { kernel_.in_scope_ = false; }
    RunScope(RunScope const&) = delete;
    RunScope& operator=(RunScope const&) = delete;

private:
    Kernel& kernel_;
    Recycling::Scope recycling_;
};

Kernel::Kernel() { add_actor("world"); }

Kernel::~Kernel() {
    clear();
    shutdown();
    destroy();
}

void Kernel::clear() {
    queue_.clear();
    foreground_ = 0;
    for (Actor& actor : actors_) {
        actor.held.clear();
    }
}

void Kernel::cancel(EventId event) {
    if (!queue_.is_pending(event)) {
        return;
    }
    auto const& slot = queue_[event];
    if (!slot.tag.background && !slot.parked) {
        --foreground_;
    }
    // Destroyed here, when the queue is whole again: it may own what cancels or schedules more.
    UniqueFunction<void()> const dropped = queue_.cancel(event);
}

ActorId Kernel::add_actor(std::string name) {
    auto const actor = static_cast<ActorId>(actors_.size());
    if (log_ != nullptr) {
        log_->name_actor(actor, name);
    }
    actors_.push_back({.name = std::move(name), .stops = 0, .held = {}});
    return actor;
}

void Kernel::freeze(ActorId actor, Stop why) {
    frozen_actors_ += is_frozen(actor) ? 0u : 1u;
    actors_[actor].stops |= static_cast<unsigned>(why);
}

void Kernel::thaw(ActorId actor, Stop why) {
    if (!is_frozen(actor, why)) {
        return;
    }
    actors_[actor].stops &= ~static_cast<unsigned>(why);
    if (is_frozen(actor)) {
        return;
    }
    --frozen_actors_;
    for (EventId const event : actors_[actor].held) {
        if (queue_.is_pending(event)) {
            foreground_ += queue_[event].tag.background ? 0u : 1u;
            queue_.unpark(now_, event);
        }
    }
    actors_[actor].held.clear();
}

void Kernel::hold(EventId event) {
    auto const& slot = queue_[event];
    foreground_ -= slot.tag.background ? 0u : 1u;
    queue_.park(event);
    actors_[slot.tag.actor].held.push_back(event);
}

void Kernel::dispatch(EventId event) {
    EventQueue::Slot& slot = queue_.slot(event);
    EventTag const tag = slot.tag;
    digest_.fold(static_cast<std::uint64_t>(now_.time_since_epoch().count()),
                 (std::uint64_t{tag.actor} << 8) | static_cast<std::uint64_t>(tag.kind));
    ++events_;
    if (!tag.background) {
        --foreground_;
        last_foreground_ = now_;
    }
    if (log_ != nullptr) [[unlikely]] {
        log_->append({.at = now_, .actor = tag.actor, .kind = tag.kind});
    }
    if (tracing_) [[unlikely]] {
        trace_.begin(now_, event.sequence, to_string(tag.kind), actors_[tag.actor].name);
    }

    // The handler runs where it lies; the slot is given back even when it throws.
    struct Release {
        Kernel& kernel;
        std::uint32_t index;
        EventQueue::Slot& slot;
        ~Release() {
            slot.run.reset();
            kernel.queue_.release(index);
            kernel.running_ = false;
        }
    } const release{*this, event.slot, slot};
    slot.sequence = 0;  // no longer pending
    running_ = true;
    slot.run();
}

bool Kernel::step_in_scope() {
    EventId event;
    if (!queue_.pop(now_, event)) {
        return false;
    }
    EventQueue::Slot const& slot = queue_.slot(event);
    assert(slot.at >= now_);
    now_ = slot.at;
    if (now_ > watch_due_) [[unlikely]] {
        tell_watcher();
    }
    if (frozen_actors_ != 0 && is_frozen(slot.tag.actor)) [[unlikely]] {
        hold(event);
        return true;
    }
    dispatch(event);
    if (tracing_) [[unlikely]] {
        trace_.flush();
    }
    return true;
}

bool Kernel::step() {
    RunScope const scope(*this);
    return step_in_scope();
}

void Kernel::run_until(Instant at) {
    RunScope const scope(*this);
    Instant next{};
    while (queue_.peek(now_, next) && next <= at) {
        step_in_scope();
    }
    now_ = std::max(now_, at);
}

std::optional<Instant> Kernel::next_deadline() {
    Instant next{};
    return queue_.peek(now_, next) ? std::optional{next} : std::nullopt;
}

void Kernel::drive(bool const& done, RunLimits const& limits) {
    RunScope const scope(*this);
    last_foreground_ = now_;
    Duration const time_left = Instant::max() - now_;
    Instant const time_limit = now_ + std::min(limits.time_max, time_left);
    std::uint64_t const events_limit = events_ + std::min(limits.events_max, UINT64_MAX - events_);
    while (!done) {
        Instant next{};
        bool const any = queue_.peek(now_, next);
        if (!any || foreground_ == 0 || next > time_limit || events_ >= events_limit) [[unlikely]] {
            if (events_ >= events_limit) {
                give_up("gave up after the number of events allowed");
            }
            check_hang(any, next, time_limit, limits.hang_grace);
        }
        step_in_scope();
    }
}

void Kernel::check_hang(bool any, Instant next, Instant time_limit, Duration grace) const {
    if (!any) {
        give_up("hang: nothing will ever happen again");
    }
    if (foreground_ == 0 && next - last_foreground_ > grace) {
        give_up("hang: nothing but background work since " + in_seconds(last_foreground_));
    }
    if (next > time_limit) {
        give_up("gave up after the simulated time allowed");
    }
}

void Kernel::give_up(std::string const& verdict) const {
    std::vector<std::string> waits;
    for (WaitSource const* source : wait_sources_) {
        source->describe_waits(waits);
    }
    for (Actor const& actor : actors_) {
        if (actor.stops != 0) {
            waits.push_back(actor.name + " is paused, with " + std::to_string(actor.held.size()) +
                            " events held back");
        }
    }
    std::vector<std::pair<std::uint64_t, std::string>> events;
    queue_.for_each([&](EventQueue::Slot const& slot) {
        if (!slot.tag.background && !slot.parked) {
            events.emplace_back(slot.sequence, actors_[slot.tag.actor].name + " waits for a " +
                                                   std::string(to_string(slot.tag.kind)) +
                                                   " event due at " + in_seconds(slot.at));
        }
    });
    std::sort(events.begin(), events.end());
    for (std::size_t n = 0; n < std::min(events.size(), reported_events_max); ++n) {
        waits.push_back(std::move(events[n].second));
    }
    throw HangError(verdict + ", at " + in_seconds(now_), std::move(waits));
}

void Kernel::trace_to(Trace::Sink sink) {
    trace_.write_to(std::move(sink));
    tracing_ = static_cast<bool>(trace_);
}

void Kernel::watch(Duration every, UniqueFunction<void(Instant)> look) {
    look_ = std::move(look);
    watch_every_ = every;
    watch_due_ = look_ ? Instant{now_.time_since_epoch() / every * every} + every : Instant::max();
}

void Kernel::tell_watcher() {
    Instant const at = watch_due_;
    Duration const missed = (now_ - at - Duration{1}) / watch_every_ * watch_every_;
    watch_due_ = at + missed + watch_every_;
    look_(at);
}

void Kernel::log_to(EventLog* log) {
    log_ = log;
    if (log_ != nullptr) {
        for (ActorId actor = 0; actor < actors_.size(); ++actor) {
            log_->name_actor(actor, actors_[actor].name);
        }
    }
}

}  // namespace keyslot::sim
