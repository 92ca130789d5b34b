#pragma once

#include "client/io/pending_operations.hpp"
#include "client/io/socket_stream.hpp"
#include "client/io/system_timer.hpp"
#include "client/io/tls_context.hpp"
#include "client/io/tls_stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <memory>
#include <string>
#include <utility>

namespace keyslot::io {

using StreamEndpoint = asio::generic::stream_protocol::endpoint;

/// invalid_argument when the address is neither an IP literal nor a path that fits a unix socket.
StreamEndpoint to_stream_endpoint(Endpoint const& to, error_code& ec);

/// The session for a connection to `to`; null, with `ec` set, when the options cannot be met.
std::unique_ptr<TlsSession> make_tls_session(TlsContexts& contexts, Endpoint const& to,
                                             ConnectOptions const& options, error_code& ec);

/// One connect: the socket, the TLS handshake if asked for, the deadline over both.
template <class Executor>
class ConnectOperation final : public PendingOperation {
public:
    ConnectOperation(Executor const& executor, Deferral* deferral, PendingOperations& pending,
                     Environment::ConnectHandler handler)
        : deferral_(deferral),
          pending_(&pending),
          socket_(executor),
          deadline_(executor),
          handler_(std::move(handler)) {}

    void start(Endpoint const& to, ConnectOptions const& options, TlsContexts& contexts) {
        error_code ec;
        StreamEndpoint const endpoint = to_stream_endpoint(to, ec);
        if (!ec && options.tls) {
            session_ = make_tls_session(contexts, to, options, ec);
        }
        if (ec) {
            asio::post(socket_.get_executor(), [self = Self(this), ec] { self->finish(ec); });
            return;
        }
        // Armed first: of two things due at the same time, the deadline wins.
        deadline_.arm(options.deadline,
                      [self = Self(this)] { self->finish(asio::error::timed_out); });
        is_tcp_ = endpoint.protocol().family() != AF_UNIX;
        socket_.async_connect(
            endpoint, [self = Self(this)](error_code result) { self->on_connected(result); });
    }

    void abort() override {
        Environment::ConnectHandler const dropped = std::move(handler_);
        release();
    }

private:
    using Self = boost::intrusive_ptr<ConnectOperation>;

    void on_connected(error_code ec) {
        if (!handler_) {
            return;
        }
        if (!ec && is_tcp_) {
            // A pipeline is written in one piece; waiting for more of it would only add latency.
            socket_.set_option(asio::ip::tcp::no_delay{true}, ec);
            socket_.set_option(asio::socket_base::keep_alive{true}, ec);
        }
        if (ec) {
            return finish(ec);
        }
        if (!session_) {
            stream_ = std::make_unique<SocketStream<Executor>>(std::move(socket_), deferral_);
            return finish({});
        }
        auto tls = std::make_unique<TlsStream<Executor>>(std::move(socket_), std::move(session_));
        auto& in = *tls;
        stream_ = std::move(tls);
        in.handshake([self = Self(this)](error_code result) { self->finish(result); });
    }

    void finish(error_code ec) {
        if (!handler_) {
            return;
        }
        Self const alive(this);
        Environment::ConnectHandler handler = std::move(handler_);
        std::unique_ptr<ByteStream> stream = std::move(stream_);
        if (ec) {
            stream.reset();
        }
        release();
        pending_->remove(alive);
        handler(ec, std::move(stream));
    }

    void release() {
        deadline_.cancel();
        stream_.reset();
        error_code ignored;
        socket_.close(ignored);
    }

    Deferral* deferral_;
    PendingOperations* pending_;
    StreamSocket<Executor> socket_;
    SystemTimer<Executor> deadline_;
    std::unique_ptr<TlsSession> session_;
    std::unique_ptr<ByteStream> stream_;
    Environment::ConnectHandler handler_;
    bool is_tcp_ = false;
};

}  // namespace keyslot::io
