#include <keyslot/system_environment.hpp>

#include "client/io/basic_system_environment.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <future>
#include <random>
#include <stdexcept>

namespace keyslot {
namespace io {

std::uint64_t random_seed() {
    std::random_device device;
    std::uint64_t const high = device();
    return high << 32 ^ device();
}

namespace {

template <class Executor>
bool runs_here_as(asio::any_io_executor const& executor) {
    auto const* const known = executor.target<Executor>();
    return known != nullptr && known->running_in_this_thread();
}

}  // namespace

bool runs_here(asio::any_io_executor const& executor) {
    using Context = asio::io_context::executor_type;
    using Pool = asio::thread_pool::executor_type;
    return runs_here_as<Context>(executor) || runs_here_as<asio::strand<Context>>(executor) ||
           runs_here_as<asio::strand<asio::any_io_executor>>(executor) ||
           runs_here_as<Pool>(executor) || runs_here_as<asio::strand<Pool>>(executor);
}

void block_on_other_threads(asio::any_io_executor const& executor,
                            UniqueFunction<void(Environment::Completion)> start) {
    if (runs_here(executor)) {
        throw std::logic_error("keyslot: a blocking call on the thread that serves the connections");
    }
    std::promise<void> promise;
    std::future<void> done = promise.get_future();
    asio::post(executor, [start = std::move(start), promise = std::move(promise)]() mutable {
        start([promise = std::move(promise)]() mutable { promise.set_value(); });
    });
    try {
        done.get();
    } catch (std::future_error const&) {
        throw std::runtime_error("keyslot: the environment ended during a blocking call");
    }
}

}  // namespace io

std::shared_ptr<Environment> system_environment(asio::any_io_executor executor) {
    if (auto const* const context = executor.target<asio::io_context::executor_type>()) {
        using Direct = io::BasicSystemEnvironment<asio::io_context::executor_type>;
        return std::make_shared<Direct>(*context);
    }
    using Erased = io::BasicSystemEnvironment<asio::any_io_executor>;
    return std::make_shared<Erased>(std::move(executor));
}

}  // namespace keyslot
