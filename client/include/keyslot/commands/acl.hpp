#pragma once

#include <keyslot/commands/connection.hpp>
#include <keyslot/detail/command_family.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

/// ACL GETUSER.
struct AclUser {
    struct Selector {
        std::string commands;
        std::string keys;
        std::string channels;

        friend bool operator==(Selector const&, Selector const&) = default;
    };
    std::vector<std::string> flags;
    std::vector<std::string> passwords;  ///< their SHA-256 sums
    std::string commands;
    std::string keys;
    std::string channels;
    std::vector<Selector> selectors;
};

/// Something that was refused.
struct AclLogEntry {
    long long count = 0;
    std::string reason;
    std::string context;
    std::string object;
    std::string username;
    double age_seconds = 0;
    ClientFields client_info;
};

namespace detail {

template <>
Result<AclUser> Decoder<AclUser>::decode(ReplyView reply);
template <>
Result<AclUser::Selector> Decoder<AclUser::Selector>::decode(ReplyView reply);
template <>
Result<AclLogEntry> Decoder<AclLogEntry>::decode(ReplyView reply);

}  // namespace detail

/// Users and what they may do. Each node has its own: `on()` says which is meant.
template <class Face>
class AclCommands {
public:
    /// The categories, or the commands of one.
    decltype(auto) acl_cat(detail::TokenLike auto... token) {
        return detail::call<"ACL CAT", std::vector<std::string>>(*this, {}, std::move(token)...);
    }
    decltype(auto) acl_cat(std::string_view category, detail::TokenLike auto... token) {
        return detail::call<"ACL CAT", std::vector<std::string>>(*this, {category},
                                                                 std::move(token)...);
    }

    /// How many of the users were deleted.
    decltype(auto) acl_deluser(Words const& users, detail::TokenLike auto... token) {
        return detail::call<"ACL DELUSER", long long>(*this, {users}, std::move(token)...);
    }

    /// "OK" if the user may run the command, else why not.
    decltype(auto) acl_dryrun(std::string_view user, Words const& line,
                              detail::TokenLike auto... token) {
        return detail::call<"ACL DRYRUN", std::string>(*this, {user, line}, std::move(token)...);
    }

    /// A random password of that many bits: 256 of them without the number.
    decltype(auto) acl_genpass(detail::TokenLike auto... token) {
        return detail::call<"ACL GENPASS", std::string>(*this, {}, std::move(token)...);
    }
    decltype(auto) acl_genpass(long long bits, detail::TokenLike auto... token) {
        return detail::call<"ACL GENPASS", std::string>(*this, {bits}, std::move(token)...);
    }

    /// nullopt if there is no such user.
    decltype(auto) acl_getuser(std::string_view user, detail::TokenLike auto... token) {
        return detail::call<"ACL GETUSER", std::optional<AclUser>>(*this, {user},
                                                                   std::move(token)...);
    }

    /// All users, as lines of an ACL file.
    decltype(auto) acl_list(detail::TokenLike auto... token) {
        return detail::call<"ACL LIST", std::vector<std::string>>(*this, {}, std::move(token)...);
    }

    /// Reads the ACL file anew.
    decltype(auto) acl_load(detail::TokenLike auto... token) {
        return detail::call<"ACL LOAD", bool>(*this, {}, std::move(token)...);
    }

    /// Writes the ACL file.
    decltype(auto) acl_save(detail::TokenLike auto... token) {
        return detail::call<"ACL SAVE", bool>(*this, {}, std::move(token)...);
    }

    /// What was refused, the newest first: 10 of them, or `count`.
    decltype(auto) acl_log(detail::TokenLike auto... token) {
        return detail::call<"ACL LOG", std::vector<AclLogEntry>>(*this, {}, std::move(token)...);
    }
    decltype(auto) acl_log(long long count, detail::TokenLike auto... token) {
        return detail::call<"ACL LOG", std::vector<AclLogEntry>>(*this, {count},
                                                                 std::move(token)...);
    }
    decltype(auto) acl_log_reset(detail::TokenLike auto... token) {
        return detail::call<"ACL LOG", bool>(*this, {"RESET"}, std::move(token)...);
    }

    /// Makes or changes a user; each rule is one word.
    decltype(auto) acl_setuser(std::string_view user, Words const& rules,
                               detail::TokenLike auto... token) {
        return detail::call<"ACL SETUSER", bool>(*this, {user, rules}, std::move(token)...);
    }

    /// All names.
    decltype(auto) acl_users(detail::TokenLike auto... token) {
        return detail::call<"ACL USERS", std::vector<std::string>>(*this, {}, std::move(token)...);
    }

    /// Who this client is.
    decltype(auto) acl_whoami(detail::TokenLike auto... token) {
        return detail::call<"ACL WHOAMI", std::string>(*this, {}, std::move(token)...);
    }
};

}  // namespace keyslot
