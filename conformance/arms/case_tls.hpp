#pragma once

#include "conformance/harness/case.hpp"
#include "simulator/server/tls_files.hpp"

#include <keyslot/environment.hpp>

#include <memory>
#include <optional>
#include <string>

namespace keyslot::conformance {

/// Certificates of one case on real sockets: what its nodes show, and whom its client is told to trust. The files
/// go with this object.
class CaseTls {
public:
    /// `address`: of the nodes. Throws std::runtime_error.
    CaseTls(Case const& test, std::string const& address);

    /// nullptr: the ports are plain.
    std::shared_ptr<asio::ssl::context> const& ports() const { return ports_; }
    /// nullopt: the client is to speak plain text.
    std::optional<TlsOptions> const& client() const { return client_; }

private:
    std::optional<sim::TlsDirectory> trusted_, shown_;
    std::shared_ptr<asio::ssl::context> ports_;
    std::optional<TlsOptions> client_;
};

}  // namespace keyslot::conformance
