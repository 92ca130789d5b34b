#include "client/io/taking_turns.hpp"

#include "client/io/blocking.hpp"
#include "client/io/operation_memory.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

namespace keyslot::io {
namespace {

// How long the connections may be left alone after a blocking call. Shorter would make the kernel fire a
// timer more often (about 20 us each) while blocking calls follow one another.
constexpr std::chrono::milliseconds silence{5};

// Whose turn this thread has: start functions run on it directly, where Asio does not see it.
thread_local TakingTurns const* led_here = nullptr;

}  // namespace

/// One thread in block_on(); lives on its stack.
class TakingTurns::Call {
public:
    explicit Call(UniqueFunction<void(Environment::Completion)> from) : start(std::move(from)) {}

    UniqueFunction<void(Environment::Completion)> start;
    bool leading = false;  // its own thread runs the context: nobody else looks at the call
    bool has_turn = false;  // told to go on as leader
    bool beginning = false;  // `start` is being run, and may throw yet
    bool ended = false;
    bool done = false;
    std::exception_ptr error;
    std::condition_variable changed;
    OperationMemory memory;
};

/// The completion of a call. Destroyed without having been called, it ends the call as well: nothing
/// else would.
class TakingTurns::CallDone {
public:
    CallDone(TakingTurns& turns, Call& call) : turns_(&turns), call_(&call) {}
    CallDone(CallDone&& other) noexcept
        : turns_(other.turns_), call_(std::exchange(other.call_, nullptr)) {}
    CallDone& operator=(CallDone&&) = delete;
    ~CallDone() {
        if (call_ != nullptr) {
            call_->error = std::make_exception_ptr(std::runtime_error(ended_meanwhile));
            (*this)();
        }
    }
    void operator()() { turns_->end(*std::exchange(call_, nullptr)); }

private:
    TakingTurns* turns_;
    Call* call_;
};

struct TakingTurns::Begin {
    using allocator_type = OperationAllocator<void>;
    allocator_type get_allocator() const noexcept { return allocator_type{call->memory}; }
    void operator()() { turns->begin(*call); }
    TakingTurns* turns;
    Call* call;
};

// Everything but post() happens on the thread whose turn it is: the locks around sockets and timers would
// never be contended, those of the queue stay.
TakingTurns::TakingTurns()
    : context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO), work_(context_.get_executor()) {}

bool TakingTurns::active() const { return led_here == this; }

void TakingTurns::block_on(UniqueFunction<void(Environment::Completion)> start) {
    if (led_here == this || context_.get_executor().running_in_this_thread()) {
        throw std::logic_error(called_from_inside);
    }
    Call call(std::move(start));
    if (take_turn_or_queue(call)) {
        lead(call);
    } else {
        wait_as_follower(call);
    }
    if (call.error) {
        std::rethrow_exception(call.error);
    }
}

bool TakingTurns::take_turn_or_queue(Call& call) {
    Lock const lock(mutex_);
    ++calls_;
    if (turn_taken_) {
        waiting_.push_back(&call);
        return false;
    }
    turn_taken_ = true;
    call.leading = true;
    return true;
}

void TakingTurns::wait_as_follower(Call& call) {
    asio::post(context_, Begin{this, &call});
    {
        Lock lock(mutex_);
        call.changed.wait(lock, [&] { return call.done || call.has_turn; });
    }
    if (!call.done) {
        call.leading = true;
        lead(call);
    }
}

/// Runs the context until the call is done. The turn is this thread's.
void TakingTurns::lead(Call& call) noexcept {
    auto const* const outer = std::exchange(led_here, this);
    if (!call.has_turn) {
        begin(call);  // was not posted
    }
    run_deferred();
    while (!call.done) {
        if (context_.run_one() == 0) {
            context_.restart();  // was stopped for the turn to be passed
        }
        run_deferred();
    }
    led_here = outer;
    Lock lock(mutex_);
    pass_turn(lock);
}

void TakingTurns::run_deferred() {
    for (std::size_t i = 0; i < deferred_.size(); ++i) {
        UniqueFunction<void()> work =
            std::move(deferred_[i]);  // may defer more, and move the others
        work();
    }
    deferred_.clear();
}

void TakingTurns::pass_turn(Lock&) {
    server_has_turn_ = false;
    if (waiting_.empty()) {
        turn_taken_ = false;
        if (std::exchange(server_wants_turn_, false)) {
            server_.notify_one();
        }
        return;
    }
    Call& next = *waiting_.front();
    waiting_.erase(waiting_.begin());
    next.has_turn = true;
    next.changed.notify_one();
}

void TakingTurns::begin(Call& call) {
    call.beginning = true;
    try {
        call.start(CallDone(*this, call));
    } catch (...) {
        call.error = std::current_exception();
    }
    call.beginning = false;
    if (call.ended) {
        end(call);
    } else if (!call.leading) {
        Lock const lock(mutex_);
        if (server_has_turn_) {
            context_.stop();  // the one who waits goes on itself
        }
    }
}

void TakingTurns::end(Call& call) {
    call.ended = true;
    if (call.beginning) {
        return;
    }
    if (call.leading) {
        call.done = true;
        return;
    }
    Lock const lock(mutex_);
    call.done = true;
    std::erase(waiting_, &call);
    call.changed
        .notify_one();  // under the lock: the call is gone as soon as its thread sees `done`
}

void TakingTurns::serve() noexcept {
    Lock lock(mutex_);
    while (wait_for_silence(lock)) {
        turn_taken_ = true;
        server_has_turn_ = true;
        run_until_wanted(lock);
        pass_turn(lock);
    }
}

/// False when it is time to stop.
bool TakingTurns::wait_for_silence(Lock& lock) {
    bool silent = calls_ == 0;
    while (!stopping_ && (turn_taken_ || !silent)) {
        std::uint64_t const before = calls_;
        if (turn_taken_ && silent) {
            server_wants_turn_ = true;  // one long call
            server_.wait(lock);
        } else {
            server_.wait_for(lock, silence);
        }
        silent = calls_ == before;
    }
    return !stopping_;
}

void TakingTurns::run_until_wanted(Lock& lock) {
    do {
        lock.unlock();
        context_.restart();
        context_.run();
        lock.lock();
    } while (!stopping_ && waiting_.empty());
}

void TakingTurns::stop() {
    {
        Lock const lock(mutex_);
        stopping_ = true;
        server_.notify_one();
    }
    // Posted as well, because serve() may be about to restart the context.
    asio::post(context_, [this] { context_.stop(); });
    context_.stop();
}

}  // namespace keyslot::io
