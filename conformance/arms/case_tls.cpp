#include "conformance/arms/case_tls.hpp"

namespace keyslot::conformance {
namespace {

constexpr char const* address_of_nobody = "192.0.2.1";  // RFC 5737

}  // namespace

CaseTls::CaseTls(Case const& test, std::string const& address) {
    Ports const kind = test.topology.ports;
    if (kind == Ports::plain && !test.client.tls) {
        return;
    }
    trusted_.emplace(
        std::vector{kind == Ports::tls_for_other_names ? std::string(address_of_nobody) : address});
    sim::TlsFiles const trusted = trusted_->files();
    if (kind != Ports::plain) {
        sim::TlsFiles shown = trusted;
        if (kind == Ports::tls_of_unknown_authority) {
            shown_.emplace(std::vector{address});
            shown = shown_->files();
        }
        ports_ = server_tls_context(shown, test.topology.client_certificates
                                               ? sim::ClientCertificates::required
                                               : sim::ClientCertificates::optional);
    }
    if (test.client.tls) {
        client_.emplace(TlsOptions{.ca_file = trusted.ca});
        if (test.client.certificate) {
            client_->certificate_file = trusted.certificate;
            client_->key_file = trusted.key;
        }
    }
}

}  // namespace keyslot::conformance
