#pragma once

#include <string_view>

/// The error lines of Redis 7.0 that several commands share, without the '-'.
namespace keyslot::sim::errors {

inline constexpr std::string_view syntax = "ERR syntax error";
inline constexpr std::string_view not_an_integer = "ERR value is not an integer or out of range";
inline constexpr std::string_view not_positive = "ERR value is out of range, must be positive";
inline constexpr std::string_view not_a_float = "ERR value is not a valid float";
inline constexpr std::string_view wrong_type =
    "WRONGTYPE Operation against a key holding the wrong kind of value";
inline constexpr std::string_view busy_script =
    "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
inline constexpr std::string_view no_such_key = "ERR no such key";
inline constexpr std::string_view same_object = "ERR source and destination objects are the same";

}  // namespace keyslot::sim::errors
