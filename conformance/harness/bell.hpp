#pragma once

#include "simulator/kernel/kernel.hpp"

#include <keyslot/environment.hpp>
#include <keyslot/time.hpp>
#include <keyslot/unique_function.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace keyslot::conformance {

/// Wakes the coroutines of a world that wait for something to happen in it: a case goes on when a
/// request or a result has come, and never by looking every now and then.
class Bell {
public:
    explicit Bell(sim::Kernel& kernel) : kernel_(kernel) {}

    /// Something has happened: whoever waits looks again, in an event of its own. From inside the
    /// world.
    void ring();
    /// True as soon as `holds`, which must outlive it, says so; false at `limit`.
    asio::awaitable<bool> wait_until(std::function<bool()> const& holds, Instant limit);

private:
    struct Waiter {
        UniqueFunction<void()> wake;
        sim::EventId event;
    };
    asio::awaitable<void> nap(Instant limit);
    void start_nap(Instant limit, UniqueFunction<void()> wake);

    sim::Kernel& kernel_;
    std::vector<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace keyslot::conformance
