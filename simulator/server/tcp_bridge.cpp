#include "simulator/server/tcp_bridge.hpp"

#include "simulator/network/network.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace keyslot::sim {
namespace {

using Tcp = asio::ip::tcp;
// Concrete executors: a type-erased one costs on every operation.
using Socket = asio::basic_stream_socket<Tcp, asio::io_context::executor_type>;
using SocketAcceptor = asio::basic_socket_acceptor<Tcp, asio::io_context::executor_type>;

constexpr std::size_t read_size_first = 16 * 1024;
constexpr std::size_t read_size_max = 1024 * 1024;
constexpr std::size_t unsent_max = 1024 * 1024;  // then the node hears that its window is full
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::seconds connect_patience{127};  // what Linux has for an answer to its SYN

}  // namespace

// ---- one client's connection

class TcpBridge::Connection final : public StreamReceiver,
                                    public std::enable_shared_from_this<Connection> {
public:
    Connection(TcpBridge& bridge, Socket socket)
        : bridge_(&bridge), socket_(std::move(socket)), input_(read_size_first) {}

    void start(Endpoint const& node) {
        error_code ignored;
        socket_.set_option(Tcp::no_delay(true), ignored);
        socket_.native_non_blocking(true, ignored);
        World& world = bridge_->live_->world();
        connect_ = world.network().connect(
            bridge_->client_host_, node, world.now() + connect_patience, false,
            [self = shared_from_this()](error_code ec, StreamEnd end) {
                self->on_connected(ec, std::move(end));
            });
        bridge_->live_->touch();
    }

    std::size_t on_bytes(std::string_view bytes) override {
        output_ += bytes;
        bridge_->mark_dirty(*this);
        if (output_.size() < unsent_max) {
            return bytes.size();
        }
        unconsumed_ += bytes.size();
        return 0;
    }

    void on_end(error_code reason) override {
        ended_ = reason;
        bridge_->mark_dirty(*this);
    }

    void on_room() override { read(); }

    void flush() {
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

    /// `hard`: the client gets a reset.
    void close(bool hard) {
        if (std::exchange(closed_, true)) {
            return;
        }
        auto const self = shared_from_this();
        error_code ignored;
        if (hard) {
            socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        }
        socket_.close(ignored);
        bridge_->live_->world().network().cancel_connect(connect_);
        if (client_reset_) {
            end_.reset();
        }
        end_.close();
        bridge_->live_->touch();
        bridge_->forget(*this);
    }

    std::size_t place = 0;  // in the bridge's list
    bool dirty = false;

private:
    void on_connected(error_code ec, StreamEnd end) {
        if (closed_) {
            return;
        }
        if (ec) {
            ended_ = asio::error::connection_reset;
            bridge_->mark_dirty(*this);
            return;
        }
        end_ = std::move(end);
        end_.receive_with(*this);
        read();
    }

    void read() {
        if (closed_ || reading_) {
            return;
        }
        reading_ = true;
        socket_.async_read_some(asio::buffer(input_),
                                [self = shared_from_this()](error_code ec, std::size_t size) {
                                    self->on_read(ec, size);
                                });
    }

    void on_read(error_code ec, std::size_t size) {
        reading_ = false;
        if (closed_) {
            return;
        }
        if (ec) {  // what it sent before is still answered, as far as that takes no time
            client_is_gone_ = true;
            client_reset_ = ec != asio::error::eof;
            bridge_->mark_dirty(*this);
            bridge_->live_->touch();
            return;
        }
        end_.send({input_.data(), size});
        bridge_->live_->touch();
        if (size == input_.size() && size < read_size_max) {
            input_.resize(2 * size);
        }
        if (end_.is_full()) {
            end_.ask_for_room();
        } else {
            read();
        }
    }

    void send() {
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
            bridge_->live_->touch();
        }
    }

    void wait_for_room() {
        waits_for_room_ = true;
        socket_.async_wait(Socket::wait_write, [self = shared_from_this()](error_code) {
            self->waits_for_room_ = false;
            if (!self->closed_) {
                self->flush();
            }
        });
    }

    TcpBridge* bridge_;
    Socket socket_;
    Network::ConnectId connect_{};
    StreamEnd end_;
    std::vector<char> input_;
    std::string output_;
    std::size_t unconsumed_ = 0;
    error_code ended_;  // of the simulated side
    bool reading_ = false;
    bool waits_for_room_ = false;
    bool client_is_gone_ = false;
    bool client_reset_ = false;
    bool closed_ = false;
};

