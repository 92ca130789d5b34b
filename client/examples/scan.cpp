// All keys of a cluster, and what it can say of those that it did not reach.
//
//     keyslot-sim serve --masters 3 --replicas 1 --port 7000 &
//     build/release/bin/example_scan 127.0.0.1 7000
#include <keyslot/redis_cluster.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <set>
#include <string>

int main(int argc, char** argv) try {
    std::string const host = argc > 1 ? argv[1] : "127.0.0.1";
    auto const port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 7000);
    keyslot::RedisCluster redis{{.startup_nodes = {{host, port}}}};

    std::map<std::string, std::string> users;
    for (int n = 0; n < 1000; ++n) {
        users["user:" + std::to_string(n)] = "somebody";
    }
    if (!redis.mset_nonatomic(users)) {  // any slots: one MSET for each
        return 1;
    }

    // Primary by primary, page by page; it follows slots that move meanwhile.
    auto scan = redis.scan_iter({.match = "user:*", .count = 100});
    std::set<std::string> found;  // a key may come twice
    for (std::string const& key : scan) {
        found.insert(key);
    }
    std::cout << found.size() << " users\n";
    for (auto const& [first, last] : scan.uncovered()) {
        std::cout << "but nobody could be asked for slots " << first << " to " << last << '\n';
    }

    redis.hset("ada", "born", "1815");
    for (auto const& [field, value] : redis.hscan_iter("ada")) {
        std::cout << "ada " << field << ' ' << value << '\n';
    }
    return found.size() == users.size() ? 0 : 1;
} catch (std::exception const& error) {
    std::cerr << "scan: " << error.what() << '\n';
    return 1;
}
