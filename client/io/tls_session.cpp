#include "client/io/tls_session.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <limits>
#include <new>

namespace keyslot::io {

struct TlsSession::Engine {
    explicit Engine(SSL_CTX* context)
        : ssl(SSL_new(context)), input(BIO_new(BIO_s_mem())), output(BIO_new(BIO_s_mem())) {
        if (ssl == nullptr || input == nullptr || output == nullptr) {
            BIO_free(input);
            BIO_free(output);
            SSL_free(ssl);
            throw std::bad_alloc{};
        }
        BIO_set_mem_eof_return(input, -1);  // an empty buffer means "not yet", not the end
        SSL_set_bio(ssl, input, output);
    }
    ~Engine() { SSL_free(ssl); }  // and the two BIOs
    Engine(Engine const&) = delete;
    Engine& operator=(Engine const&) = delete;

    SSL* ssl;
    BIO* input;
    BIO* output;
};

namespace {

error_code last_tls_error() {
    unsigned long const code = ERR_get_error();
    if (code == 0) {
        return asio::error::connection_aborted;
    }
    return {static_cast<int>(code), asio::error::get_ssl_category()};
}

/// Whom the certificate must be for. An empty name cannot be verified and is refused.
bool expect_peer(SSL* ssl, std::string const& name, bool verify) {
    error_code not_an_address;
    asio::ip::make_address(name, not_an_address);
    bool const is_name = static_cast<bool>(not_an_address);
    if (is_name && !name.empty() && SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) {
        return false;
    }
    if (!verify) {
        SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
        return true;
    }
    SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    X509_VERIFY_PARAM* const expected = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (is_name) {
        return !name.empty() && X509_VERIFY_PARAM_set1_host(expected, name.c_str(), 0) == 1;
    }
    return X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str()) == 1;
}

int clamp_to_int(std::size_t size) {
    return static_cast<int>(
        std::min(size, static_cast<std::size_t>(std::numeric_limits<int>::max())));
}

}  // namespace

TlsSession::TlsSession(std::shared_ptr<asio::ssl::context> context, std::string const& name,
                       bool verify, error_code& ec)
    : context_(std::move(context)), engine_(std::make_unique<Engine>(context_->native_handle())) {
    SSL_set_connect_state(engine_->ssl);
    ERR_clear_error();
    if (!expect_peer(engine_->ssl, name, verify)) {
        ec = asio::error::invalid_argument;
    }
}

TlsSession::TlsSession(std::shared_ptr<asio::ssl::context> context)
    : context_(std::move(context)), engine_(std::make_unique<Engine>(context_->native_handle())) {
    SSL_set_accept_state(engine_->ssl);
}

TlsSession::~TlsSession() = default;

TlsSession::Progress TlsSession::handshake(error_code& ec) {
    ERR_clear_error();
    return judge(SSL_do_handshake(engine_->ssl), ec);
}

TlsSession::Progress TlsSession::read(asio::mutable_buffer into, std::size_t& size,
                                      error_code& ec) {
    if (into.size() == 0) {
        size = 0;
        return Progress::done;
    }
    ERR_clear_error();
    int const result = SSL_read(engine_->ssl, into.data(), clamp_to_int(into.size()));
    size = result > 0 ? static_cast<std::size_t>(result) : 0;
    return judge(result, ec);
}

TlsSession::Progress TlsSession::write(asio::const_buffer from, error_code& ec) {
    while (from.size() != 0) {
        ERR_clear_error();
        int const result = SSL_write(engine_->ssl, from.data(), clamp_to_int(from.size()));
        if (result <= 0) {
            if (judge(result, ec) == Progress::wants_input) {
                ec = asio::error::connection_aborted;  // only a renegotiation, which is off
            }
            return Progress::failed;
        }
        from += static_cast<std::size_t>(result);
    }
    return Progress::done;
}

void TlsSession::shutdown() {
    ERR_clear_error();
    if (SSL_is_init_finished(engine_->ssl) == 1) {
        SSL_shutdown(engine_->ssl);
    }
    ERR_clear_error();
}

void TlsSession::put_input(std::span<char const> ciphertext) {
    // A memory BIO grows: it takes everything.
    BIO_write(engine_->input, ciphertext.data(), clamp_to_int(ciphertext.size()));
}

void TlsSession::take_output(std::vector<char>& into) {
    std::size_t const waiting = BIO_ctrl_pending(engine_->output);
    std::size_t const before = into.size();
    into.resize(before + waiting);
    if (waiting != 0) {
        BIO_read(engine_->output, into.data() + before, clamp_to_int(waiting));
    }
}

bool TlsSession::has_output() const { return BIO_ctrl_pending(engine_->output) != 0; }

TlsSession::Progress TlsSession::judge(int result, error_code& ec) {
    if (result > 0) {
        return Progress::done;
    }
    switch (SSL_get_error(engine_->ssl, result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE: return Progress::wants_input;
        case SSL_ERROR_ZERO_RETURN: ec = asio::error::eof; return Progress::failed;
        default: ec = last_tls_error(); return Progress::failed;
    }
}

}  // namespace keyslot::io
