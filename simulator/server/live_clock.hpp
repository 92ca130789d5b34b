#pragma once

#include <keyslot/sim/world.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>

namespace keyslot::sim {

/// Makes a world's time follow the wall clock. One thread, that of the io_context.
class LiveClock {
public:
    /// `speed`: simulated seconds in a second of the wall clock's.
    LiveClock(asio::io_context& context, World& world, double speed = 1);

    World& world() { return *world_; }

    /// From now on simulated time follows the wall clock. `flush` runs after each step.
    void start(std::function<void()> flush);
    /// Something was put into the world: let it happen once the sockets that are ready have been
    /// read.
    void touch();
    /// Lets the world catch up with the wall clock, now. Not from inside the world.
    void catch_up() { pump(); }

private:
    void pump();
    void arm_timer();
    Instant due_time() const;
    std::chrono::steady_clock::time_point wall_time(Instant simulated) const;

    asio::io_context* context_;
    World* world_;
    double speed_;
    asio::steady_timer timer_;
    std::function<void()> flush_;
    std::chrono::steady_clock::time_point real_origin_;
    Instant simulated_origin_{};
    Instant armed_ = Instant::max();
    bool pump_posted_ = false;
};

}  // namespace keyslot::sim
