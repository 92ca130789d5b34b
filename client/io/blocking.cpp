#include "client/io/blocking.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <future>
#include <stdexcept>
#include <utility>

namespace keyslot::io {
namespace {

template <class Executor>
bool runs_here_as(asio::any_io_executor const& executor) {
    auto const* const known = executor.target<Executor>();
    return known != nullptr && known->running_in_this_thread();
}

/// False as well for an executor of a kind not known.
bool runs_here(asio::any_io_executor const& executor) {
    using Context = asio::io_context::executor_type;
    using Pool = asio::thread_pool::executor_type;
    return runs_here_as<Context>(executor) || runs_here_as<asio::strand<Context>>(executor) ||
           runs_here_as<asio::strand<asio::any_io_executor>>(executor) ||
           runs_here_as<Pool>(executor) || runs_here_as<asio::strand<Pool>>(executor);
}

}  // namespace

void block_on_other_threads(asio::any_io_executor const& executor,
                            UniqueFunction<void(Environment::Completion)> start) {
    if (runs_here(executor)) {
        throw std::logic_error(called_from_inside);
    }
    std::promise<void> promise;
    std::future<void> done = promise.get_future();
    asio::post(executor, [start = std::move(start), promise = std::move(promise)]() mutable {
        start([promise = std::move(promise)]() mutable { promise.set_value(); });
    });
    try {
        done.get();
    } catch (std::future_error const&) {
        throw std::runtime_error(ended_meanwhile);
    }
}

}  // namespace keyslot::io
