#include "conformance/arms/node_proxy.hpp"

#include "client/protocol/request_parser.hpp"
#include "client/protocol/resp_parser.hpp"
#include "conformance/arms/real_cluster.hpp"
#include "simulator/server/deaf_socket.hpp"
#include "simulator/server/tls_end.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace keyslot::conformance {

using asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds knock_pause{10};

tcp::endpoint endpoint(Endpoint const& at) { return {asio::ip::make_address(at.address), at.port}; }

}  // namespace

/// One client's connection, and the one to the node that belongs to it. What the node says unasked
/// (messages of channels) goes through as it is.
class NodeProxy::Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(NodeProxy& proxy, tcp::socket client)
        : proxy_(proxy), client_(std::move(client)), server_(proxy.context_) {}

    void start(std::uint64_t number) {
        error_code ignored;
        client_.set_option(tcp::no_delay(true), ignored);
        tcp::endpoint const peer = client_.remote_endpoint(ignored);
        is_node_ = peer.address() == asio::ip::make_address(RealCluster::source_of_nodes);
        if (!is_node_) {
            if (proxy_.tls_) {
                tls_.emplace(proxy_.tls_);
            }
            session_ = {.cluster = 0,
                        .node = proxy_.node_,
                        .incarnation = 0,
                        .id = number,
                        .peer = {proxy_.witness_.subject_ip(), peer.port()},
                        .host = 0};
            proxy_.clock_.catch_up();
            proxy_.witness_.on_open(session_);
        }
        server_.async_connect(endpoint(proxy_.served_), [self = shared_from_this()](error_code ec) {
            ec ? self->end() : self->connected();
        });
    }

    // A client whose process of redis-server is killed knows before anybody can do anything next: it shall
    // here. Who waits for an answer gets what there is of it by and by, and the end after it.
    void node_died() {
        if (is_silent_) {
            reset_when_spoken_to();
            return;
        }
        if (waiting_) {
            return;
        }
        while (read_some(server_, replies_)) {}
        tell_client(replies_);  // messages that nobody asked for
        end();
    }

    // Bytes vanish from now on, both ways.
    void fall_silent() {
        is_silent_ = true;
        sim::make_deaf(client_.native_handle(), true);
        error_code ignored;
        server_.close(ignored);
    }

    void close() {
        error_code ignored;
        client_.close(ignored);
        server_.close(ignored);
    }

