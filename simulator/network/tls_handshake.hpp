#pragma once

#include <keyslot/environment.hpp>
#include <keyslot/sim/tls_port.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The handshake of TLS without its ciphers. The stream behind it carries plain bytes; the handshake itself is
/// bytes too, so that what a link or a stopped node does to bytes happens to it as well. No newline is in it: a
/// Redis that speaks no TLS waits for the rest of a command, as it does after most real ones.
namespace keyslot::sim {

enum class TlsFailure : std::uint8_t {
    speaks_no_tls = 1,
    unknown_authority,
    other_name,
    wants_client_certificate,
};
error_code make_error_code(TlsFailure failure);

/// The client's half, for one connection.
class TlsConnector {
public:
    /// `connected_to`: whom the certificate must be for when the options name nobody.
    TlsConnector(TlsOptions options, std::string connected_to);

    /// What is sent first.
    std::string hello() const;
    /// nullopt: there is more to come. Otherwise how it ended.
    std::optional<error_code> hear(std::string_view bytes);

private:
    error_code judge(std::vector<std::string_view> const& certificate) const;

    TlsOptions options_;
    std::string peer_;
    std::string heard_;
};

/// The server's half, for one connection.
class TlsAcceptor {
public:
    enum class State : std::uint8_t { shakes_hands, open, refused };

    /// `own_names`: of the host, for a certificate that names nobody else. No port: everybody is content with what
    /// there is, and who speaks plain text is let in as well.
    TlsAcceptor(std::optional<TlsPort> port, std::vector<std::string> own_names);

    /// Takes from the front of `bytes` what belongs to the handshake, and appends to `answer` what is to be sent.
    State hear(std::string_view& bytes, std::string& answer);

private:
    TlsPort port_;
    bool is_strict_;
    std::string heard_;
    State state_ = State::shakes_hands;
};

}  // namespace keyslot::sim

template <>
struct boost::system::is_error_code_enum<keyslot::sim::TlsFailure> : std::true_type {};
