// What serve can be asked for: TLS, a password, another speed, nodes that stand alone.
#include "simulator/server/tcp_bridge.hpp"
#include "simulator/server/tls_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include <chrono>
#include <functional>

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

namespace keyslot::sim {
namespace {

using tcp = asio::ip::tcp;

constexpr std::uint16_t first_port = 17630;

LiveOptions options() {
    LiveOptions options;
    options.cluster.masters = 1;
    options.cluster.replicas_per_master = 0;
    options.first_port = first_port;
    return options;
}

struct Served {
    explicit Served(LiveOptions const& with, std::shared_ptr<asio::ssl::context> tls = nullptr)
        : live(context, with), bridge(context, live, "127.0.0.1", std::move(tls)) {
        live.start([this] { bridge.flush(); });
    }

    void run_until(std::function<bool()> const& done) {
        auto const give_up = std::chrono::steady_clock::now() + 5s;
        while (!done() && std::chrono::steady_clock::now() < give_up) {
            context.run_for(1ms);
        }
        EXPECT_TRUE(done());
    }

    template <class Stream>
    std::string talk(Stream& stream, std::string const& request) {
        std::string reply(1000, ' ');
        bool done = false;
        auto read = [&](error_code, std::size_t size) {
            reply.resize(size);
            done = true;
        };
        asio::async_write(stream, asio::buffer(request), [&](error_code, std::size_t) {
            stream.async_read_some(asio::buffer(reply), read);
        });
        run_until([&] { return done; });
        return reply;
    }

    tcp::socket connect() {
        tcp::socket socket{context};
        socket.connect({asio::ip::make_address("127.0.0.1"), first_port});
        return socket;
    }

    asio::io_context context{1};
    LiveWorld live;
    TcpBridge bridge;
};

class ServeTls : public testing::Test {
protected:
    error_code connect(asio::ssl::stream<tcp::socket>& client, std::string const& name) {
        client.next_layer() = served_.connect();
        client.set_verify_callback(asio::ssl::host_name_verification(name));
        std::optional<error_code> done;
        client.async_handshake(asio::ssl::stream_base::client, [&](error_code ec) { done = ec; });
        served_.run_until([&] { return done.has_value(); });
        return done.value_or(asio::error::timed_out);
    }

    asio::ssl::context client_context() {
        asio::ssl::context context{asio::ssl::context::tls_client};
        context.load_verify_file(directory_.files().ca);
        context.set_verify_mode(asio::ssl::verify_peer);
        return context;
    }

    TlsDirectory directory_{{"10.1.2.3", "redis.example"}};
    Served served_{options(), server_tls_context(directory_.files())};
};

TEST_F(ServeTls, AClientThatTrustsTheAuthorityTalksToTheNode) {
    for (char const* name : {"127.0.0.1", "localhost", "10.1.2.3", "redis.example"}) {
        auto context = client_context();
        asio::ssl::stream<tcp::socket> client{served_.context, context};
        ASSERT_EQ(connect(client, name), error_code{}) << name;
        EXPECT_EQ(served_.talk(client, "PING\r\n"), "+PONG\r\n");
    }
}

TEST_F(ServeTls, TheCertificateIsForNobodyElse) {
    auto context = client_context();
    asio::ssl::stream<tcp::socket> client{served_.context, context};
    EXPECT_TRUE(connect(client, "elsewhere.example"));
}

TEST_F(ServeTls, RequestsLargerThanARecordArriveWhole) {
    auto context = client_context();
    asio::ssl::stream<tcp::socket> client{served_.context, context};
    ASSERT_EQ(connect(client, "localhost"), error_code{});
    std::string const value(300'000, 'v');
    EXPECT_EQ(served_.talk(client, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$300000\r\n" + value + "\r\n"),
              "+OK\r\n");
    EXPECT_EQ(served_.talk(client, "STRLEN k\r\n"), ":300000\r\n");
}

TEST_F(ServeTls, AnUnsealedRequestEndsTheConnection) {
    tcp::socket client = served_.connect();
    EXPECT_THAT(served_.talk(client, "PING\r\n"), testing::Not(HasSubstr("PONG")));
    served_.run_until([&] { return served_.bridge.connections() == 0; });
}

TEST(ServeTlsFiles, AFileThatCannotBeUsedIsNamed) {
    TlsDirectory const directory{{}};
    TlsFiles files = directory.files();
    files.key = files.ca;
    try {
        server_tls_context(files);
        ADD_FAILURE();
    } catch (std::runtime_error const& error) {
        EXPECT_THAT(error.what(), StartsWith("cannot use " + files.ca + " for TLS: "));
    }
}

TEST(ServeOptions, APasswordIsAskedFor) {
    LiveOptions with = options();
    with.password = "secret";
    Served served{with};
    tcp::socket client = served.connect();
    EXPECT_EQ(served.talk(client, "PING\r\n"), "-NOAUTH Authentication required.\r\n");
    EXPECT_EQ(served.talk(client, "AUTH secret\r\n"), "+OK\r\n");
}

TEST(ServeOptions, FaultsThatTalkToNodesKnowThePassword) {
    LiveOptions with = options();
    with.cluster.masters = 2;
    with.password = "secret";
    Served served{with};
    tcp::socket client = served.connect();
    EXPECT_EQ(served.talk(client, "AUTH secret\r\nSET {b}k v\r\n"), "+OK\r\n+OK\r\n");
    std::size_t const id =
        served.live.player().start(Migrate{.slots = {{3300, 3300}}, .to = "node-2"});
    served.live.touch();
    served.run_until([&] { return served.live.player().report(id).state == FaultState::ended; });
    EXPECT_EQ(served.live.player().report(id).result, "moved 1 slots, 1 keys");
}

TEST(ServeOptions, SimulatedTimeIsFasterByTheSpeed) {
    LiveOptions with = options();
    with.speed = 100;
    Served served{with};
    Instant const before = served.live.world().now();
    served.context.run_for(100ms);
    EXPECT_GE(served.live.world().now() - before, 9s);
}

TEST(ServeOptions, NodesThatAreNotJoinedStandAlone) {
    LiveOptions with = options();
    with.cluster.masters = 3;
    with.joined = false;
    Served served{with};
    tcp::socket client = served.connect();
    std::string const info = served.talk(client, "CLUSTER INFO\r\n");
    EXPECT_THAT(info, HasSubstr("cluster_known_nodes:1\r\n"));
    EXPECT_THAT(info, HasSubstr("cluster_slots_assigned:0\r\n"));
}

}  // namespace
}  // namespace keyslot::sim
