#include "simulator/faults/player/node_session.hpp"

#include "client/protocol/resp_writer.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>

namespace keyslot::sim {
namespace {

constexpr std::chrono::seconds connect_patience{5};

asio::awaitable<std::unique_ptr<ByteStream>> connect_to(Environment& environment,
                                                        Endpoint const& endpoint, bool with_tls) {
    ConnectOptions options;
    if (with_tls) {  // an operator has a certificate, and trusts the nodes
        options.tls = TlsOptions{.verify = false, .certificate_file = "operator"};
    }
    options.deadline = environment.now() + connect_patience;
    // By reference: g++ 12 copies what a temporary in a co_await expression holds byte by byte.
    co_return co_await asio::async_initiate<asio::use_awaitable_t<> const,
                                            void(error_code, std::unique_ptr<ByteStream>)>(
        [&environment, &endpoint, &options](auto handler) {
            environment.connect(endpoint, options, std::move(handler));
        },
        asio::use_awaitable);
}

asio::awaitable<std::size_t> read_some(ByteStream& stream, asio::mutable_buffer into) {
    return asio::async_initiate<asio::use_awaitable_t<> const, void(error_code, std::size_t)>(
        [&stream, into](auto handler) { stream.read_some(into, std::move(handler)); },
        asio::use_awaitable);
}

asio::awaitable<std::size_t> write(ByteStream& stream, asio::const_buffer from) {
    return asio::async_initiate<asio::use_awaitable_t<> const, void(error_code, std::size_t)>(
        [&stream, from](auto handler) { stream.write(from, std::move(handler)); },
        asio::use_awaitable);
}

}  // namespace

asio::awaitable<void> NodeSession::connect() {
    stream_ = co_await connect_to(*environment_, endpoint_, speaks_tls_);
    parser_.reset();
    input_.clear();
    if (!password_.empty()) {
        std::vector<std::string> const auth{"AUTH", password_};
        co_await exchange(auth);  // where it is wrong, the command itself will say so
    }
}

asio::awaitable<Reply> NodeSession::command(std::vector<std::string> words) {
    try {
        if (stream_ == nullptr) {
            co_await connect();
        }
        co_return co_await exchange(words);
    } catch (...) {
        stream_.reset();  // the next command connects anew
        throw;
    }
}

asio::awaitable<Reply> NodeSession::exchange(std::vector<std::string> const& words) {
    words_.assign(words.begin(), words.end());
    output_.clear();
    protocol::write_command(output_, words_);
    co_await write(*stream_, asio::buffer(output_));
    for (;;) {
        if (std::optional<Reply> reply = take_reply()) {
            co_return std::move(*reply);
        }
        std::size_t const got = co_await read_some(*stream_, asio::buffer(arrived_));
        input_.append(arrived_.data(), got);
    }
}

std::optional<Reply> NodeSession::take_reply() {
    if (input_.empty()) {
        return std::nullopt;
    }
    switch (parser_.parse(input_)) {
        case protocol::ParseStatus::need_more: return std::nullopt;
        case protocol::ParseStatus::error:
            throw boost::system::system_error(asio::error::invalid_argument,
                                              parser_.error().message());
        case protocol::ParseStatus::complete: break;
    }
    Reply reply{parser_.reply()};
    input_.erase(0, parser_.consumed());
    return reply;
}

}  // namespace keyslot::sim