// ---- one node's port

class TcpBridge::Listener {
public:
    Listener(TcpBridge& bridge, Member& member, asio::ip::address const& address)
        : bridge_(&bridge),
          member_(&member),
          endpoint_(address, member.address().port),
          acceptor_(*bridge.context_),
          pause_(*bridge.context_) {}

    void open() {
        acceptor_.open(endpoint_.protocol());
        acceptor_.set_option(Tcp::acceptor::reuse_address(true));
        acceptor_.bind(endpoint_);
        acceptor_.listen();
        accept();
    }

    void follow_node() {
        if (member_->is_up() == acceptor_.is_open()) {
            return;
        }
        if (acceptor_.is_open()) {
            close();
            return;
        }
        try {
            open();
        } catch (boost::system::system_error const&) {
            close();  // somebody has the port: tried again when next followed
        }
    }

    void close() {
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
    }

    Tcp::endpoint const& endpoint() const { return endpoint_; }

private:
    void accept() {
        acceptor_.async_accept(
            [this](error_code ec, Socket socket) { on_accept(ec, std::move(socket)); });
    }

    void on_accept(error_code ec, Socket socket) {
        if (ec == asio::error::operation_aborted || !acceptor_.is_open()) {
            return;
        }
        if (ec) {  // out of descriptors, most likely: let others close first
            pause_.expires_after(accept_pause);
            pause_.async_wait([this](error_code cancelled) {
                if (!cancelled && acceptor_.is_open()) {
                    accept();
                }
            });
            return;
        }
        auto connection = std::make_shared<Connection>(*bridge_, std::move(socket));
        connection->place = bridge_->connections_.size();
        bridge_->connections_.push_back(connection);
        connection->start(member_->address());
        accept();
    }

    TcpBridge* bridge_;
    Member* member_;
    Tcp::endpoint endpoint_;
    SocketAcceptor acceptor_;
    asio::steady_timer pause_;
};

// ---- all of them

TcpBridge::TcpBridge(asio::io_context& context, LiveWorld& live, std::string const& bind_address)
    : context_(&context),
      live_(&live),
      client_host_(live.world().network().find_host(LiveWorld::client_host).value()) {
    error_code ec;
    auto const address = asio::ip::make_address(bind_address, ec);
    if (ec) {
        throw std::runtime_error("'" + bind_address + "' is not an IP address");
    }
    for (Member& member : live.cluster().nodes()) {
        auto& listener =
            listeners_.emplace_back(std::make_unique<Listener>(*this, member, address));
        try {
            listener->open();
        } catch (boost::system::system_error const& error) {
            throw std::runtime_error("cannot listen on " + bind_address + ':' +
                                     std::to_string(listener->endpoint().port()) + ": " +
                                     error.code().message());
        }
    }
}

TcpBridge::~TcpBridge() { close(); }

void TcpBridge::close() {
    for (auto const& listener : listeners_) {
        listener->close();
    }
    while (!connections_.empty()) {
        auto const connection = connections_.back();
        connection->close(false);
    }
}

std::size_t TcpBridge::connections() const { return connections_.size(); }

void TcpBridge::mark_dirty(Connection& connection) {
    if (!std::exchange(connection.dirty, true)) {
        dirty_.push_back(connection.shared_from_this());
    }
}

void TcpBridge::forget(Connection& connection) {
    std::size_t const place = connection.place;
    std::swap(connections_[place], connections_.back());
    connections_[place]->place = place;
    connections_.pop_back();
}

void TcpBridge::flush() {
    std::swap(dirty_, flushing_);
    for (auto const& connection : flushing_) {
        connection->flush();
    }
    flushing_.clear();
    for (auto const& listener : listeners_) {
        listener->follow_node();
    }
}

}  // namespace keyslot::sim
