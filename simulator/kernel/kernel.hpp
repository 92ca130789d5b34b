#pragma once

#include "simulator/kernel/digest.hpp"
#include "simulator/kernel/event.hpp"
#include "simulator/kernel/event_log.hpp"
#include "simulator/kernel/event_queue.hpp"
#include "simulator/kernel/trace.hpp"

#include <keyslot/sim/hang_error.hpp>
#include <keyslot/time.hpp>
#include <keyslot/unique_function.hpp>

#include <boost/asio/detail/thread_context.hpp>
#include <boost/asio/detail/thread_info_base.hpp>
#include <boost/asio/execution_context.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

class KernelExecutor;

/// Something that knows who waits for what: asked when a run hangs.
class WaitSource {
public:
    virtual ~WaitSource() = default;
    virtual void describe_waits(std::vector<std::string>& lines) const = 0;
};

/// Why an actor does not run. Each reason holds by itself.
enum class Stop : std::uint8_t {
    paused = 1,  ///< its process is stopped
    busy = 2,    ///< its event loop is at something that takes time
};

/// How long drive() may go on.
struct RunLimits {
    Duration hang_grace = std::chrono::seconds{60};
    Duration time_max = Duration::max();
    std::uint64_t events_max = UINT64_MAX;
};

/// Simulated time and all that happens in it: runs events in the order (time, sequence) and jumps from
/// one to the next. An Asio execution context, so that coroutines and completion handlers run on it; used
/// from one thread only.
class Kernel : public boost::asio::execution_context {
public:
    Kernel();
    /// Events still to come are destroyed without being run.
    ~Kernel();

    Instant now() const { return now_; }

    /// Runs `run` at `at`, or at the current instant after all that is already due when that has passed.
    template <class F>
    EventId schedule(Instant at, EventTag tag, F&& run) {
        EventId const event = queue_.push(now_, at, tag, std::forward<F>(run));
        foreground_ += tag.background ? 0u : 1u;
        return event;
    }
    /// The event will not run. Nothing happens when it has, or was cancelled, or is none.
    void cancel(EventId event);
    bool is_pending(EventId event) const { return queue_.is_pending(event); }

    ActorId add_actor(std::string name);
    std::string const& actor_name(ActorId actor) const { return actors_[actor].name; }
    KernelExecutor executor(ActorId actor);
    /// Whatever comes due for the actor waits until thaw(), which lets it all happen then, in order,
    /// unless there is another reason to wait.
    void freeze(ActorId actor, Stop why = Stop::paused);
    void thaw(ActorId actor, Stop why = Stop::paused);
    bool is_frozen(ActorId actor) const { return actors_[actor].stops != 0; }
    bool is_frozen(ActorId actor, Stop why) const {
        return (actors_[actor].stops & static_cast<unsigned>(why)) != 0;
    }

    /// Runs the next event. False: there is none.
    bool step();
    /// Runs all events up to and including `at`, and then it is that late.
    void run_until(Instant at);
    std::optional<Instant> next_deadline();
    /// Runs until `done`. Throws HangError when that cannot come about: no events are left, or only
    /// background ones have happened for the grace period and only such are to come.
    /// std::logic_error: called from inside an event.
    void drive(bool const& done, RunLimits const& limits);
    /// An event is being run.
    bool is_running() const { return running_; }

    std::uint64_t digest() const { return digest_.value(); }
    std::uint64_t events() const { return events_; }
    /// Folds what the event at hand is about into the digest.
    void fold(std::uint64_t first, std::uint64_t second) {
        fold(first * 0x9fb21c651e98df25u + second);
    }
    void fold(std::uint64_t payload) {
        digest_.fold(payload);
        if (log_ != nullptr) [[unlikely]] {
            log_->fold_into_last(payload);
        }
    }

    void trace_to(Trace::Sink sink);
    bool tracing() const { return tracing_; }
    /// Both only when tracing().
    void trace_detail(std::string_view text) { trace_.detail(text); }
    void trace_note(std::string_view kind, ActorId actor, std::string_view text) {
        trace_.note(now_, kind, actors_[actor].name, text);
    }
    void log_to(EventLog* log);
    /// Calls `look` with each multiple of `every` that an event passes, before that event: what is
    /// then, was at that instant. Of several passed at once only with the first. It is no event: it
    /// must not schedule anything, and nobody can tell whether it is there. Empty: ends it.
    void watch(Duration every, UniqueFunction<void(Instant)> look);

    void add_wait_source(WaitSource& source) { wait_sources_.push_back(&source); }
    void remove_wait_source(WaitSource& source) { std::erase(wait_sources_, &source); }

    /// Destroys all events to come, as ~Kernel() does: for an owner whose parts they refer to.
    void clear();

private:
    friend class KernelExecutor;
    struct Actor {
        std::string name;
        unsigned stops = 0;
        std::vector<EventId> held;
    };
    // Lets Asio recycle the memory of coroutine frames and handlers, as it does inside io_context::run.
    struct Recycling : boost::asio::detail::thread_context {
        using Scope = thread_call_stack::context;
        boost::asio::detail::thread_info_base memory;
    };
    class RunScope;

    bool step_in_scope();
    void dispatch(EventId event);
    void hold(EventId event);
    void tell_watcher();
    void check_hang(bool any, Instant next, Instant time_limit, Duration grace) const;
    [[noreturn]] void give_up(std::string const& verdict) const;

    EventQueue queue_;
    Instant now_{};
    Instant last_foreground_{};  // when an event last ran that was not background
    std::uint64_t foreground_ = 0;  // such events to come, without those held back
    std::uint64_t events_ = 0;
    Digest digest_;
    bool running_ = false;
    bool in_scope_ = false;
    bool tracing_ = false;
    std::uint32_t frozen_actors_ = 0;
    std::vector<Actor> actors_;
    EventLog* log_ = nullptr;
    Trace trace_;
    Instant watch_due_ = Instant::max();
    Duration watch_every_{};
    UniqueFunction<void(Instant)> look_;
    std::vector<WaitSource*> wait_sources_;
    Recycling recycling_;
};

}  // namespace keyslot::sim
