#include "conformance/harness/bell.hpp"

#include "simulator/kernel/event.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace keyslot::conformance {
namespace {

constexpr sim::EventTag tag{.kind = sim::EventKind::control, .actor = sim::world_actor};

}  // namespace

void Bell::ring() {
    for (std::shared_ptr<Waiter> const& waiter : std::exchange(waiters_, {})) {
        kernel_.cancel(waiter->event);
        kernel_.schedule(kernel_.now(), tag, [waiter] { waiter->wake(); });
    }
}

asio::awaitable<bool> Bell::wait_until(std::function<bool()> const& holds, Instant limit) {
    while (!holds()) {
        if (kernel_.now() >= limit) {
            co_return false;
        }
        co_await nap(limit);
    }
    co_return true;
}

asio::awaitable<void> Bell::nap(Instant limit) {
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(
        [this, limit](auto handler) {
            auto const executor = asio::get_associated_executor(handler);
            start_nap(limit, [executor, handler = std::move(handler)]() mutable {
                asio::dispatch(executor, std::move(handler));
            });
        },
        asio::use_awaitable);
}

void Bell::start_nap(Instant limit, UniqueFunction<void()> wake) {
    auto const waiter = std::make_shared<Waiter>();
    waiter->wake = std::move(wake);
    // The event of a nap that ends by its limit owns what wakes it; the list forgets it at the next
    // ring.
    waiter->event = kernel_.schedule(limit, tag, [this, waiter] {
        std::erase(waiters_, waiter);
        waiter->wake();
    });
    waiters_.push_back(waiter);
}

}  // namespace keyslot::conformance
