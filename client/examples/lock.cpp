// A lock that programs share: one at a time, with a timeout and a fencing number.
//
//     build/release/bin/example_lock 127.0.0.1 7000
#include <keyslot/redis_cluster.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

int main(int argc, char** argv) try {
    std::string const host = argc > 1 ? argv[1] : "127.0.0.1";
    auto const port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 7000);
    keyslot::RedisCluster redis{{.startup_nodes = {{host, port}}}};

    int reports = 0;  // guarded by nothing but the lock
    auto const work = [&] {
        keyslot::Lock lock =
            redis.lock("report", {.timeout = 10s, .sleep = 20ms, .blocking_timeout = 20s});
        if (!lock.acquire()) {
            std::cout << "somebody else is at it\n";
            return;
        }
        ++reports;
        lock.extend(5s);  // it takes longer than thought
        // Whatever the lock protects can refuse a number below the last one that it saw: then even an owner
        // who was held up past the timeout does no harm.
        std::cout << "report by number " << lock.fencing_number().value_or(0) << '\n';
        try {
            lock.release();
        } catch (keyslot::LockNotOwnedError const&) {
            std::cout << "it took too long: another may have been at it meanwhile\n";
        }
    };
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(work);
    }
    threads.clear();  // joins
    return reports == 4 && !redis.lock("report").locked() ? 0 : 1;
} catch (std::exception const& error) {
    std::cerr << "lock: " << error.what() << '\n';
    return 1;
}
