#include "client/routing/error_reply.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace keyslot::routing {
namespace {

constexpr std::array<std::pair<std::string_view, ErrorKind>, 9> kinds{{
    {"MOVED", ErrorKind::moved},
    {"ASK", ErrorKind::ask},
    {"TRYAGAIN", ErrorKind::try_again},
    {"CLUSTERDOWN", ErrorKind::cluster_down},
    {"LOADING", ErrorKind::loading},
    {"MASTERDOWN", ErrorKind::master_down},
    {"READONLY", ErrorKind::read_only},
    {"CROSSSLOT", ErrorKind::cross_slot},
    {"NOSCRIPT", ErrorKind::no_script},
}};

std::string_view take_word(std::string_view& text) {
    std::size_t const end = std::min(text.find(' '), text.size());
    std::string_view const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

std::optional<std::uint16_t> number(std::string_view digits) {
    std::uint16_t value = 0;
    auto const [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failure != std::errc{} || end != digits.data() + digits.size()) {
        return std::nullopt;
    }
    return value;
}

// The port stands after the last colon: IPv6 hosts come without brackets ("::1:7000").
topology::HostPort target_of(std::string_view address, topology::Asked const& asked) {
    std::size_t const colon = address.rfind(':');
    if (colon == std::string_view::npos) {
        return {};
    }
    std::string_view host = address.substr(0, colon);
    std::uint16_t const port = number(address.substr(colon + 1)).value_or(0);
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    return topology::dialable(host, port, asked).value_or(topology::HostPort{});
}

}  // namespace

ErrorReply classify_error(std::string_view text, topology::Asked const& asked) {
    std::string_view const first_word = take_word(text);
    ErrorReply reply;
    for (auto const& [word, kind] : kinds) {
        if (word == first_word) {
            reply.kind = kind;
            break;
        }
    }
    // A master that steps down lets go of who is blocked there; CLIENT UNBLOCK is somebody's wish.
    if (first_word == "UNBLOCKED" && text.starts_with("force unblock")) {
        reply.kind = ErrorKind::read_only;
    }
    if (reply.kind != ErrorKind::moved && reply.kind != ErrorKind::ask) {
        return reply;
    }
    auto const slot = number(take_word(text));
    if (!slot || *slot >= topology::slot_count) {
        return reply;
    }
    reply.slot = *slot;
    reply.target = target_of(take_word(text), asked);
    return reply;
}

}  // namespace keyslot::routing
