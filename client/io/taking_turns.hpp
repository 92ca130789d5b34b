#pragma once

#include "client/io/deferral.hpp"

#include <keyslot/environment.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace keyslot::io {

/// One io_context, run by one thread at a time: by a thread that waits in block_on(), else by the thread
/// that serve() was called on.
///
/// A blocking call that handed its work to a network thread would pay for two switches between threads,
/// as much as for the call itself. So the waiting thread takes the turn: it sends, waits in epoll and
/// receives on its own, and passes the turn to the next waiting thread when its call is complete. The
/// serving thread steps back meanwhile, and takes the turn again after a while without blocking calls.
///
/// A handler that throws ends the program: the thread that happens to run it is not the one concerned.
class TakingTurns final : public Deferral {
public:
    TakingTurns();

    asio::io_context& context() { return context_; }

    /// As Environment::block_on. The completion is called, or destroyed, on the context. What `start`
    /// throws is thrown here.
    void block_on(UniqueFunction<void(Environment::Completion)> start);

    bool active() const override;
    void defer(UniqueFunction<void()> work) override { deferred_.push_back(std::move(work)); }

    /// Runs the context whenever nobody waits for a call, until stop().
    void serve() noexcept;
    /// From any thread; serve() returns soon after.
    void stop();

private:
    using Lock = std::unique_lock<std::mutex>;
    class Call;
    class CallDone;
    struct Begin;

    bool take_turn_or_queue(Call& call);
    void wait_as_follower(Call& call);
    void lead(Call& call) noexcept;
    void run_deferred();
    void pass_turn(Lock& lock);
    void begin(Call& call);
    void end(Call& call);
    bool wait_for_silence(Lock& lock);
    void run_until_wanted(Lock& lock);

    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;

    std::vector<UniqueFunction<void()>> deferred_;  // touched by the leader only
    std::mutex mutex_;
    bool turn_taken_ = false;  // somebody runs the context, or has been told to
    bool server_has_turn_ = false;  // ... and it is the thread in serve()
    bool server_wants_turn_ = false;  // ... or that thread sleeps until it is free
    bool stopping_ = false;
    std::uint64_t calls_ = 0;
    std::vector<Call*> waiting_;  // for the turn or the end of their call, in order of arrival
    std::condition_variable server_;
};

}  // namespace keyslot::io
