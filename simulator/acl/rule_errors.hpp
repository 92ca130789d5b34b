#pragma once

#include <algorithm>
#include <string_view>

/// What is wrong with a rule of ACL SETUSER, as Redis 7.0 says it after the rule.
namespace keyslot::sim {

namespace rule_errors {

inline constexpr std::string_view syntax = "Syntax error";
inline constexpr std::string_view unknown_command = "Unknown command or category name in ACL";
inline constexpr std::string_view first_argument_of_subcommand =
    "Allowing first-arg of a subcommand is not supported";
inline constexpr std::string_view keys_after_all =
    "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have "
    "any "
    "effect. Try 'resetkeys' to start with an empty list of patterns";
inline constexpr std::string_view channels_after_all =
    "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not "
    "have "
    "any effect. Try 'resetchannels' to start with an empty list of channels";
inline constexpr std::string_view no_hash =
    "The password hash must be exactly 64 characters and contain only lowercase hexadecimal "
    "characters";
inline constexpr std::string_view no_such_password =
    "The password you are trying to remove from the user does not exist";

}  // namespace rule_errors

/// User names and patterns may not have any.
inline bool has_blanks(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return c == '\0' || c == ' ' || (c >= '\t' && c <= '\r'); });
}

}  // namespace keyslot::sim
