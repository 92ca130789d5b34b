// The asynchronous client with callbacks: no coroutine, no thread.
//
//     build/release/bin/example_callbacks 127.0.0.1 7000
#include <keyslot/async_redis_cluster.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

namespace asio = boost::asio;

int main(int argc, char** argv) {
    std::string const host = argc > 1 ? argv[1] : "127.0.0.1";
    auto const port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 7000);
    asio::io_context context;
    keyslot::AsyncRedisCluster redis{context.get_executor(), {.startup_nodes = {{host, port}}}};

    long long seen = 0;
    // A handler takes the error and the value ...
    redis.incr("hits", [&](std::exception_ptr failed, long long hits) {
        if (failed) {
            std::cerr << "INCR failed\n";
            return redis.close();
        }
        std::cout << "hits: " << hits << '\n';
        // ... or, with as_result, one of them.
        redis.get("hits", keyslot::as_result([&, hits](auto const& value) {
                      std::cout << "read again: "
                                << (value ? value->value_or("nothing") : value.error().message)
                                << '\n';
                      seen = hits;
                      redis.close();  // lets context.run() come to its end
                  }));
    });
    context.run();
    return seen > 0 ? 0 : 1;
}
