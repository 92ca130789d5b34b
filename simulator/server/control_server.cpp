#include "simulator/server/control_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <stdexcept>

namespace keyslot::sim {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;

constexpr std::size_t body_size_max = 64 * 1024;
constexpr std::chrono::seconds idle_max{60};
constexpr std::chrono::milliseconds accept_pause{100};

using Response = http::response<http::string_body>;

Response make_response(ControlResponse const& answer, unsigned version, bool keep_alive) {
    Response response{http::int_to_status(answer.status), version};
    response.set(http::field::content_type, "application/json");
    if (!answer.allow.empty()) {
        response.set(http::field::allow, answer.allow);
    }
    response.body() = answer.body;
    response.keep_alive(keep_alive);
    response.prepare_payload();
    return response;
}

ControlResponse bad_request(std::string const& why) {
    // Text of Beast's own: nothing in it needs escaping.
    return {400, "{\n  \"error\": \"not an HTTP request: " + why + "\"\n}\n", ""};
}

// Nobody awaits it: all that goes wrong ends the connection.
asio::awaitable<void> talk(Tcp::socket socket, ControlApi& api) {
    beast::tcp_stream stream{std::move(socket)};
    beast::flat_buffer buffer;
    for (bool go_on = true; go_on;) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(body_size_max);
        stream.expires_after(idle_max);
        error_code ec;
        co_await http::async_read(stream, buffer, parser,
                                  asio::redirect_error(asio::use_awaitable, ec));
        if (ec && ec.category() != make_error_code(http::error::bad_method).category()) {
            break;  // of the socket
        }
        if (ec == http::error::end_of_stream) {
            break;
        }
        auto const& request = parser.get();
        go_on = !ec && request.keep_alive();
        ControlResponse const answer =
            ec ? bad_request(ec.message())
               : api.handle({request.method_string().data(), request.method_string().size()},
                            {request.target().data(), request.target().size()}, request.body());
        Response const response = make_response(answer, request.version(), go_on);
        co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, ec));
        go_on = go_on && !ec;
    }
    error_code ignored;
    stream.socket().shutdown(Tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> accept_all(Tcp::acceptor& acceptor, ControlApi& api) {
    while (acceptor.is_open()) {
        error_code ec;
        Tcp::socket socket =
            co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, ec));
        if (!ec) {
            asio::co_spawn(acceptor.get_executor(), talk(std::move(socket), api), asio::detached);
            continue;
        }
        asio::steady_timer pause{acceptor.get_executor(), accept_pause};
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
}

}  // namespace

ControlServer::ControlServer(asio::io_context& context, ControlApi& api,
                             std::string const& bind_address, std::uint16_t port)
    : acceptor_(context) {
    error_code ec;
    Tcp::endpoint const endpoint{asio::ip::make_address(bind_address, ec), port};
    if (ec) {
        throw std::runtime_error("'" + bind_address + "' is not an IP address");
    }
    try {
        acceptor_.open(endpoint.protocol());
        acceptor_.set_option(Tcp::acceptor::reuse_address(true));
        acceptor_.bind(endpoint);
        acceptor_.listen();
    } catch (boost::system::system_error const& error) {
        throw std::runtime_error("cannot listen on " + bind_address + ':' + std::to_string(port) +
                                 ": " + error.code().message() +
                                 " (--control-port chooses another)");
    }
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(context, accept_all(acceptor_, api), asio::detached);
}

}  // namespace keyslot::sim
