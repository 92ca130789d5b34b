#pragma once

#include <keyslot/time.hpp>
#include <keyslot/unique_function.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keyslot {

namespace asio = boost::asio;
using boost::system::error_code;

/// Where to connect: an IP literal and a port, or, when `address` starts with '/', the path of a unix
/// socket (the port is then ignored). Names are turned into addresses by Environment::resolve.
struct Endpoint {
    std::string address;
    std::uint16_t port = 0;

    friend bool operator==(Endpoint const&, Endpoint const&) = default;
    friend auto operator<=>(Endpoint const&, Endpoint const&) = default;
};

/// TLS of one connection. The peer's certificate and name are verified unless `verify` is off.
struct TlsOptions {
    bool verify = true;
    std::string ca_file = {};  ///< PEM; empty: the system's trust store
    std::string certificate_file = {};  ///< PEM chain of the client's own certificate; empty: none
    std::string key_file = {};  ///< PEM private key of that certificate
    std::string server_name = {};  ///< sent as SNI and verified; empty: the name connected to
};

struct ConnectOptions {
    std::optional<TlsOptions> tls;  ///< absent: plain text
    std::string server_name;  ///< the name behind the endpoint, for TLS when TlsOptions names none
    Instant deadline{};  ///< the connect, TLS handshake included, fails with timed_out then
};

/// A connected, ordered byte stream. At most one read and one write are outstanding at a time; the
/// buffers must live until their handler runs. Handlers run on the environment's executor, never inside
/// the initiating call. End of stream is asio::error::eof.
///
/// close() and the destructor end the stream at once; handlers still outstanding are destroyed without
/// being called. The peer sees an orderly end after all that was written.
class ByteStream {
public:
    using IoHandler = UniqueFunction<void(error_code, std::size_t)>;

    virtual ~ByteStream() = default;
    /// Completes as soon as at least one byte is there.
    virtual void read_some(asio::mutable_buffer into, IoHandler handler) = 0;
    /// Completes when all of `from` has been taken over by the transport.
    virtual void write(asio::const_buffer from, IoHandler handler) = 0;
    virtual void close() = 0;
};

/// A one-shot timer. arm() replaces what was armed before; cancel() and the destructor drop the handler
/// without calling it.
class Timer {
public:
    virtual ~Timer() = default;
    virtual void arm(Instant at, UniqueFunction<void()> handler) = 0;
    virtual void cancel() = 0;
};

/// All that the client knows of the outside. The real one is system_environment(); a simulated world
/// gives each of its hosts one. Everything is used from the executor, but for post() and block_on().
class Environment {
public:
    using ResolveHandler = UniqueFunction<void(error_code, std::vector<std::string> addresses)>;
    using ConnectHandler = UniqueFunction<void(error_code, std::unique_ptr<ByteStream>)>;
    using Completion = UniqueFunction<void()>;

    virtual ~Environment() = default;

    virtual asio::any_io_executor get_executor() = 0;
    virtual Instant now() const = 0;
    virtual std::unique_ptr<Timer> make_timer() = 0;
    /// Runs `work` on the executor, soon, never inside this call. Safe from any thread.
    virtual void post(UniqueFunction<void()> work) = 0;
    /// The addresses of a host name, in order of preference; an IP literal is its own address.
    virtual void resolve(std::string host, ResolveHandler handler) = 0;
    virtual void connect(Endpoint const& to, ConnectOptions options, ConnectHandler handler) = 0;
    /// 64 random bits, for jitter and choices, not for secrets.
    virtual std::uint64_t random() = 0;
    /// Runs `start` on the executor and returns when the completion given to it has been called: what
    /// the blocking face stands on. In a simulated world this drives the world. Must not be called from
    /// the executor itself (std::logic_error).
    virtual void block_on(UniqueFunction<void(Completion)> start) = 0;
};

}  // namespace keyslot
