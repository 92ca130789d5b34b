#include "conformance/harness/operator_console.hpp"

#include "client/protocol/resp_parser.hpp"
#include "client/protocol/resp_writer.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace keyslot::conformance {
namespace {

using StreamPointer = std::unique_ptr<ByteStream>;

asio::awaitable<StreamPointer> connect(Environment& environment, Endpoint to,
                                       ConnectOptions options) {
    auto start = [&environment, to, &options](auto handler) {
        environment.connect(to, std::move(options), std::move(handler));
    };
    co_return co_await asio::async_initiate<asio::use_awaitable_t<> const,
                                            void(error_code, StreamPointer)>(std::move(start),
                                                                             asio::use_awaitable);
}

asio::awaitable<void> write(ByteStream& stream, std::string const& bytes) {
    auto start = [&stream, &bytes](auto handler) {
        stream.write(asio::buffer(bytes), std::move(handler));
    };
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void(error_code, std::size_t)>(
        std::move(start), asio::use_awaitable);
}

asio::awaitable<std::size_t> read_some(ByteStream& stream, asio::mutable_buffer into) {
    auto start = [&stream, into](auto handler) { stream.read_some(into, std::move(handler)); };
    co_return co_await asio::async_initiate<asio::use_awaitable_t<> const,
                                            void(error_code, std::size_t)>(std::move(start),
                                                                           asio::use_awaitable);
}

}  // namespace

asio::awaitable<Reply> OperatorConsole::ask(Endpoint node, std::vector<std::string> words) {
    ConnectOptions options;
    options.tls = tls_;
    StreamPointer const stream = co_await connect(environment_, node, std::move(options));
    std::vector<std::string_view> const arguments(words.begin(), words.end());
    std::string request;
    protocol::write_command(request, arguments);
    co_await write(*stream, request);

    protocol::RespParser parser;
    std::string answer;
    std::array<char, 4096> piece{};
    for (;;) {
        std::size_t const bytes = co_await read_some(*stream, asio::buffer(piece));
        answer.append(piece.data(), bytes);
        protocol::ParseStatus const status = parser.parse(answer);
        if (status == protocol::ParseStatus::complete) {
            co_return Reply(parser.reply());
        }
        if (status == protocol::ParseStatus::error) {
            throw std::runtime_error(parser.error().message());
        }
    }
}

}  // namespace keyslot::conformance
