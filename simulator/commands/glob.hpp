#pragma once

#include <string_view>

namespace keyslot::sim {

/// The glob patterns of Redis (KEYS, SCAN, PSUBSCRIBE, CONFIG GET): '*', '?', '[a-c]', '[^x]', '\'.
/// Bytes, not characters; time is at most pattern times text. As in Redis an empty text matches
/// only the empty pattern, not even "*".
bool glob_match(std::string_view pattern, std::string_view text, bool ignore_case = false);

}  // namespace keyslot::sim
