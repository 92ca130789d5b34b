// Reads from replicas: who answers, and a read that must see the last write.
//
//     build/release/bin/example_replica_reads 127.0.0.1 7000
#include <keyslot/redis_cluster.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

int main(int argc, char** argv) try {
    std::string const host = argc > 1 ? argv[1] : "127.0.0.1";
    auto const port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 7000);
    keyslot::RedisCluster redis{
        {.startup_nodes = {{host, port}},
         .load_balancing_strategy = keyslot::LoadBalancingStrategy::round_robin_replicas}};

    redis.set("news", "rain");
    for (int i = 0; i < 10; ++i) {
        redis.get("news");  // a replica, which may be a moment behind
    }
    // This one goes to the primary.
    auto const news = redis.with({.read_from_replicas = false}).get("news");

    std::cout << "reads answered by replicas: " << redis.stats().replica_reads << '\n';
    for (keyslot::NodeStats const& node : redis.node_stats()) {
        std::cout << node.node.name()
                  << (node.node.role == keyslot::NodeRole::replica ? " replica: " : " primary: ")
                  << node.replies << " replies, half of them within "
                  << std::chrono::duration_cast<std::chrono::microseconds>(
                         node.latency.percentile(0.5))
                         .count()
                  << " us\n";
    }
    return news == "rain" && redis.stats().replica_reads >= 10 ? 0 : 1;
} catch (std::exception const& error) {
    std::cerr << "replica_reads: " << error.what() << '\n';
    return 1;
}
