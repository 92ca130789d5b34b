#include "client/io/tls_context.hpp"

#include <openssl/ssl.h>

#include <utility>

namespace keyslot::io {
namespace {

std::filesystem::file_time_type changed_at(std::string const& file) {
    std::error_code ec;
    auto const at = std::filesystem::last_write_time(file, ec);
    return ec ? std::filesystem::file_time_type::min() : at;
}

void load_files(asio::ssl::context& context, TlsOptions const& options, error_code& ec) {
    if (options.verify) {
        context.set_verify_mode(asio::ssl::verify_peer, ec);
        if (!ec && options.ca_file.empty()) {
            context.set_default_verify_paths(ec);
        }
    }
    if (!ec && !options.ca_file.empty()) {
        context.load_verify_file(options.ca_file, ec);
    }
    if (!ec && !options.certificate_file.empty()) {
        context.use_certificate_chain_file(options.certificate_file, ec);
    }
    if (!ec && !options.key_file.empty()) {
        context.use_private_key_file(options.key_file, asio::ssl::context::pem, ec);
    }
}

}  // namespace

std::shared_ptr<asio::ssl::context> TlsContexts::get(TlsOptions const& options, error_code& ec) {
    Key key{options.verify, options.ca_file, options.certificate_file, options.key_file};
    FileTimes const times{changed_at(options.ca_file), changed_at(options.certificate_file),
                          changed_at(options.key_file)};
    if (auto const found = entries_.find(key); found != entries_.end()) {
        if (found->second.times == times) {
            return found->second.context;
        }
    }
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    using Flags = asio::ssl::context;
    context->set_options(Flags::default_workarounds | Flags::no_sslv2 | Flags::no_sslv3 |
                             Flags::no_tlsv1 | Flags::no_tlsv1_1,
                         ec);
    // Renegotiation would make a write wait for input; nobody needs it.
    SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
    if (!ec) {
        load_files(*context, options, ec);
    }
    if (ec) {
        return nullptr;
    }
    entries_.insert_or_assign(std::move(key), Entry{times, context});
    return context;
}

}  // namespace keyslot::io
