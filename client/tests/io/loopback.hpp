#pragma once

#include <keyslot/system_environment.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace keyslot::io {

using namespace std::chrono_literals;

/// An environment on a context that the test runs by hand.
class Loopback : public testing::Test {
protected:
    /// Runs handlers until `reached`; a second is a hang.
    void run_until(std::function<bool()> const& reached) {
        auto const give_up = std::chrono::steady_clock::now() + 5s;
        while (!reached()) {
            ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "nothing came of it";
            context.restart();
            context.run_one_for(10ms);
        }
    }

    /// Runs what is ready, and what becomes ready soon: for "and nothing more happens".
    void settle() {
        context.restart();
        context.run_for(20ms);
    }

    struct Connected {
        error_code ec;
        std::unique_ptr<ByteStream> stream;
    };

    Connected connect(Endpoint const& to, ConnectOptions options = {}) {
        if (options.deadline == Instant{}) {
            options.deadline = environment->now() + 5s;
        }
        std::optional<Connected> result;
        environment->connect(to, std::move(options),
                             [&](error_code ec, std::unique_ptr<ByteStream> stream) {
                                 result = Connected{ec, std::move(stream)};
                             });
        EXPECT_FALSE(result) << "completed inside the initiating call";
        run_until([&] { return result.has_value(); });
        return result ? std::move(*result) : Connected{};
    }

    asio::io_context context;
    std::shared_ptr<Environment> environment = system_environment(context.get_executor());
};

/// Listens on a loopback port and accepts one connection after another.
class Listener {
public:
    explicit Listener(asio::io_context& context)
        : acceptor_(context, {asio::ip::address_v4::loopback(), 0}), peer(context) {
        accept();
    }

    Endpoint endpoint() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }

private:
    void accept() {
        acceptor_.async_accept([this](error_code ec, asio::ip::tcp::socket socket) {
            if (!ec) {
                peer = std::move(socket);
                accepted = true;
                accept();
            }
        });
    }

    asio::ip::tcp::acceptor acceptor_;

public:
    asio::ip::tcp::socket peer;  ///< the last that was accepted
    bool accepted = false;
};

/// A stream that reads and writes in the background and remembers how it ended.
struct Talk {
    explicit Talk(ByteStream& on) : stream(on) { read(); }

    void read() {
        stream.read_some(asio::buffer(buffer), [this](error_code ec, std::size_t size) {
            received.append(buffer, size);
            if (ec) {
                ended = ec;
            } else {
                read();
            }
        });
    }

    ByteStream& stream;
    std::string received;
    std::optional<error_code> ended;
    char buffer[4096];
};

}  // namespace keyslot::io
