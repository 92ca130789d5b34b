// A pipeline: commands of any slots in one go, to all nodes in parallel, with a result for each.
//
//     build/release/bin/example_pipeline 127.0.0.1 7000
#include <keyslot/redis_cluster.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

int main(int argc, char** argv) try {
    std::string const host = argc > 1 ? argv[1] : "127.0.0.1";
    auto const port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 7000);
    keyslot::RedisCluster redis{{.startup_nodes = {{host, port}}}};

    auto pipeline = redis.pipeline();
    for (int i = 0; i < 1000; ++i) {
        pipeline.set("user:" + std::to_string(i), "name " + std::to_string(i));
    }
    pipeline.execute();  // throws the first error, if there is one

    // A script is sent by its SHA-1; what stands behind it in its slot waits until it has run.
    keyslot::Script const rename = redis.register_script(
        "return redis.call('SET', KEYS[1], string.upper(redis.call('GET', KEYS[1])))");
    pipeline.run(rename, "user:7", {}).get("user:7").incr("user:8").get("user:9");
    auto const replies = pipeline.execute({.raise_on_error = false});
    for (auto const& reply : replies) {
        std::cout << (reply ? to_string(reply->view()) : reply.error().to_string()) << '\n';
    }
    return replies[1]->text() == "NAME 7" && !replies[2] && replies[3] ? 0 : 1;
} catch (std::exception const& error) {
    std::cerr << "pipeline: " << error.what() << '\n';
    return 1;
}
