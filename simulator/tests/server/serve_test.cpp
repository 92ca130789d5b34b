// Real sockets on loopback, both ends in this process and in one thread.
#include "simulator/server/control_server.hpp"
#include "simulator/server/tcp_bridge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <optional>

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

namespace keyslot::sim {
namespace {

using tcp = asio::ip::tcp;

constexpr std::uint16_t first_port = 17610;
constexpr std::uint16_t control_port = 17619;

class ServeTest : public testing::Test {
protected:
    static LiveOptions options() {
        LiveOptions options;
        options.cluster.replicas_per_master = 0;
        options.cluster.latency = {};
        options.first_port = first_port;
        return options;
    }

    ServeTest() {
        live_.start([this] { bridge_.flush(); });
    }
    ~ServeTest() override { bridge_.close(); }

    tcp::socket connect(std::uint16_t port) {
        tcp::socket socket{context_};
        socket.connect({asio::ip::make_address("127.0.0.1"), port});
        return socket;
    }

    template <class Done>
    bool run_until(Done const& done) {
        auto const give_up = std::chrono::steady_clock::now() + 5s;
        while (!done() && std::chrono::steady_clock::now() < give_up) {
            context_.run_for(1ms);
        }
        return done();
    }

    // What comes back until `size` bytes are there or the connection ends.
    std::string talk(tcp::socket& socket, std::string const& request, std::size_t size) {
        asio::write(socket, asio::buffer(request));
        std::string reply(size, '\0');
        std::optional<error_code> end;
        std::size_t got = 0;
        asio::async_read(socket, asio::buffer(reply), [&](error_code ec, std::size_t n) {
            end = ec;
            got = n;
        });
        EXPECT_TRUE(run_until([&] { return end.has_value(); }));
        reply.resize(got);
        return reply;
    }

