#pragma once

#include <keyslot/commands/common.hpp>
#include <keyslot/detail/command_family.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

/// COMMAND INFO: what a client needs to know of a command.
struct CommandDetails {
    std::string name;
    long long arity = 0;  ///< with the name itself; negative: at least so many
    std::vector<std::string> flags;
    long long first_key = 0;
    long long last_key = 0;
    long long step = 0;
    std::vector<std::string> acl_categories;
    std::vector<std::string> tips;
    std::vector<CommandDetails> subcommands;
};

struct CommandDocs {
    std::string summary;
    std::string since;
    std::string group;
    std::optional<std::string> complexity;
};

/// At most one.
struct CommandListOptions {
    std::optional<std::string_view> module = std::nullopt;
    std::optional<std::string_view> category = std::nullopt;  ///< of ACLs
    std::optional<std::string_view> pattern = std::nullopt;

    void append_to(detail::ArgumentList& words) const;
};

namespace detail {

template <>
Result<CommandDetails> Decoder<CommandDetails>::decode(ReplyView reply);
template <>
Result<CommandDocs> Decoder<CommandDocs>::decode(ReplyView reply);

}  // namespace detail

/// What the server knows of its commands.
template <class Face>
class IntrospectionCommands {
public:
    /// All commands.
    decltype(auto) command(detail::TokenLike auto... token) {
        return detail::call<"COMMAND", std::vector<CommandDetails>>(*this, {}, std::move(token)...);
    }
    decltype(auto) command_count(detail::TokenLike auto... token) {
        return detail::call<"COMMAND COUNT", long long>(*this, {}, std::move(token)...);
    }

    /// One entry per name, in their order; nullopt where there is no such command.
    decltype(auto) command_info(Words const& names, detail::TokenLike auto... token) {
        return detail::call<"COMMAND INFO", std::vector<std::optional<CommandDetails>>>(
            *this, {names}, std::move(token)...);
    }

    /// By name; names that are no commands are left out.
    decltype(auto) command_docs(Words const& names, detail::TokenLike auto... token) {
        return detail::call<"COMMAND DOCS", std::vector<std::pair<std::string, CommandDocs>>>(
            *this, {names}, std::move(token)...);
    }

    /// The keys of a command line.
    decltype(auto) command_getkeys(Words const& line, detail::TokenLike auto... token) {
        return detail::call<"COMMAND GETKEYS", std::vector<std::string>>(*this, {line},
                                                                         std::move(token)...);
    }

    /// Each with what happens to it: "RW", "access", ...
    decltype(auto) command_getkeysandflags(Words const& line, detail::TokenLike auto... token) {
        return detail::call<"COMMAND GETKEYSANDFLAGS",
                            std::vector<std::pair<std::string, std::vector<std::string>>>>(
            *this, {line}, std::move(token)...);
    }

    /// The names of all commands, or of some.
    decltype(auto) command_list(detail::TokenLike auto... token) {
        return detail::call<"COMMAND LIST", std::vector<std::string>>(*this, {},
                                                                      std::move(token)...);
    }
    decltype(auto) command_list(CommandListOptions const& options,
                                detail::TokenLike auto... token) {
        return detail::call<"COMMAND LIST", std::vector<std::string>>(*this, {options},
                                                                      std::move(token)...);
    }
};

}  // namespace keyslot
