#include "simulator/kernel/kernel_executor.hpp"

#include <gtest/gtest.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>

namespace keyslot::sim {
namespace {

namespace asio = boost::asio;

static_assert(asio::execution::is_executor<KernelExecutor>::value);
static_assert(std::is_constructible_v<asio::any_io_executor, KernelExecutor>);

struct KernelExecutorTest : testing::Test {
    void run() {
        while (kernel.step()) {}
    }
    Kernel kernel;
    ActorId app = kernel.add_actor("app");
    asio::any_io_executor executor = kernel.executor(app);
    std::string log;
};

TEST_F(KernelExecutorTest, post_runs_later_and_dispatch_runs_at_once_inside_the_kernel) {
    asio::post(executor, [&] {
        asio::post(executor, [&] { log += "posted "; });
        asio::defer(executor, [&] { log += "deferred "; });
        asio::dispatch(executor, [&] { log += "dispatched "; });
        log += "end ";
    });
    EXPECT_EQ(log, "");
    run();
    EXPECT_EQ(log, "dispatched end posted deferred ");
}

TEST_F(KernelExecutorTest, dispatch_outside_the_kernel_is_a_post) {
    asio::dispatch(executor, [&] { log += "ran"; });
    EXPECT_EQ(log, "");
    run();
    EXPECT_EQ(log, "ran");
}

TEST_F(KernelExecutorTest, dispatch_to_a_frozen_actor_waits_until_it_is_thawed) {
    kernel.freeze(app);
    asio::post(kernel.executor(world_actor), [&] {
        asio::dispatch(executor, [&] { log += "app "; });
        log += "world ";
    });
    run();
    EXPECT_EQ(log, "world ");
    kernel.thaw(app);
    run();
    EXPECT_EQ(log, "world app ");
}

TEST_F(KernelExecutorTest, coroutines_run_and_await_each_other) {
    auto inner = [&]() -> asio::awaitable<int> {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        co_return 7;
    };
    auto outer = [&]() -> asio::awaitable<void> { log = std::to_string(co_await inner()); };
    asio::co_spawn(executor, outer(), asio::detached);
    run();
    EXPECT_EQ(log, "7");
}

TEST_F(KernelExecutorTest, services_of_asio_work_on_the_kernel) {
    asio::experimental::channel<void(boost::system::error_code, int)> channel{executor, 1};
    auto consumer = [&]() -> asio::awaitable<void> {
        for (int n = 0; n < 3; ++n) {
            log += std::to_string(co_await channel.async_receive(asio::use_awaitable));
        }
    };
    auto producer = [&]() -> asio::awaitable<void> {
        for (int n = 1; n <= 3; ++n) {
            co_await channel.async_send({}, n, asio::use_awaitable);
        }
    };
    asio::co_spawn(executor, consumer(), asio::detached);
    asio::co_spawn(executor, producer(), asio::detached);
    run();
    EXPECT_EQ(log, "123");
}

TEST_F(KernelExecutorTest, coroutines_can_be_joined_and_cancelled) {
    using namespace asio::experimental::awaitable_operators;
    asio::experimental::channel<void(boost::system::error_code)> never{executor};
    auto quick = [&]() -> asio::awaitable<int> {
        co_await asio::post(executor, asio::use_awaitable);
        co_return 4;
    };
    auto both = [&]() -> asio::awaitable<void> {
        auto const first = co_await (quick() || never.async_receive(asio::use_awaitable));
        log = std::to_string(first.index()) + std::to_string(std::get<0>(first));
    };
    asio::co_spawn(executor, both(), asio::detached);
    run();
    EXPECT_EQ(log, "04");
}

TEST_F(KernelExecutorTest, the_context_is_the_kernel) {
    EXPECT_EQ(&asio::query(executor, asio::execution::context), &kernel);
    EXPECT_EQ(kernel.executor(app), kernel.executor(app));
    EXPECT_NE(kernel.executor(app), kernel.executor(world_actor));
}

TEST_F(KernelExecutorTest, an_exception_of_a_coroutine_reaches_whoever_runs_the_kernel) {
    auto failing = []() -> asio::awaitable<void> {
        throw std::runtime_error("boom");
        co_return;
    };
    asio::co_spawn(executor, failing(), [](std::exception_ptr error) {
        if (error) {
            std::rethrow_exception(error);
        }
    });
    EXPECT_THROW(run(), std::runtime_error);
    EXPECT_FALSE(kernel.is_running());
}

TEST(KernelLifetime, suspended_coroutines_are_destroyed_with_the_kernel) {
    auto witness = std::make_shared<int>(1);
    {
        Kernel kernel;
        asio::co_spawn(
            kernel.executor(world_actor),
            [](std::shared_ptr<int> held) -> asio::awaitable<void> {
                co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
                *held = 2;
            }(witness),
            asio::detached);
        kernel.step();
        EXPECT_EQ(witness.use_count(), 2);
    }
    EXPECT_EQ(witness.use_count(), 1);
}

}  // namespace
}  // namespace keyslot::sim
