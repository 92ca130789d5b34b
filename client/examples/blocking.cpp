// The blocking client: keys and values on any Redis Cluster.
//
//     keyslot-sim serve --masters 3 --replicas 1 --port 7000 &
//     build/release/bin/example_blocking 127.0.0.1 7000
#include <keyslot/redis_cluster.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>

using namespace std::chrono_literals;

int main(int argc, char** argv) try {
    std::string const host = argc > 1 ? argv[1] : "127.0.0.1";
    auto const port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 7000);
    keyslot::RedisCluster redis{{.startup_nodes = {{host, port}}}};

    redis.set("user:1", "ada", {.ex = 60s});
    std::optional<std::string> const name = redis.get("user:1");
    std::cout << "user:1 is " << name.value_or("nobody") << ", slot " << redis.keyslot("user:1")
              << '\n';

    long long const hits = redis.incr("hits");
    std::cout << "hits: " << hits << '\n';

    // Without exceptions, and with what a failed call tells.
    keyslot::Result<long long> const wrong = redis.incr("user:1", keyslot::as_result);
    if (!wrong) {
        std::cout << "INCR user:1: " << wrong.error().message << " ("
                  << keyslot::to_string(wrong.error().outcome) << ")\n";
    }

    // Any slots, any nodes, in parallel.
    auto pipeline = redis.pipeline();
    pipeline.set("a", "1").get("b").incr("c");
    for (auto const& reply : pipeline.execute({.raise_on_error = false})) {
        std::cout << "  " << (reply ? to_string(reply->view()) : reply.error().to_string()) << '\n';
    }
    return name == "ada" ? 0 : 1;
} catch (std::exception const& error) {
    std::cerr << "blocking: " << error.what() << '\n';
    return 1;
}
