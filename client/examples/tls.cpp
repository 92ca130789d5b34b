// TLS: the servers' certificates are verified against a CA, and a password is sent on nothing but that.
//
//     keyslot-sim serve --masters 3 --port 7000 --tls --password secret &   # prints where its CA is
//     build/release/bin/example_tls 127.0.0.1 7000 CA_FILE
#include <keyslot/redis_cluster.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

int main(int argc, char** argv) try {
    std::string const host = argc > 1 ? argv[1] : "127.0.0.1";
    auto const port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 7000);
    keyslot::TlsOptions tls;
    tls.ca_file = argc > 3 ? argv[3] : "ca.crt";  // empty: the authorities that the system trusts
    // tls.certificate_file and tls.key_file: the client's own, where the servers ask for one
    keyslot::RedisCluster redis{
        {.startup_nodes = {{host, port}}, .password = "secret", .tls = tls}};
    redis.set("greeting", "nobody else has read this");
    std::cout << redis.get("greeting").value_or("nothing") << '\n';

    // Who is not who the CA says is not spoken to.
    keyslot::RedisCluster strict{{.startup_nodes = {{host, port}},
                                  .password = "secret",
                                  .tls = keyslot::TlsOptions(),
                                  .call_timeout = std::chrono::seconds{1}}};
    auto const refused = strict.get("greeting", keyslot::as_result);
    if (!refused) {
        std::cout << "without its CA: " << refused.error().message << '\n';
    }
    return refused ? 1 : 0;
} catch (std::exception const& error) {
    std::cerr << "tls: " << error.what() << '\n';
    return 1;
}
