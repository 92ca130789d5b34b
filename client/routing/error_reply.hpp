#pragma once

#include "client/topology/slot_map.hpp"

#include <cstdint>
#include <string_view>

namespace keyslot::routing {

/// What an error reply means to routing; told by its first word (client-bugs 24), but for UNBLOCKED.
enum class ErrorKind : std::uint8_t {
    moved,
    ask,
    try_again,
    cluster_down,
    loading,
    master_down,
    read_only,  ///< READONLY, or UNBLOCKED by a master that steps down
    cross_slot,
    no_script,  ///< the node does not know the script by its SHA-1: nothing ran
    other,  ///< the caller's business: WRONGTYPE, ERR ...
};

/// Whether it tells where the command should go, or that it should come later: proof that it did not run.
constexpr bool is_refusal(ErrorKind kind) {
    return kind != ErrorKind::other && kind != ErrorKind::cross_slot &&
           kind != ErrorKind::no_script;
}

constexpr bool is_redirection(ErrorKind kind) {
    return kind == ErrorKind::moved || kind == ErrorKind::ask;
}

/// An error reply taken apart. For MOVED and ASK: slot and target, which has gone through
/// topology::dialable(): an empty host ("MOVED 5 :7000") is the host that was asked. A redirection that cannot be understood, or
/// that leads to "?" or port 0, has kind moved or ask and `target.port` 0: refresh instead of
/// following it.
struct ErrorReply {
    ErrorKind kind = ErrorKind::other;
    std::uint16_t slot = 0;
    topology::HostPort target;
};

ErrorReply classify_error(std::string_view text, topology::Asked const& asked);

/// Whether the command that was answered with this error has run. Refusals come before it runs; any other
/// error is the command's own. A script may have run up to a refusal of one of its commands: then the error
/// names the script, or, where the script itself returns it (redis.pcall), nobody can tell.
enum class Ran : std::uint8_t { no, yes, unknown };
Ran has_run(std::string_view error, bool of_script);

}  // namespace keyslot::routing
