// Ports that want TLS: who is let in, who is not, and what the handshake costs.
#include "simulator/network/tls_handshake.hpp"
#include "simulator/node/node.hpp"
#include "simulator/tests/world/telnet.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>

#include <string>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;

/// Two masters whose ports want TLS, and a program that connects to node-1.
struct Tls : testing::Test {
    World world{Seed{1}};
    Cluster* cluster = nullptr;

    void build(TlsPort port, std::size_t replicas = 0) {
        port.authority = "ca.crt";
        cluster = &world.add_cluster(
            {.masters = 2, .replicas_per_master = replicas, .tls_port = std::move(port)});
        world.run_for(1s);
    }
    error_code connect_with(std::optional<TlsOptions> tls, Duration patience = 5s) {
        error_code result;
        world.run([&]() -> asio::awaitable<void> {
            Telnet telnet(world, "app", (*cluster)[0].address(), std::move(tls));
            result = co_await telnet.connect(world.now() + patience);
        });
        return result;
    }
};

TEST_F(Tls, who_trusts_the_authority_is_let_in_and_served) {
    build({});
    world.run([&]() -> asio::awaitable<void> {
        Telnet telnet(world, "app", (*cluster)[0].address(), TlsOptions{.ca_file = "ca.crt"});
        EXPECT_EQ(co_await telnet.connect(), error_code{});
        EXPECT_EQ(co_await telnet.call("PING"), "+PONG\r\n");
    });
}

TEST_F(Tls, the_handshake_takes_a_round_trip_more_than_the_connect) {
    build({});
    Cluster& plain = world.add_cluster({.masters = 1});
    auto const time_of = [&](Endpoint to, std::optional<TlsOptions> tls) {
        Instant const start = world.now();
        world.run([&]() -> asio::awaitable<void> {
            Telnet telnet(world, "app", to, tls);
            EXPECT_EQ(co_await telnet.connect(), error_code{});
        });
        return world.now() - start;
    };
    EXPECT_EQ(time_of((*cluster)[0].address(), TlsOptions{.ca_file = "ca.crt"}),
              2 * time_of(plain[0].address(), std::nullopt));
}

TEST_F(Tls, who_trusts_another_authority_or_the_systems_is_told_so_and_says_nothing) {
    build({});
    EXPECT_EQ(connect_with(TlsOptions{.ca_file = "other.crt"}), TlsFailure::unknown_authority);
    EXPECT_EQ(connect_with(TlsOptions{}), TlsFailure::unknown_authority);
    EXPECT_EQ(connect_with(TlsOptions{.verify = false}), error_code{});
}

TEST_F(Tls, a_certificate_for_other_names_is_refused) {
    build({.names = {"elsewhere.example"}});
    EXPECT_EQ(connect_with(TlsOptions{.ca_file = "ca.crt"}), TlsFailure::other_name);
    EXPECT_EQ(connect_with(TlsOptions{.ca_file = "ca.crt", .server_name = "elsewhere.example"}),
              error_code{});
}

TEST_F(Tls, a_port_that_wants_a_certificate_refuses_who_has_none) {
    build({.wants_client_certificate = true});
    EXPECT_EQ(connect_with(TlsOptions{.ca_file = "ca.crt"}), TlsFailure::wants_client_certificate);
    EXPECT_EQ(connect_with(TlsOptions{.ca_file = "ca.crt", .certificate_file = "me.crt"}),
              error_code{});
}

TEST_F(Tls, plain_text_ends_the_connection_and_reaches_no_node) {
    build({});
    world.run([&]() -> asio::awaitable<void> {
        Telnet telnet(world, "app", (*cluster)[0].address());
        EXPECT_EQ(co_await telnet.connect(), error_code{});
        EXPECT_EQ(co_await telnet.call("FLUSHALL"), "(End of file)");
        EXPECT_EQ(co_await telnet.read(), "(End of file)");
    });
    for (ExecutionRecord const& record : world.executions()) {
        EXPECT_NE(record.arguments[0], "FLUSHALL");
    }
}

TEST_F(Tls, a_cluster_of_which_nothing_more_is_said_serves_both) {
    cluster = &world.add_cluster({.masters = 1, .tls = true});
    EXPECT_EQ(connect_with(TlsOptions{.ca_file = "whoever.crt"}), error_code{});
    world.run([&]() -> asio::awaitable<void> {
        Telnet telnet(world, "app", (*cluster)[0].address());
        EXPECT_EQ(co_await telnet.connect(), error_code{});
        EXPECT_EQ(co_await telnet.call("PING"), "+PONG\r\n");
    });
}

TEST_F(Tls, with_a_plain_port_the_handshake_ends_with_the_deadline) {
    cluster = &world.add_cluster({.masters = 1});
    EXPECT_EQ(connect_with(TlsOptions{.ca_file = "ca.crt"}, 300ms),
              error_code(asio::error::timed_out));
}

TEST_F(Tls, a_node_that_stands_still_shakes_no_hands) {
    build({});
    (*cluster)[0].pause();
    EXPECT_EQ(connect_with(TlsOptions{.ca_file = "ca.crt"}, 300ms),
              error_code(asio::error::timed_out));
}

TEST_F(Tls, a_crash_during_the_handshake_is_a_reset) {
    build({});
    (*cluster)[0].pause();
    world.run([&]() -> asio::awaitable<void> {
        asio::co_spawn(
            world.host("operator").get_executor(),
            [&]() -> asio::awaitable<void> {
                co_await world.sleep(100ms);
                (*cluster)[0].crash();
            },
            asio::detached);
        Telnet telnet(world, "app", (*cluster)[0].address(), TlsOptions{.ca_file = "ca.crt"});
        EXPECT_EQ(co_await telnet.connect(), error_code(asio::error::connection_reset));
    });
}

TEST_F(Tls, replicas_follow_their_masters_through_it) {
    build({.wants_client_certificate = true}, 1);
    world.run([&]() -> asio::awaitable<void> {
        TlsOptions const tls{.ca_file = "ca.crt", .certificate_file = "me.crt"};
        Telnet telnet(world, "app", (*cluster)[0].address(), tls);
        EXPECT_EQ(co_await telnet.connect(), error_code{});
        EXPECT_EQ(co_await telnet.call("SET bar 1"), "+OK\r\n");
        EXPECT_EQ(co_await telnet.call("WAIT 1 1000"), ":1\r\n");
    });
}

}  // namespace
}  // namespace keyslot::sim
