#pragma once

#include <string>
#include <vector>

namespace keyslot::sim {

/// What a node's port asks of clients that is spoken to with TLS only. In virtual time there are no ciphers and
/// no files, but the handshake has its round trip, and fails where TLS would fail: the client does not trust the
/// authority, the certificate is for another name, the client has none to show, or one side does not speak TLS.
struct TlsPort {
    /// Who signed the certificate: trusted by a client whose TlsOptions::ca_file is just this. Empty: one that the
    /// system's trust store has, which is what a client without a ca_file goes by.
    std::string authority = {};
    /// Host names and addresses that the certificate is valid for; empty: the node's own.
    std::vector<std::string> names = {};
    /// As with tls-auth-clients yes: a client must show a certificate, whatever it is.
    bool wants_client_certificate = false;
};

}  // namespace keyslot::sim
