#pragma once

#include <keyslot/commands/common.hpp>
#include <keyslot/detail/command_family.hpp>
#include <keyslot/script.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

/// Lua scripts. All keys in one slot; what a script gives comes as it is.
template <class Face>
class ScriptCommands {
public:
    decltype(auto) eval(std::string_view script, Words const& keys, Words const& arguments,
                        detail::TokenLike auto... token) {
        return detail::call<"EVAL", Reply>(*this, {script, detail::Counted{keys}, arguments},
                                           std::move(token)...);
    }

    /// A script that only reads; may run on a replica.
    decltype(auto) eval_ro(std::string_view script, Words const& keys, Words const& arguments,
                           detail::TokenLike auto... token) {
        return detail::call<"EVAL_RO", Reply>(*this, {script, detail::Counted{keys}, arguments},
                                              std::move(token)...);
    }

    /// Runs a script of register_script(), the one of this client: by its SHA1 (EVALSHA), and in full where a
    /// node does not have it yet. In a pipeline those of its slot behind it wait until it has run.
    decltype(auto) run(Script const& script, Words const& keys, Words const& arguments,
                       detail::TokenLike auto... token) {
        return evalsha(script.sha(), keys, arguments, std::move(token)...);
    }
    /// The same for a script that only reads (EVALSHA_RO): it may run on a replica.
    decltype(auto) run_ro(Script const& script, Words const& keys, Words const& arguments,
                          detail::TokenLike auto... token) {
        return evalsha_ro(script.sha(), keys, arguments, std::move(token)...);
    }

    /// By its SHA1; an error NOSCRIPT where the node does not have it.
    decltype(auto) evalsha(std::string_view sha, Words const& keys, Words const& arguments,
                           detail::TokenLike auto... token) {
        return detail::call<"EVALSHA", Reply>(*this, {sha, detail::Counted{keys}, arguments},
                                              std::move(token)...);
    }
    decltype(auto) evalsha_ro(std::string_view sha, Words const& keys, Words const& arguments,
                              detail::TokenLike auto... token) {
        return detail::call<"EVALSHA_RO", Reply>(*this, {sha, detail::Counted{keys}, arguments},
                                                 std::move(token)...);
    }

    /// The SHA1 by which a node knows the script from now on.
    decltype(auto) script_load(std::string_view script, detail::TokenLike auto... token) {
        return detail::call<"SCRIPT LOAD", std::string>(*this, {script}, std::move(token)...);
    }

    /// One answer per SHA1, in their order.
    decltype(auto) script_exists(Words const& shas, detail::TokenLike auto... token) {
        return detail::call<"SCRIPT EXISTS", std::vector<bool>>(*this, {shas}, std::move(token)...);
    }

    /// Forgets all scripts.
    decltype(auto) script_flush(detail::TokenLike auto... token) {
        return detail::call<"SCRIPT FLUSH", bool>(*this, {}, std::move(token)...);
    }
    decltype(auto) script_flush(FlushMode mode, detail::TokenLike auto... token) {
        return detail::call<"SCRIPT FLUSH", bool>(*this, {mode}, std::move(token)...);
    }

    /// Ends the script that runs, if it has written nothing yet; an error NOTBUSY if none runs.
    decltype(auto) script_kill(detail::TokenLike auto... token) {
        return detail::call<"SCRIPT KILL", bool>(*this, {}, std::move(token)...);
    }
};

}  // namespace keyslot
