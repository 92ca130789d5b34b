#pragma once

#include "simulator/network/network.hpp"
#include "simulator/server/tcp_bridge.hpp"
#include "simulator/server/tls_end.hpp"

#include <boost/asio/basic_stream_socket.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// One client: its socket, joined to a simulated connection into the node.
class TcpBridge::Connection final : public StreamReceiver,
                                    public std::enable_shared_from_this<Connection> {
public:
    // Concrete executors: a type-erased one costs on every operation.
    using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

    /// `tls` may be null.
    Connection(TcpBridge& bridge, Socket socket, std::shared_ptr<asio::ssl::context> const& tls);

    void start(Endpoint const& node);
    /// Sends what waits, and closes when all is said.
    void flush();
    /// `hard`: the client gets a reset.
    void close(bool hard);

    std::size_t on_bytes(std::string_view bytes) override;
    void on_end(error_code reason) override;
    void on_room() override { read(); }

    std::size_t place = 0;  // in the bridge's list
    bool dirty = false;

private:
    void on_connected(error_code ec, StreamEnd end);
    void read();
    void on_read(error_code ec, std::size_t size);
    void on_client_end(error_code reason);
    void hear(std::span<char const> bytes);
    void send();
    void wait_for_room();

    TcpBridge* bridge_;
    Socket socket_;
    std::optional<TlsEnd> tls_;
    Network::ConnectId connect_{};
    StreamEnd end_;
    std::vector<char> input_;
    std::string plain_;   // of TLS
    std::string output_;  // for the socket, sealed if it is TLS
    std::size_t unconsumed_ = 0;
    error_code ended_;  // of the simulated side
    bool reading_ = false;
    bool waits_for_room_ = false;
    bool client_is_gone_ = false;
    bool client_reset_ = false;
    bool closed_ = false;
};

}  // namespace keyslot::sim
