// The asynchronous client with std::future: calls go out together, a thread waits for them where it likes.
//
//     build/release/bin/example_futures 127.0.0.1 7000
#include <keyslot/async_redis_cluster.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <cstdlib>
#include <exception>
#include <future>
#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;

int main(int argc, char** argv) try {
    std::string const host = argc > 1 ? argv[1] : "127.0.0.1";
    auto const port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 7000);
    asio::io_context context;
    keyslot::AsyncRedisCluster redis{context.get_executor(), {.startup_nodes = {{host, port}}}};

    // The client belongs to its executor: calls are started there.
    auto const on_executor = [&](auto start) {
        return asio::post(context, asio::use_future(std::move(start))).get();
    };
    auto guard = asio::make_work_guard(context);
    std::jthread const io([&] { context.run(); });

    std::vector<std::future<long long>> counts;
    for (std::string const key : {"apples", "pears", "plums"}) {
        counts.push_back(on_executor([&] { return redis.incr(key, asio::use_future); }));
    }
    long long sum = 0;
    for (auto& count : counts) {
        sum += count.get();  // throws keyslot::Error
    }
    std::cout << "fruit: " << sum << '\n';

    on_executor([&] { redis.close(); });
    guard.reset();
    return sum >= 3 ? 0 : 1;
} catch (std::exception const& error) {
    std::cerr << "futures: " << error.what() << '\n';
    return 1;
}
