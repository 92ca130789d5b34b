#include "simulator/server/tls_files.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace keyslot::sim {
namespace {

constexpr long valid_before_seconds = 24 * 60 * 60;  // clocks differ
constexpr long valid_after_seconds = 365 * valid_before_seconds;
constexpr int serial_bits = 127;

template <class T, void (*Free)(T*)>
struct Freed {
    void operator()(T* thing) const { Free(thing); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Freed<BIGNUM, BN_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION, X509_EXTENSION_free>>;

void require(bool held, char const* what) {
    if (!held) {
        char reason[256];
        ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
        throw std::runtime_error(std::string("cannot make a certificate: ") + what + ": " + reason);
    }
}

Key make_key() {
    Key key{EVP_EC_gen("P-256")};
    require(key != nullptr, "key");
    return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    Extension const extension{X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
    require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1,
            OBJ_nid2sn(kind));
}

/// Not signed yet.
Certificate make_certificate(EVP_PKEY* key, char const* name, X509* issuer) {
    Certificate certificate{X509_new()};
    BigNumber const serial{BN_new()};
    require(certificate != nullptr && serial != nullptr, "memory");
    X509* const made = certificate.get();
    BN_rand(serial.get(), serial_bits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
    BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made));
    X509_set_version(made, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(made), -valid_before_seconds);
    X509_gmtime_adj(X509_getm_notAfter(made), valid_after_seconds);
    X509_set_pubkey(made, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                               reinterpret_cast<unsigned char const*>(name), -1, -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(issuer == nullptr ? made : issuer));
    add_extension(made, issuer == nullptr ? made : issuer, NID_subject_key_identifier, "hash");
    return certificate;
}

std::string alternative_names(std::vector<std::string> const& addresses) {
    std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
    for (std::string const& address : addresses) {
        error_code not_an_address;
        asio::ip::make_address(address, not_an_address);
        names += (not_an_address ? ",DNS:" : ",IP:") + address;
    }
    return names;
}

template <class Write>
void write_file(std::string const& path, Write const& write) {
    std::FILE* const file = std::fopen(path.c_str(), "wb");
    bool const written = file != nullptr && write(file) == 1;
    bool const closed = file != nullptr && std::fclose(file) == 0;
    if (!written || !closed) {
        throw std::runtime_error("cannot write " + path);
    }
}

void write_files(TlsFiles const& files, std::vector<std::string> const& addresses) {
    Key const ca_key = make_key();
    Certificate const ca = make_certificate(ca_key.get(), "keyslot-sim CA", nullptr);
    add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    require(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0, "signature");

    Key const key = make_key();
    Certificate const node = make_certificate(key.get(), "keyslot-sim", ca.get());
    add_extension(node.get(), ca.get(), NID_authority_key_identifier, "keyid:always");
    add_extension(node.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(node.get(), ca.get(), NID_key_usage, "critical,digitalSignature");
    // Clients that must show a certificate too can show this one.
    add_extension(node.get(), ca.get(), NID_ext_key_usage, "serverAuth,clientAuth");
    add_extension(node.get(), ca.get(), NID_subject_alt_name, alternative_names(addresses));
    require(X509_sign(node.get(), ca_key.get(), EVP_sha256()) > 0, "signature");

    write_file(files.ca, [&](std::FILE* file) { return PEM_write_X509(file, ca.get()); });
    write_file(files.certificate,
               [&](std::FILE* file) { return PEM_write_X509(file, node.get()); });
    write_file(files.key, [&](std::FILE* file) {
        return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

}  // namespace

TlsDirectory::TlsDirectory(std::vector<std::string> const& addresses)
    : path_(std::filesystem::temp_directory_path() / "keyslot-sim-tls-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) {  // for us alone
        throw std::runtime_error("cannot make a directory like " + path_);
    }
    write_files(files(), addresses);
}

TlsDirectory::~TlsDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

TlsFiles TlsDirectory::files() const {
    return {path_ + "/node.crt", path_ + "/node.key", path_ + "/ca.crt"};
}

std::shared_ptr<asio::ssl::context> server_tls_context(TlsFiles const& files,
                                                       ClientCertificates wanted) {
    using Flags = asio::ssl::context;
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    context->set_options(Flags::default_workarounds | Flags::no_tlsv1 | Flags::no_tlsv1_1);
    SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
    auto const use = [](std::string const& file, auto const& how) {
        error_code ec;
        how(ec);
        if (ec) {
            throw std::runtime_error("cannot use " + file + " for TLS: " + ec.message());
        }
    };
    use(files.certificate,
        [&](error_code& ec) { context->use_certificate_chain_file(files.certificate, ec); });
    use(files.key, [&](error_code& ec) {
        context->use_private_key_file(files.key, asio::ssl::context::pem, ec);
    });
    if (!files.ca.empty()) {
        use(files.ca, [&](error_code& ec) {
            context->load_verify_file(files.ca, ec);
            bool const is_required = wanted == ClientCertificates::required;
            context->set_verify_mode(
                asio::ssl::verify_peer |
                (is_required ? asio::ssl::verify_fail_if_no_peer_cert : asio::ssl::verify_none));
        });
    }
    return context;
}

}  // namespace keyslot::sim
