#include "simulator/server/live_clock.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace keyslot::sim {

LiveClock::LiveClock(asio::io_context& context, World& world, double speed)
    : context_(&context), world_(&world), speed_(speed), timer_(context) {}

void LiveClock::start(std::function<void()> flush) {
    flush_ = std::move(flush);
    real_origin_ = std::chrono::steady_clock::now();
    simulated_origin_ = world_->now();
    pump();
}

// What simulated time should be by now.
Instant LiveClock::due_time() const {
    auto const passed = std::chrono::steady_clock::now() - real_origin_;
    return simulated_origin_ + std::chrono::duration_cast<Duration>(passed * speed_);
}

std::chrono::steady_clock::time_point LiveClock::wall_time(Instant simulated) const {
    auto const passed = (simulated - simulated_origin_) / speed_;
    return real_origin_ + std::chrono::ceil<std::chrono::steady_clock::duration>(passed);
}

// Behind the handlers of all sockets that are ready now: a batch of requests costs one step.
void LiveClock::touch() {
    if (!std::exchange(pump_posted_, true)) {
        asio::post(*context_, [this] {
            pump_posted_ = false;
            pump();
        });
    }
}

void LiveClock::pump() {
    world_->run_until(due_time());
    flush_();
    arm_timer();
}

// A timer that is armed too early wakes us for nothing, which is cheaper than to set it again each
// time.
void LiveClock::arm_timer() {
    auto const deadline = world_->next_deadline();
    if (!deadline || *deadline >= armed_) {
        return;
    }
    armed_ = *deadline;
    timer_.expires_at(wall_time(armed_));
    timer_.async_wait([this](error_code ec) {
        if (!ec) {
            armed_ = Instant::max();
            pump();
        }
    });
}

}  // namespace keyslot::sim
