// Optimistic transactions: several threads move money, and none is made or lost.
//
//     build/release/bin/example_transaction 127.0.0.1 7000
#include <keyslot/redis_cluster.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

// The hash tag {bank} keeps the accounts in one slot, which a transaction needs.
constexpr auto accounts = keyslot::args("{bank}ada", "{bank}bob");

long long balance_of(auto& redis, std::string_view account) {
    return std::stoll(redis.get(account).value_or("0"));
}

// Runs again from the beginning while somebody else changes an account in between.
void transfer(keyslot::RedisCluster& redis, long long amount) {
    redis.transaction(accounts, [amount](keyslot::Transaction& transaction) {
        long long const balance = balance_of(transaction, accounts[0]);  // read at once
        if (balance >= amount) {
            transaction
                .multi()  // run together, or not at all
                .set(accounts[0], std::to_string(balance - amount))
                .incrby(accounts[1], amount);
        }
    });
}

}  // namespace

int main(int argc, char** argv) try {
    std::string const host = argc > 1 ? argv[1] : "127.0.0.1";
    auto const port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 7000);
    keyslot::RedisCluster redis{{.startup_nodes = {{host, port}}}};

    // Without reading first, a pipeline will do.
    auto start = redis.pipeline({.transaction = true});
    start.set(accounts[0], "100").set(accounts[1], "0").execute();

    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 5; ++n) {
                transfer(redis, 3);
            }
        });
    }
    threads.clear();  // joins
    long long const ada = balance_of(redis, accounts[0]);
    long long const bob = balance_of(redis, accounts[1]);
    std::cout << "ada " << ada << ", bob " << bob << '\n';
    return ada == 40 && bob == 60 ? 0 : 1;
} catch (std::exception const& error) {
    std::cerr << "transaction: " << error.what() << '\n';
    return 1;
}
