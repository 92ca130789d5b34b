#pragma once

#include "simulator/kernel/kernel.hpp"

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/mapping.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution/relationship.hpp>

#include <type_traits>
#include <utility>

namespace keyslot::sim {

/// Runs function objects as events of one actor. Like an io_context's executor: dispatch runs them at
/// once inside the kernel, post never does. Work is not counted: an empty queue is empty.
class KernelExecutor {
    using Blocking = boost::asio::execution::blocking_t;

public:
    KernelExecutor(Kernel& kernel, ActorId actor) noexcept : kernel_(&kernel), actor_(actor) {}

    template <class F>
    void execute(F&& f) const {
        if (!never_blocking_ && kernel_->is_running() && !kernel_->is_frozen(actor_)) {
            std::decay_t<F> run(std::forward<F>(f));
            run();
            return;
        }
        kernel_->schedule(kernel_->now(), {.kind = EventKind::post, .actor = actor_},
                          std::forward<F>(f));
    }

    KernelExecutor require(Blocking::possibly_t) const noexcept { return with(false); }
    KernelExecutor require(Blocking::never_t) const noexcept { return with(true); }

    Blocking query(Blocking) const noexcept {
        return never_blocking_ ? Blocking{boost::asio::execution::blocking.never}
                               : Blocking{boost::asio::execution::blocking.possibly};
    }
    Kernel& query(boost::asio::execution::context_t) const noexcept { return *kernel_; }
    static constexpr boost::asio::execution::mapping_t query(
        boost::asio::execution::mapping_t) noexcept {
        return boost::asio::execution::mapping.thread;
    }

    Kernel& kernel() const noexcept { return *kernel_; }
    ActorId actor() const noexcept { return actor_; }

    friend bool operator==(KernelExecutor const&, KernelExecutor const&) noexcept = default;

private:
    KernelExecutor with(bool never_blocking) const noexcept {
        KernelExecutor other = *this;
        other.never_blocking_ = never_blocking;
        return other;
    }

    Kernel* kernel_;
    ActorId actor_;
    bool never_blocking_ = false;
};

inline KernelExecutor Kernel::executor(ActorId actor) { return {*this, actor}; }

}  // namespace keyslot::sim
