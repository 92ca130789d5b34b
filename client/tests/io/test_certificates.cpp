#include "client/tests/io/test_certificates.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace keyslot::io {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

struct Identity {
    Key key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    Certificate certificate{X509_new(), &X509_free};
};

void extend(X509* certificate, X509* issuer, int what, char const* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, what, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// Signed by `issuer`, or by itself. `names`: subjectAltName; null: a certificate authority.
Identity make_identity(char const* common_name, char const* names, Identity const* issuer) {
    static long serial = 0;
    Identity made;
    X509* const certificate = made.certificate.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<unsigned char const*>(common_name), -1, -1, 0);
    Identity const& signer = issuer != nullptr ? *issuer : made;
    X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get()));
    extend(certificate, signer.certificate.get(), NID_basic_constraints,
           names == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (names != nullptr) {
        extend(certificate, signer.certificate.get(), NID_subject_alt_name, names);
    }
    if (X509_sign(certificate, signer.key.get(), EVP_sha256()) == 0) {
        throw std::runtime_error("cannot sign a certificate");
    }
    return made;
}

void save(Identity const& identity, std::string const& base) {
    std::FILE* const certificate = std::fopen((base + ".crt").c_str(), "w");
    PEM_write_X509(certificate, identity.certificate.get());
    std::fclose(certificate);
    std::FILE* const key = std::fopen((base + ".key").c_str(), "w");
    PEM_write_PrivateKey(key, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(key);
}

}  // namespace

TestCertificates::TestCertificates() {
    std::string path = (std::filesystem::temp_directory_path() / "keyslot-tls-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) {
        throw std::runtime_error("cannot make " + path);
    }
    directory_ = path;
    Identity const ca = make_identity("Keyslot test CA", nullptr, nullptr);
    save(ca, file("ca"));
    save(make_identity("Another CA", nullptr, nullptr), file("other-ca"));
    save(make_identity("server", "DNS:redis.test,IP:127.0.0.1", &ca), file("server"));
    save(make_identity("client", "DNS:client.test", &ca), file("client"));
}

TestCertificates::~TestCertificates() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

}  // namespace keyslot::io