private:
    void connected() {
        error_code failed;
        server_.set_option(tcp::no_delay(true), failed);
        read_from(client_, requests_, is_node_ ? &Connection::pass_to_node : &Connection::hand_on);
        read_from(server_, replies_,
                  is_node_ ? &Connection::pass_from_node : &Connection::take_replies);
    }

    // A host that has lost its power and is back knows nothing of its connections: it says so to those that
    // send something, and to nobody else.
    void reset_when_spoken_to() {
        error_code ignored;
        std::string lost;
        while (client_.available(ignored) != 0 && read_some(client_, lost)) {}
        sim::make_deaf(client_.native_handle(), false);
        client_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code) {
            error_code failed;
            self->client_.set_option(asio::socket_base::linger(true, 0), failed);
            self->end();
        });
    }

    void pass_to_node() { write(server_, std::exchange(requests_, {})); }
    void pass_from_node() { tell_client(std::exchange(replies_, {})); }

    void end() {
        if (!std::exchange(ended_, true)) {
            close();
            proxy_.connections_.erase(shared_from_this());
        }
    }

    // Reads on until either side has ended; `then` looks at all that has come and not been taken. Nothing is
    // read before its turn: what has not been taken when the node dies is in the socket.
    void read_from(tcp::socket& socket, std::string& into, void (Connection::*then)()) {
        socket.async_wait(tcp::socket::wait_read,
                          [self = shared_from_this(), &socket, &into, then](error_code ec) {
                              if (self->ended_ || self->is_silent_) {
                                  return;
                              }
                              if (ec || !self->hear(socket, into)) {
                                  self->end();
                                  return;
                              }
                              ((*self).*then)();
                              if (!self->ended_) {
                                  self->read_from(socket, into, then);
                              }
                          });
    }

    // False: the end.
    bool hear(tcp::socket& socket, std::string& into) {
        if (!tls_ || &socket != &client_) {
            return read_some(socket, into);
        }
        std::string sealed, answer;
        bool const goes_on = read_some(socket, sealed);
        error_code const failed = tls_->open(sealed, into, answer);
        write(client_, answer);
        return goes_on && !failed;
    }

    void tell_client(std::string const& bytes) {
        if (!tls_) {
            write(client_, bytes);
            return;
        }
        std::string sealed;
        tls_->seal(bytes, sealed);
        write(client_, sealed);
    }

    // The end is meant, and not an accident.
    void take_leave() {
        std::string alert;
        if (tls_) {
            tls_->close(alert);
        }
        write(client_, alert);
    }

    // False: the end.
    static bool read_some(tcp::socket& socket, std::string& into) {
        std::array<char, 16 * 1024> piece{};
        error_code ec;
        into.append(piece.data(), socket.read_some(asio::buffer(piece), ec));
        return !ec;
    }

    // One request at a time: so it is certain which answer belongs to it.
    void hand_on() {
        while (!waiting_ && !ended_) {
            protocol::ParseStatus const status = parser_.parse(requests_);
            if (status == protocol::ParseStatus::need_more) {
                return;
            }
            if (status == protocol::ParseStatus::error) {
                end();
                return;
            }
            if (!parser_.arguments().empty()) {
                proxy_.clock_.catch_up();
                fate_ = proxy_.witness_.on_request(session_, parser_.arguments());
                proxy_.clock_.touch();
                carry_out(requests_.substr(0, parser_.consumed()));
            }
            requests_.erase(0, parser_.consumed());
        }
    }

    void carry_out(std::string const& request) {
        if (fate_.reaches_node) {
            waiting_ = true;
            write(server_, request);
        } else {
            finish();
        }
    }

    // After the node's answer, or instead of it.
    void finish() {
        if (!fate_.answer.empty()) {
            tell_client(fate_.answer);
        }
        if (fate_.close) {
            take_leave();
            end();
        }
    }

    void take_replies() {
        while (!ended_ && replies_parser_.parse(replies_) == protocol::ParseStatus::complete) {
            std::string const reply = replies_.substr(0, replies_parser_.consumed());
            bool const is_unasked = is_message(replies_parser_.reply());
            replies_.erase(0, reply.size());
            if (is_unasked || !std::exchange(waiting_, false)) {
                tell_client(reply);
                continue;
            }
            proxy_.clock_.catch_up();
            proxy_.witness_.on_answer(session_, reply);
            proxy_.clock_.touch();
            if (fate_.keep_answer) {
                tell_client(reply);
            }
            finish();
        }
        hand_on();
    }

    // What a subscription gets is the answer to no request, whatever is due.
    static bool is_message(ReplyView reply) {
        bool const is_push = reply.type() == ReplyType::push && !reply.empty();
        std::string_view const kind = is_push ? reply[0].text() : std::string_view();
        return kind == "message" || kind == "pmessage" || kind == "smessage" ||
               kind == "invalidate";
    }

    // Small things to sockets on loopback; a peer that is gone is told by the reads.
    static void write(tcp::socket& socket, std::string const& bytes) {
        error_code ignored;
        asio::write(socket, asio::buffer(bytes), ignored);
    }

    NodeProxy& proxy_;
    tcp::socket client_, server_;
    std::optional<sim::TlsEnd> tls_;  // with the client
    sim::SessionTap::Session session_;
    std::string requests_, replies_;
    protocol::RequestParser parser_;
    protocol::RespParser replies_parser_;
    sim::SessionTap::Fate fate_;
    bool waiting_ = false;  // for the node's answer
    bool is_node_ = false;  // the client is
    bool is_silent_ = false;
    bool ended_ = false;
};

NodeProxy::NodeProxy(asio::io_context& context, sim::LiveClock& clock, Witness& witness,
                     std::size_t node, Endpoint announced, Endpoint served,
                     std::shared_ptr<asio::ssl::context> tls)
    : context_(context),
      clock_(clock),
      witness_(witness),
      node_(node),
      announced_(std::move(announced)),
      served_(std::move(served)),
      tls_(std::move(tls)),
      acceptor_(context),
      knocking_(context),
      knocks_(context) {
    open();
}

NodeProxy::~NodeProxy() {
    for (auto const& connection : connections_) {
        connection->close();
    }
}

void NodeProxy::fall_silent() {
    sim::make_deaf(acceptor_.native_handle(), true);
    for (auto const& connection : connections_) {
        connection->fall_silent();
    }
}

void NodeProxy::shut() {
    ++start_;
    error_code ignored;
    acceptor_.close(ignored);
    knocking_.close(ignored);
    knocks_.cancel();
    for (auto const& connection : std::set(connections_)) {  // which they leave
        connection->node_died();
    }
}

void NodeProxy::open_when_served() {
    knocking_ = tcp::socket(context_);
    knocking_.async_connect(endpoint(served_), [this, start = start_](error_code ec) {
        if (start != start_) {
            return;  // it is down again
        }
        error_code ignored;
        knocking_.close(ignored);
        if (!ec) {
            open();
            return;
        }
        knocks_.expires_after(knock_pause);
        knocks_.async_wait([this, start](error_code) {
            if (start == start_) {
                open_when_served();
            }
        });
    });
}

void NodeProxy::open() {
    tcp::endpoint const at = endpoint(announced_);
    acceptor_.open(at.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(at);
    acceptor_.listen();
    accept();
}

void NodeProxy::accept() {
    acceptor_.async_accept([this](error_code ec, tcp::socket client) {
        if (ec) {
            return;
        }
        auto const connection = std::make_shared<Connection>(*this, std::move(client));
        connections_.insert(connection);
        connection->start(++last_session_);
        accept();
    });
}

}  // namespace keyslot::conformance
