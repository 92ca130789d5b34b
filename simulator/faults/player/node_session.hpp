#pragma once

#include "client/protocol/resp_parser.hpp"

#include <keyslot/environment.hpp>
#include <keyslot/reply.hpp>
#include <keyslot/sim/cluster.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// An operator's connection to one node: one command at a time. Failures of the connection are
/// thrown as boost::system::system_error; error replies are replies.
class NodeSession {
public:
    /// Logs in, and speaks TLS, where the cluster is built so.
    NodeSession(Environment& environment, Endpoint endpoint, ClusterSpec const& cluster = {})
        : environment_(&environment),
          endpoint_(std::move(endpoint)),
          password_(cluster.password),
          speaks_tls_(cluster.tls_port.has_value()) {}

    /// Connects first where there is no connection.
    asio::awaitable<Reply> command(std::vector<std::string> words);

private:
    asio::awaitable<void> connect();
    asio::awaitable<Reply> exchange(std::vector<std::string> const& words);
    /// nullopt: it has not arrived yet.
    std::optional<Reply> take_reply();

    Environment* environment_;
    Endpoint endpoint_;
    std::string password_;
    bool speaks_tls_;
    std::unique_ptr<ByteStream> stream_;
    protocol::RespParser parser_;
    std::vector<char> arrived_ = std::vector<char>(16 * 1024);
    std::string input_;
    std::vector<std::string_view> words_;
    std::string output_;
};

}  // namespace keyslot::sim
