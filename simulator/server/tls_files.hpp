#pragma once

#include <keyslot/environment.hpp>

#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace keyslot::sim {

/// What the nodes' ports show to clients: files in PEM.
struct TlsFiles {
    std::string certificate;
    std::string key;
    std::string
        ca;  ///< whom clients can trust; clients that show a certificate must have it from it
};

/// A certificate authority for one run, in a new directory for temporary files, with a certificate
/// for the nodes: valid for these addresses, for 127.0.0.1, ::1 and localhost. The directory goes
/// with this object.
class TlsDirectory {
public:
    /// Throws std::runtime_error.
    explicit TlsDirectory(std::vector<std::string> const& addresses);
    ~TlsDirectory();
    TlsDirectory(TlsDirectory const&) = delete;
    TlsDirectory& operator=(TlsDirectory const&) = delete;

    TlsFiles files() const;

private:
    std::string path_;
};

/// As with tls-auth-clients.
enum class ClientCertificates : std::uint8_t { optional, required };

/// Throws std::runtime_error with the file that cannot be used.
std::shared_ptr<asio::ssl::context> server_tls_context(
    TlsFiles const& files, ClientCertificates wanted = ClientCertificates::optional);

}  // namespace keyslot::sim
