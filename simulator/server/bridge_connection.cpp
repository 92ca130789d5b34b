#include "simulator/server/bridge_connection.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <utility>

namespace keyslot::sim {
namespace {

constexpr std::size_t read_size_first = 16 * 1024;
constexpr std::size_t read_size_max = 1024 * 1024;
constexpr std::size_t unsent_max = 1024 * 1024;  // then the node hears that its window is full
constexpr std::chrono::seconds connect_patience{127};  // what Linux has for an answer to its SYN

}  // namespace

TcpBridge::Connection::Connection(TcpBridge& bridge, Socket socket,
                                  std::shared_ptr<asio::ssl::context> const& tls)
    : bridge_(&bridge), socket_(std::move(socket)), input_(read_size_first) {
    if (tls != nullptr) {
        tls_.emplace(tls);
    }
}

void TcpBridge::Connection::start(Endpoint const& node) {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.native_non_blocking(true, ignored);
    World& world = bridge_->clock_->world();
    connect_ =
        world.network().connect(bridge_->client_host_, node, world.now() + connect_patience, false,
                                [self = shared_from_this()](error_code ec, StreamEnd end) {
                                    self->on_connected(ec, std::move(end));
                                });
    bridge_->clock_->touch();
}

void TcpBridge::Connection::on_connected(error_code ec, StreamEnd end) {
    if (closed_) {
        return;
    }
    if (ec) {
        on_end(asio::error::connection_reset);
        return;
    }
    end_ = std::move(end);
    end_.receive_with(*this);
    read();
}

// ---- from the node to the client

std::size_t TcpBridge::Connection::on_bytes(std::string_view bytes) {
    if (tls_) {
        tls_->seal(bytes, output_);
    } else {
        output_ += bytes;
    }
    bridge_->mark_dirty(*this);
    if (output_.size() < unsent_max) {
        return bytes.size();
    }
    unconsumed_ += bytes.size();
    return 0;
}

void TcpBridge::Connection::on_end(error_code reason) {
    ended_ = reason;
    bridge_->mark_dirty(*this);
}

void TcpBridge::Connection::flush() {
    dirty = false;
    if (!waits_for_room_) {
        send();
    }
    if (closed_ || waits_for_room_) {
        return;
    }
    if (ended_ || client_is_gone_) {
        close(ended_ == asio::error::connection_reset);
    }
}

void TcpBridge::Connection::send() {
    while (!output_.empty() && !closed_) {
        error_code ec;
        std::size_t const sent = socket_.write_some(asio::buffer(output_), ec);
        if (ec == asio::error::would_block || ec == asio::error::try_again) {
            wait_for_room();
            return;
        }
        if (ec) {
            client_is_gone_ = true;
            client_reset_ = true;
            output_.clear();
            return;
        }
        output_.erase(0, sent);
    }
    if (unconsumed_ > 0) {
        end_.consumed(std::exchange(unconsumed_, 0));
        bridge_->clock_->touch();
    }
}

void TcpBridge::Connection::wait_for_room() {
    waits_for_room_ = true;
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](error_code) {
        self->waits_for_room_ = false;
        if (!self->closed_) {
            self->flush();
        }
    });
}

// ---- from the client to the node

void TcpBridge::Connection::read() {
    if (closed_ || reading_) {
        return;
    }
    reading_ = true;
    socket_.async_read_some(
        asio::buffer(input_),
        [self = shared_from_this()](error_code ec, std::size_t size) { self->on_read(ec, size); });
}

void TcpBridge::Connection::on_read(error_code ec, std::size_t size) {
    reading_ = false;
    if (closed_) {
        return;
    }
    if (ec) {
        on_client_end(ec);
        return;
    }
    hear({input_.data(), size});
    if (client_is_gone_) {
        return;
    }
    if (size == input_.size() && size < read_size_max) {
        input_.resize(2 * size);
    }
    if (end_.is_full()) {
        end_.ask_for_room();
    } else {
        read();
    }
}

void TcpBridge::Connection::hear(std::span<char const> bytes) {
    bridge_->clock_->touch();
    if (!tls_) {
        end_.send({bytes.data(), bytes.size()});
        return;
    }
    plain_.clear();
    error_code const end = tls_->open(bytes, plain_, output_);
    if (!plain_.empty()) {
        end_.send(plain_);
    }
    if (!output_.empty()) {
        bridge_->mark_dirty(*this);
    }
    if (end) {
        on_client_end(end);
    }
}

// What it sent before is still answered, as far as that takes no time.
void TcpBridge::Connection::on_client_end(error_code reason) {
    client_is_gone_ = true;
    client_reset_ = reason != asio::error::eof;
    bridge_->mark_dirty(*this);
    bridge_->clock_->touch();
}

void TcpBridge::Connection::close(bool hard) {
    if (std::exchange(closed_, true)) {
        return;
    }
    auto const self = shared_from_this();
    error_code ignored;
    if (hard) {
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    } else if (tls_) {
        tls_->close(output_);
        socket_.write_some(asio::buffer(output_), ignored);
    }
    socket_.close(ignored);
    bridge_->clock_->world().network().cancel_connect(connect_);
    if (client_reset_) {
        end_.reset();
    }
    end_.close();
    bridge_->clock_->touch();
    bridge_->forget(*this);
}

}  // namespace keyslot::sim
