#pragma once

#include <string>
#include <string_view>

namespace keyslot::sim {

/// In lower-case hex: the form in which an ACL keeps and shows passwords.
std::string sha256_hex(std::string_view text);

}  // namespace keyslot::sim
