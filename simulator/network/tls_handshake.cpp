#include "simulator/network/tls_handshake.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

namespace keyslot::sim {
namespace {

// A message is a byte for its kind, four digits for its length, and its fields with tabs between them. The first
// bytes are TLS's own.
constexpr char handshake_kind = '\x16';
constexpr char alert_kind = '\x15';
constexpr std::size_t head_size = 5;
constexpr std::size_t body_size_max = 9999;
constexpr std::string_view anybody = "*";

class Category final : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "keyslot.sim.tls"; }
    std::string message(int value) const override {
        switch (static_cast<TlsFailure>(value)) {
            case TlsFailure::speaks_no_tls: return "the peer does not speak TLS";
            case TlsFailure::unknown_authority:
                return "certificate verify failed: signed by an authority that is not trusted";
            case TlsFailure::other_name: return "certificate verify failed: it is for other names";
            case TlsFailure::wants_client_certificate: return "the peer wants a certificate";
        }
        return "TLS failed";
    }
};

std::string message_of(char kind, std::vector<std::string> const& fields) {
    std::string body;
    for (std::string const& field : fields) {
        body += (&field == &fields.front() ? "" : "\t") + field;
    }
    body.resize(std::min(body.size(), body_size_max));
    std::string const size = std::to_string(body.size());
    return kind + std::string(head_size - 1 - size.size(), '0') + size + body;
}

/// How long the message is that begins there; nullopt: that is not known yet. Zero: it is none.
std::optional<std::size_t> size_of_message(std::string_view bytes) {
    if (!bytes.empty() && bytes.front() != handshake_kind && bytes.front() != alert_kind) {
        return 0;
    }
    if (bytes.size() < head_size) {
        return std::nullopt;
    }
    std::size_t body = 0;
    char const* const end = bytes.data() + head_size;
    auto const [stop, error] = std::from_chars(bytes.data() + 1, end, body);
    return error == std::errc{} && stop == end ? head_size + body : 0;
}

std::vector<std::string_view> fields_of(std::string_view message) {
    std::vector<std::string_view> fields;
    std::string_view rest = message.substr(head_size);
    for (std::size_t tab = rest.find('\t'); tab != std::string_view::npos; tab = rest.find('\t')) {
        fields.push_back(rest.substr(0, tab));
        rest.remove_prefix(tab + 1);
    }
    fields.push_back(rest);
    return fields;
}

}  // namespace

error_code make_error_code(TlsFailure failure) {
    static Category const category;
    return {static_cast<int>(failure), category};
}

TlsConnector::TlsConnector(TlsOptions options, std::string connected_to)
    : options_(std::move(options)),
      peer_(options_.server_name.empty() ? std::move(connected_to) : options_.server_name) {}

std::string TlsConnector::hello() const {
    return message_of(handshake_kind, {"hello", peer_, options_.certificate_file});
}

std::optional<error_code> TlsConnector::hear(std::string_view bytes) {
    heard_ += bytes;
    std::optional<std::size_t> const size = size_of_message(heard_);
    if (!size || (*size > 0 && heard_.size() < *size)) {
        return std::nullopt;
    }
    if (*size == 0) {
        return TlsFailure::speaks_no_tls;
    }
    if (heard_.front() == alert_kind) {
        return TlsFailure::wants_client_certificate;
    }
    return judge(fields_of(heard_));
}

/// "certificate", the authority, the names.
error_code TlsConnector::judge(std::vector<std::string_view> const& certificate) const {
    if (certificate.size() < 2) {
        return TlsFailure::speaks_no_tls;
    }
    if (!options_.verify || certificate[1] == anybody) {
        return {};
    }
    if (certificate[1] != options_.ca_file) {
        return TlsFailure::unknown_authority;
    }
    bool const is_theirs =
        std::find(certificate.begin() + 2, certificate.end(), peer_) != certificate.end();
    return is_theirs ? error_code{} : make_error_code(TlsFailure::other_name);
}

TlsAcceptor::TlsAcceptor(std::optional<TlsPort> port, std::vector<std::string> own_names)
    : port_(port.value_or(TlsPort{.authority = std::string(anybody)})),
      is_strict_(port.has_value()) {
    if (port_.names.empty()) {
        port_.names = std::move(own_names);
    }
}

TlsAcceptor::State TlsAcceptor::hear(std::string_view& bytes, std::string& answer) {
    if (state_ != State::shakes_hands) {
        return state_;
    }
    heard_ += bytes;
    std::optional<std::size_t> const size = size_of_message(heard_);
    if (!size || (*size > 0 && heard_.size() < *size)) {
        bytes = {};
        return state_;
    }
    if (*size == 0 && !is_strict_) {
        return state_ = State::open;
    }
    if (*size == 0) {  // somebody who speaks no TLS
        bytes = {};
        return state_ = State::refused;
    }
    bytes.remove_prefix(bytes.size() - (heard_.size() - *size));
    heard_.resize(*size);
    std::vector<std::string_view> const hello = fields_of(heard_);
    if (port_.wants_client_certificate && (hello.size() < 3 || hello[2].empty())) {
        answer += message_of(alert_kind, {"certificate required"});
        return state_ = State::refused;
    }
    std::vector<std::string> certificate{"certificate", port_.authority};
    certificate.insert(certificate.end(), port_.names.begin(), port_.names.end());
    answer += message_of(handshake_kind, certificate);
    return state_ = State::open;
}

}  // namespace keyslot::sim
