// The asynchronous client in coroutines, on real sockets.
//
//     build/release/bin/example_coroutines 127.0.0.1 7000
#include <keyslot/async_redis_cluster.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace asio = boost::asio;

asio::awaitable<void> app(keyslot::AsyncRedisCluster& redis) {  // any completion token
    long long const hits = co_await redis.incr("hits");
    keyslot::Result<long long> const more = co_await redis.incr("hits", keyslot::as_result);
    std::cout << "hits: " << hits << ", then " << more.value() << '\n';

    auto pipe = redis.pipeline();  // any slots, any nodes
    pipe.set("a", "1").get("b").incr("c");
    std::vector<keyslot::Result<keyslot::Reply>> const replies =
        co_await pipe.execute({.raise_on_error = false});
    for (auto const& reply : replies) {
        std::cout << "  " << (reply ? to_string(reply->view()) : reply.error().to_string()) << '\n';
    }
}

int main(int argc, char** argv) {
    std::string const host = argc > 1 ? argv[1] : "127.0.0.1";
    auto const port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 7000);
    asio::io_context context;
    keyslot::AsyncRedisCluster redis{context.get_executor(), {.startup_nodes = {{host, port}}}};
    int status = 0;
    asio::co_spawn(context, app(redis), [&](std::exception_ptr failed) {
        redis.close();  // lets context.run() come to its end
        try {
            if (failed) {
                std::rethrow_exception(failed);
            }
        } catch (std::exception const& error) {
            std::cerr << "coroutines: " << error.what() << '\n';
            status = 1;
        }
    });
    context.run();
    return status;
}
