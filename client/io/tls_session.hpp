#pragma once

#include <keyslot/environment.hpp>

#include <boost/asio/ssl/context.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace keyslot::io {

/// The TLS protocol of one connection without I/O: ciphertext in, ciphertext out. A stream carries the
/// bytes. asio::ssl::stream would not do: after a close it may still touch the caller's buffers.
class TlsSession {
public:
    enum class Progress { done, wants_input, failed };

    /// `name` is the peer's name or IP literal, sent as SNI (a name only) and verified.
    TlsSession(std::shared_ptr<asio::ssl::context> context, std::string const& name, bool verify,
               error_code& ec);
    /// The side that is connected to.
    explicit TlsSession(std::shared_ptr<asio::ssl::context> context);
    ~TlsSession();
    TlsSession(TlsSession const&) = delete;
    TlsSession& operator=(TlsSession const&) = delete;

    Progress handshake(error_code& ec);
    /// Up to one record of plaintext; `size` is set when done. The peer's orderly end is eof.
    Progress read(asio::mutable_buffer into, std::size_t& size, error_code& ec);
    /// Takes over all of `from`.
    Progress write(asio::const_buffer from, error_code& ec);
    /// Queues the closing alert.
    void shutdown();

    void put_input(std::span<char const> ciphertext);
    /// Moves the ciphertext that waits to be sent to the end of `into`.
    void take_output(std::vector<char>& into);
    bool has_output() const;

private:
    struct Engine;

    Progress judge(int result, error_code& ec);

    std::shared_ptr<asio::ssl::context> context_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace keyslot::io
