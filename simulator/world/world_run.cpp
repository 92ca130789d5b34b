// Running a world: the main coroutine, its verdicts, and sleep().
#include "simulator/kernel/kernel_executor.hpp"
#include "simulator/world/world_impl.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>
#include <utility>

namespace keyslot::sim {

namespace {

// What a coroutine that hung may take to unwind when it is cancelled.
constexpr RunLimits unwind_limits{
    .hang_grace = std::chrono::seconds{1},
    .time_max = std::chrono::seconds{150},  // a connect gives up in 127
    .events_max = 1'000'000};

/// Owns what it runs: the coroutine may outlive the call of run() that started it.
asio::awaitable<void> run_main(UniqueFunction<asio::awaitable<void>()> main) { co_await main(); }

/// The completion handler of one sleep, and its event.
template <class Handler>
struct Sleep {
    explicit Sleep(Handler h) : handler(std::move(h)) {}

    /// For an actor that is stopped meanwhile, the sleep goes on.
    ActorId actor() const {
        if constexpr (requires { executor().template target<KernelExecutor>(); }) {
            auto const ex = executor();
            auto const* own = ex.template target<KernelExecutor>();
            return own != nullptr ? own->actor() : world_actor;
        }
        return world_actor;
    }
    auto executor() const { return asio::get_associated_executor(handler); }

    static void complete(std::unique_ptr<Sleep> sleep, error_code ec) {
        auto const ex = sleep->executor();
        asio::dispatch(
            ex, [handler = std::move(sleep->handler), ec]() mutable { std::move(handler)(ec); });
    }

    Handler handler;
    EventId event;
};

template <class Handler>
void start_sleep(Kernel& kernel, Instant until, Handler handler) {
    using Op = Sleep<Handler>;
    auto op = std::make_unique<Op>(std::move(handler));
    Op* const raw = op.get();
    auto slot = asio::get_associated_cancellation_slot(raw->handler);
    EventTag const tag{.kind = EventKind::sleep, .actor = raw->actor()};
    raw->event = kernel.schedule(until, tag, [op = std::move(op), slot]() mutable {
        slot.clear();
        Op::complete(std::move(op), {});
    });
    if (slot.is_connected()) {
        slot.assign([&kernel, raw, event = raw->event](asio::cancellation_type) {
            if (!kernel.is_pending(event)) {
                return;
            }
            auto cancelled = std::make_unique<Op>(std::move(raw->handler));
            EventTag const aborted{.kind = EventKind::sleep, .actor = cancelled->actor()};
            kernel.cancel(event);  // and with it what `raw` points to
            kernel.schedule(kernel.now(), aborted, [op = std::move(cancelled)]() mutable {
                Op::complete(std::move(op), asio::error::operation_aborted);
            });
        });
    }
}

}  // namespace

void World::run(UniqueFunction<asio::awaitable<void>()> main) {
    Kernel& kernel = impl_->kernel;
    if (kernel.is_running()) {
        throw std::logic_error("World::run() was called from inside the world");
    }
    auto const state = std::make_shared<Impl::Main>();
    impl_->abandoned.push_back(state);
    asio::co_spawn(kernel.executor(world_actor), run_main(std::move(main)),
                   asio::bind_cancellation_slot(state->cancellation.slot(),
                                                [raw = state.get()](std::exception_ptr error) {
                                                    raw->error = std::move(error);
                                                    raw->done = true;
                                                }));
    try {
        kernel.drive(state->done, impl_->limits);
    } catch (HangError const&) {
        impl_->unwind(*state);
        throw;
    }
    impl_->abandoned.pop_back();
    if (state->error) {
        std::rethrow_exception(state->error);
    }
}

/// So that the coroutine's frame does not outlive what it refers to in the caller: it is cancelled, and
/// if what it waits for cannot be, all streams are reset.
void World::Impl::unwind(Main& main) {
    auto const drive = [&] {
        try {
            kernel.drive(main.done, unwind_limits);
        } catch (...) {  // NOLINT(bugprone-empty-catch): the verdict under way says more
        }
    };
    main.cancellation.emit(asio::cancellation_type::terminal);
    drive();
    if (!main.done) {
        network.reset_streams({}, {});
        drive();
    }
}

void World::run_for(Duration time) { impl_->kernel.run_until(now() + time); }
void World::run_until(Instant at) { impl_->kernel.run_until(at); }
std::optional<Instant> World::next_deadline() { return impl_->kernel.next_deadline(); }

void World::schedule(Instant at, UniqueFunction<void()> what) {
    impl_->kernel.schedule(at, {.kind = EventKind::control}, std::move(what));
}

asio::awaitable<void> World::sleep(Duration time) {
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void(error_code)>(
        [this, time](auto handler) {
            start_sleep(impl_->kernel, impl_->kernel.now() + time, std::move(handler));
        },
        asio::use_awaitable);
}

}  // namespace keyslot::sim
