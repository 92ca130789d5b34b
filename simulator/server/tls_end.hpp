#pragma once

#include "client/io/tls_session.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// A node's end of one client's TLS: what the socket carries becomes what the node hears, and back.
class TlsEnd {
public:
    explicit TlsEnd(std::shared_ptr<asio::ssl::context> context) : session_(std::move(context)) {}

    /// Appends what the client says to `plain`, and what TLS itself answers to `wire`. The error is
    /// the end: eof, if the client's end was an orderly one.
    error_code open(std::span<char const> received, std::string& plain, std::string& wire);
    /// Appends the sealed text to `wire`; to a client whose handshake is not done nothing can be
    /// said.
    void seal(std::string_view plain, std::string& wire);
    /// Appends the closing alert.
    void close(std::string& wire);

private:
    void take_output(std::string& wire);

    io::TlsSession session_;
    std::vector<char> sealed_;
};

}  // namespace keyslot::sim
