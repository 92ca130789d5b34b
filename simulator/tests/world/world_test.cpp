#include <keyslot/sim/world.hpp>

#include "client/protocol/resp_writer.hpp"
#include "simulator/kernel/event_log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A program that speaks to one node in inline commands and hands out the raw replies.
class Telnet {
public:
    Telnet(World& world, std::string const& host, Endpoint const& to)
        : environment_(world.host(host)), to_(to) {}

    asio::awaitable<error_code> connect(Instant deadline = {}) {
        co_return co_await asio::async_initiate<asio::use_awaitable_t<> const, void(error_code)>(
            [this, deadline](auto handler) {
                environment_.connect(
                    to_, {.tls = {}, .server_name = {}, .deadline = deadline},
                    [this, handler = std::move(handler)](error_code ec,
                                                         std::unique_ptr<ByteStream> stream) mutable {
                        stream_ = std::move(stream);
                        std::move(handler)(error_code{});
                        result_ = ec;
                    });
            },
            asio::use_awaitable),
            result_;
    }

    /// "ERR ..." replies and ends of the stream come back as text, too.
    asio::awaitable<std::string> call(std::string line) {
        line += "\r\n";
        stream_->write(asio::buffer(line), [](error_code, std::size_t) {});
        co_return co_await read();
    }

    asio::awaitable<std::string> read() {
        std::string text;
        co_await asio::async_initiate<asio::use_awaitable_t<> const, void(error_code)>(
            [&](auto handler) {
                stream_->read_some(asio::buffer(buffer_),
                                   [&, handler = std::move(handler)](error_code ec,
                                                                     std::size_t size) mutable {
                                       text = ec ? "(" + ec.message() + ")"
                                                 : std::string(buffer_.data(), size);
                                       std::move(handler)(error_code{});
                                   });
            },
            asio::use_awaitable);
        co_return text;
    }

private:
    Environment& environment_;
    Endpoint to_;
    std::unique_ptr<ByteStream> stream_;
    error_code result_;
    std::array<char, 4096> buffer_{};
};

TEST(World, runs_a_coroutine_in_simulated_time) {
    World world{Seed{1}};
    int steps = 0;
    world.run([&]() -> asio::awaitable<void> {
        co_await world.sleep(20s);
        ++steps;
    });
    EXPECT_EQ(steps, 1);
    EXPECT_EQ(world.now(), Instant{20s});
}

TEST(World, rethrows_what_the_coroutine_threw) {
    World world{Seed{1}};
    EXPECT_THROW(world.run([]() -> asio::awaitable<void> {
        throw std::runtime_error("boom");
        co_return;
    }),
                 std::runtime_error);
}

}  // namespace
}  // namespace keyslot::sim
