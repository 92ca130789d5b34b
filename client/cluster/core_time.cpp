// Everything of the core that is due at some time, on one timer.
#include "client/cluster/core.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

namespace keyslot::detail {

std::uint64_t ClusterCore::at(Instant when, UniqueFunction<void()> work) {
    std::uint64_t const number = next_wake_++;
    wakes_.emplace(std::pair(when, number), std::move(work));
    arm(when);
    return number;
}

void ClusterCore::forget_wake(std::uint64_t number) {
    std::erase_if(wakes_, [number](auto const& wake) { return wake.first.second == number; });
}

void ClusterCore::check_links_at(Instant at) {
    if (at < links_check_) {
        links_check_ = at;
        arm(at);
    }
}

Instant ClusterCore::next_due() const {
    Instant due = std::min({refresh_wake_, links_check_, drain_until_});
    if (!deadlines_.empty()) {
        due = std::min(due, deadlines_.first()->deadline);
    }
    if (!waits_.empty()) {
        due = std::min(due, waits_.begin()->first);
    }
    if (!wakes_.empty()) {
        due = std::min(due, wakes_.begin()->first.first);
    }
    return due;
}

// One timer for everything. It is left alone when what it was armed for goes away: firing once for
// nothing is cheaper than moving it with every call.
void ClusterCore::arm(Instant at) {
    if (at >= armed_at_ || closed_) {
        return;
    }
    armed_at_ = at;
    timer_->arm(at, [this] {
        auto const keep = shared_from_this();
        on_timer();
    });
}

void ClusterCore::on_timer() {
    armed_at_ = Instant::max();
    Instant const time = now();
    while (!deadlines_.empty() && deadlines_.first()->deadline <= time && !closed_) {
        Call& call = *deadlines_.first();
        bool const written = call.place == Call::Place::in_flight;
        NodeLink* const link = call.link;
        if (call.pinned) {
            complete(call, {.failure = std::make_shared<Failure>(Failure{
                                .code = ErrorCode::timeout,
                                .outcome = written ? Outcome::unknown : Outcome::not_executed,
                                .message = "no answer within " + milliseconds(call.timeout),
                                .node = link != nullptr ? link->name() : "",
                                .hops = call.hops})});
        } else {
            if (link != nullptr) {
                call.add_hop(link->name(), "no answer");
            }
            step(call, routing::DeadlineReached{written}, link, nullptr);
        }
    }
    while (!waits_.empty() && waits_.begin()->first <= time && !closed_) {
        Call* const call = find(waits_.begin()->second);
        waits_.erase(waits_.begin());
        assert(call != nullptr);
        if (is_put_off(*call)) {
            call->wake_at = time + limits_.backoff_min;
            waits_.insert({call->wake_at, call->handle()});
            continue;
        }
        leave_order(*call);
        call->place = Call::Place::prepared;
        std::uint16_t const slot = call->route.slot;
        if (std::exchange(call->is_over_limit, false)) {
            dispatch(*call);
        } else {
            step(*call, routing::Woken{}, nullptr, nullptr);
        }
        release_held(slot);
    }
    while (!wakes_.empty() && wakes_.begin()->first.first <= time && !closed_) {
        wakes_.extract(wakes_.begin()).mapped()();
    }
    if (refresh_wake_ <= time && !closed_) {
        refresh_wake_ = Instant::max();
        obey(refresher_.woken(time, environment_->random()));
    }
    if (drain_until_ <= time && !closed_) {
        finish_draining(false);
    }
    if (links_check_ <= time && !closed_) {
        links_check_ = Instant::max();
        std::vector<std::shared_ptr<NodeLink>> const links = all_links();
        for (auto const& link : links) {
            link->check(time);
        }
        for (auto const& link : links) {
            check_links_at(link->next_check());
        }
    }
    if (!closed_) {
        arm(next_due());
    }
}

}  // namespace keyslot::detail
