#pragma once

#include "client/io/operation_memory.hpp"

#include <keyslot/environment.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace keyslot::io {

using Clock = std::chrono::steady_clock;

inline Instant system_now() {
    return Instant{std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch())};
}

inline Clock::time_point to_clock(Instant at) {
    return Clock::time_point{std::chrono::duration_cast<Clock::duration>(at.time_since_epoch())};
}

template <class Executor>
using ClockTimer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

template <class Executor>
class SystemTimer final : public Timer {
public:
    explicit SystemTimer(Executor const& executor) : state_(new State(executor)) {}
    ~SystemTimer() override { cancel(); }

    void arm(Instant at, UniqueFunction<void()> handler) override {
        UniqueFunction<void()> const replaced = std::exchange(state_->handler, std::move(handler));
        ++state_->generation;
        state_->timer.expires_at(to_clock(at));
        state_->timer.async_wait(Expired{state_, state_->generation});
    }

    void cancel() override {
        UniqueFunction<void()> const dropped = std::exchange(state_->handler, nullptr);
        if (dropped) {
            ++state_->generation;
            state_->timer.cancel();
        }
    }

private:
    struct State : boost::intrusive_ref_counter<State, boost::thread_unsafe_counter> {
        explicit State(Executor const& executor) : timer(executor) {}

        ClockTimer<Executor> timer;
        UniqueFunction<void()> handler;
        std::uint64_t generation = 0;
        OperationMemory memory;
    };

    struct Expired {
        using allocator_type = OperationAllocator<void>;
        allocator_type get_allocator() const noexcept { return allocator_type{state->memory}; }
        // A wait that had already expired when it was replaced still arrives without an error: only the
        // generation tells it from the wait that counts.
        void operator()(error_code) {
            if (generation == state->generation && state->handler) {
                std::exchange(state->handler, nullptr)();
            }
        }
        boost::intrusive_ptr<State> state;
        std::uint64_t generation;
    };

    boost::intrusive_ptr<State> state_;
};

}  // namespace keyslot::io
