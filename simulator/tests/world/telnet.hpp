#pragma once

#include <keyslot/sim/world.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace keyslot::sim {

/// A program on a host that speaks to one node in inline commands and hands out what comes back as it
/// is; an end of the stream comes back as "(reason)".
class Telnet {
public:
    /// `tls`: absent: plain text.
    Telnet(World& world, std::string const& host, Endpoint to,
           std::optional<TlsOptions> tls = std::nullopt)
        : environment_(world.host(host)), to_(std::move(to)), tls_(std::move(tls)) {}

    asio::awaitable<error_code> connect(Instant deadline = {}) {
        error_code result;
        co_await asio::async_initiate<asio::use_awaitable_t<> const, void(error_code)>(
            [&](auto handler) {
                environment_.connect(
                    to_, {.tls = tls_, .server_name = {}, .deadline = deadline},
                    [&, done = std::move(handler)](error_code ec,
                                                   std::unique_ptr<ByteStream> stream) mutable {
                        result = ec;
                        stream_ = std::move(stream);
                        std::move(done)(error_code{});
                    });
            },
            asio::use_awaitable);
        co_return result;
    }

    /// Once at a time.
    void send(std::string text) {
        line_ = std::move(text);
        stream_->write(asio::buffer(line_), [](error_code, std::size_t) {});
    }

    asio::awaitable<std::string> call(std::string command) {
        send(std::move(command) + "\r\n");
        co_return co_await read();
    }

    asio::awaitable<std::string> read() {
        std::string text;
        co_await asio::async_initiate<asio::use_awaitable_t<> const, void(error_code)>(
            [&](auto handler) {
                stream_->read_some(
                    asio::buffer(buffer_),
                    [&, done = std::move(handler)](error_code ec, std::size_t size) mutable {
                        text = ec ? "(" + ec.message() + ")" : std::string(buffer_.data(), size);
                        std::move(done)(error_code{});
                    });
            },
            asio::use_awaitable);
        co_return text;
    }

    void close() { stream_.reset(); }

private:
    Environment& environment_;
    Endpoint to_;
    std::optional<TlsOptions> tls_;
    std::unique_ptr<ByteStream> stream_;
    std::string line_;
    std::array<char, 4096> buffer_{};
};

}  // namespace keyslot::sim
