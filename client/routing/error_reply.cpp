#include "client/routing/error_reply.hpp"

#include <algorithm>
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

// Any other error reply is the command's own answer.
constexpr std::array<std::string_view, 16> refusals_before_execution{
    "NOAUTH",     "NOPERM", "WRONGPASS", "CROSSSLOT",  "OOM",         "MISCONF",
    "NOREPLICAS", "BUSY",   "LOADING",   "MASTERDOWN", "CLUSTERDOWN", "READONLY",
    "NOSCRIPT",   "MOVED",  "ASK",       "TRYAGAIN"};

// Those of them that one command of a script can meet when others before it have changed something.
constexpr std::array<std::string_view, 3> refusals_of_writes{"OOM", "MISCONF", "NOREPLICAS"};

template <std::size_t N>
bool contains(std::array<std::string_view, N> const& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// "... script: <sha1 or name>, on @user_script:7." (facts 2.2)
bool names_script(std::string_view error) {
    return error.find(" script: ") != std::string_view::npos &&
           error.find(", on @user_") != std::string_view::npos;
}

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

Ran has_run(std::string_view error, bool of_script) {
    std::string_view const word = error.substr(0, error.find(' '));
    bool const refused = contains(refusals_before_execution, word) ||
                         error.starts_with("ERR unknown command") ||
                         error.starts_with("ERR unknown subcommand") ||
                         error.starts_with("ERR wrong number of arguments");
    if (!refused || names_script(error)) {
        return Ran::yes;
    }
    return of_script && contains(refusals_of_writes, word) ? Ran::unknown : Ran::no;
}

}  // namespace keyslot::routing
