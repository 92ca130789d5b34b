#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace keyslot::sim {

using Sha1 = std::array<unsigned char, 20>;

Sha1 sha1(std::string_view text);

/// In lower-case hexadecimal digits, as Redis shows every digest.
std::string hex(std::span<unsigned char const> bytes);

/// The name of a script, and redis.sha1hex.
std::string sha1_hex(std::string_view text);

/// SHA-256: the form in which an ACL keeps and shows passwords.
std::string sha256_hex(std::string_view text);

}  // namespace keyslot::sim
