#pragma once

#include <keyslot/environment.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace keyslot::sim {

/// Somewhere to wait until a time, or until somebody says that it is over, whichever is first. One
/// waits at a time; once open it stays open. Must not outlive its Environment.
class Gate {
public:
    explicit Gate(Environment& environment)
        : environment_(&environment), timer_(environment.make_timer()) {}

    bool is_open() const { return open_; }

    /// Nobody is called from inside this function.
    void open() {
        if (!std::exchange(open_, true) && waiter_) {
            timer_->arm(environment_->now(), [this] { wake(); });
        }
    }

    /// Returns at once when it is open. nullopt: for as long as it takes.
    asio::awaitable<void> wait(std::optional<Duration> time) {
        if (!open_) {
            co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(
                [this, time](auto handler) {
                    waiter_ = std::move(handler);
                    if (time) {
                        timer_->arm(environment_->now() + *time, [this] { wake(); });
                    }
                },
                asio::use_awaitable);
        }
    }

private:
    void wake() {
        if (waiter_) {
            UniqueFunction<void()> waiter = std::exchange(waiter_, nullptr);
            waiter();
        }
    }

    Environment* environment_;
    std::unique_ptr<Timer> timer_;
    UniqueFunction<void()> waiter_;
    bool open_ = false;
};

}  // namespace keyslot::sim
