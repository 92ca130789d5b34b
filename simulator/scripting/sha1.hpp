#pragma once

#include <string>
#include <string_view>

namespace keyslot::sim {

/// SHA-1 in 40 lower-case hexadecimal digits: the name of a script, and redis.sha1hex.
std::string sha1_hex(std::string_view text);

}  // namespace keyslot::sim
