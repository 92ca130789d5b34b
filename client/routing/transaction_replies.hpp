#pragma once

#include "client/routing/error_reply.hpp"

#include <keyslot/reply.hpp>

#include <cstdint>
#include <string>

namespace keyslot::routing {

/// Reads the replies to MULTI, its commands and EXEC, which went out as one unit, and says what became of
/// the transaction. EXECABORT alone does not tell why: the first redirection among the queued commands
/// does (client-bugs 69), or any other error of theirs.
class TransactionReplies {
public:
    /// The reply to MULTI (the first) or to a command behind it.
    void queued(ReplyView reply);

    enum class Verdict : std::uint8_t {
        executed,  ///< EXEC's reply holds one reply for each command
        watched_key_changed,  ///< EXEC said null: nothing ran
        refused,  ///< nothing ran; error() says why: a redirection, a command that makes no sense, ...
        /// MULTI was refused and the commands behind it were not: they may have run one by one.
        torn,
    };
    Verdict executed(ReplyView reply_to_exec);

    /// What the verdict `refused` or `torn` is for. Valid after executed(), as long as its argument.
    std::string_view error() const { return error_; }

private:
    std::string error_;  // the first redirection, or else the first error
    bool error_is_routing_ = false;
    bool multi_refused_ = false;
    bool command_accepted_ = false;
    std::uint32_t count_ = 0;
};

}  // namespace keyslot::routing