    asio::io_context context_{1};
    LiveWorld live_{context_, options()};
    TcpBridge bridge_{context_, live_, "127.0.0.1"};
    ControlApi api_{live_};
    ControlServer control_{context_, api_, "127.0.0.1", control_port};
};

TEST_F(ServeTest, ANodeAnswersOnItsPort) {
    tcp::socket node1 = connect(first_port);
    EXPECT_EQ(talk(node1, "PING\r\n", 7), "+PONG\r\n");
    EXPECT_EQ(talk(node1, "SET {b}k v\r\nGET {b}k\r\n", 12), "+OK\r\n$1\r\nv\r\n");
    tcp::socket node2 = connect(first_port + 1);
    EXPECT_EQ(talk(node2, "GET {b}k\r\n", 28), "-MOVED 3300 127.0.0.1:17610\r");
}

TEST_F(ServeTest, ABatchOfThousandsIsAnsweredWhole) {
    tcp::socket node = connect(first_port);
    std::string requests;
    for (int i = 0; i < 20'000; ++i) {
        requests += "PING\r\n";
    }
    EXPECT_EQ(talk(node, requests, 7 * 20'000).size(), 7u * 20'000);
}

TEST_F(ServeTest, QuitClosesAfterTheReply) {
    tcp::socket node = connect(first_port);
    EXPECT_EQ(talk(node, "QUIT\r\n", 100), "+OK\r\n");
}

TEST_F(ServeTest, ACrashedNodeClosesItsPortAndARestartedOneOpensItAgain) {
    tcp::socket node = connect(first_port);
    EXPECT_EQ(talk(node, "PING\r\n", 7), "+PONG\r\n");
    live_.player().start(Crash{.node = "node-1"});
    live_.touch();
    EXPECT_EQ(talk(node, "PING\r\n", 7), "");
    EXPECT_TRUE(run_until([&] { return !live_.cluster()[0].is_up(); }));
    context_.run_for(20ms);
    EXPECT_THROW(connect(first_port), boost::system::system_error);
    live_.player().start(Restart{.node = "node-1"});
    live_.touch();
    EXPECT_TRUE(run_until([&] { return live_.cluster()[0].is_up(); }));
    context_.run_for(20ms);
    tcp::socket again = connect(first_port);
    EXPECT_EQ(talk(again, "PING\r\n", 7), "+PONG\r\n");
}

TEST_F(ServeTest, APortMovesWithTheAddressOfItsNode) {
    tcp::socket node = connect(first_port);
    EXPECT_EQ(talk(node, "PING\r\n", 7), "+PONG\r\n");
    live_.player().start(ChangeAddress{.node = "node-1", .ip = "127.0.0.2"});
    live_.touch();
    EXPECT_EQ(talk(node, "PING\r\n", 7), "");
    context_.run_for(20ms);
    EXPECT_THROW(connect(first_port), boost::system::system_error);
    tcp::socket moved{context_};
    moved.connect({asio::ip::make_address("127.0.0.2"), first_port});
    EXPECT_EQ(talk(moved, "PING\r\n", 7), "+PONG\r\n");
}

// As far as a foreign client can tell its SYNs are lost, and TCP sends them again.
TEST_F(ServeTest, AConnectThatTheNetworkLosesIsAnsweredOnlyAfterTheFault) {
    live_.player().start(Partition{.from = {"clients"}, .to = {"node-1"}});
    live_.touch();
    context_.run_for(20ms);
    tcp::socket socket{context_};
    std::optional<error_code> connected;
    socket.async_connect({asio::ip::make_address("127.0.0.1"), first_port},
                         [&](error_code ec) { connected = ec; });
    context_.run_for(300ms);
    EXPECT_FALSE(connected.has_value());
    EXPECT_EQ(bridge_.connections(), 0u);
    live_.player().start(Heal{});
    live_.touch();
    EXPECT_TRUE(run_until([&] { return connected.has_value(); }));
    EXPECT_EQ(connected, error_code{});
    EXPECT_EQ(talk(socket, "PING\r\n", 7), "+PONG\r\n");
}

TEST_F(ServeTest, AHostWithoutPowerIsDeafToConnects) {
    live_.cluster()[0].crash(CrashStyle::power);
    live_.touch();
    context_.run_for(20ms);
    tcp::socket socket{context_};
    bool answered = false;
    socket.async_connect({asio::ip::make_address("127.0.0.1"), first_port},
                         [&](error_code) { answered = true; });
    context_.run_for(100ms);
    EXPECT_FALSE(answered);
}

TEST_F(ServeTest, ClosingTheBridgeEndsStreamsInOrder) {
    tcp::socket node = connect(first_port);
    EXPECT_EQ(talk(node, "PING\r\n", 7), "+PONG\r\n");
    bridge_.close();
    char byte = 0;
    error_code ec;
    node.read_some(asio::buffer(&byte, 1), ec);
    EXPECT_EQ(ec, asio::error::eof);
    EXPECT_THROW(connect(first_port), boost::system::system_error);
}

TEST_F(ServeTest, ManyClientsComeAndGo) {
    for (int round = 0; round < 20; ++round) {
        std::vector<tcp::socket> clients;
        for (int i = 0; i < 20; ++i) {
            clients.push_back(connect(first_port));
        }
        EXPECT_EQ(talk(clients.back(), "PING\r\n", 7), "+PONG\r\n");
    }
    EXPECT_TRUE(run_until([&] { return bridge_.connections() == 0; }));
}

TEST_F(ServeTest, TheControlPlaneSpeaksHttp) {
    tcp::socket control = connect(control_port);
    std::string const body = R"({"type": "crash", "node": "node-9"})";
    EXPECT_THAT(talk(control,
                     "POST /action HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
                         std::to_string(body.size()) + "\r\n\r\n" + body,
                     10'000),
                testing::AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("node-1 to node-3")));
    tcp::socket other = connect(control_port);
    EXPECT_THAT(talk(other, "GET /state HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 10'000),
                testing::AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("application/json"),
                               HasSubstr("\"0-5460\"")));
    tcp::socket garbage = connect(control_port);
    EXPECT_THAT(talk(garbage, "\x16\x03\x01 what\r\n\r\n", 10'000), HasSubstr("HTTP/1.1 400"));
}

TEST_F(ServeTest, APortThatIsTakenIsNamed) {
    try {
        TcpBridge second{context_, live_, "127.0.0.1"};
        ADD_FAILURE();
    } catch (std::runtime_error const& error) {
        EXPECT_THAT(error.what(),
                    HasSubstr("cannot listen on 127.0.0.1:17610: Address already in use"));
    }
}

}  // namespace
}  // namespace keyslot::sim
