#pragma once

#include <cstddef>
#include <string_view>

namespace keyslot::protocol {

/// ASCII only, whatever the locale: Redis' commands and options know no other letters.
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// `text`, whatever its case, is `lower`, which has no capitals.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) {
        return false;
    }
    for (std::size_t n = 0; n < text.size(); ++n) {
        if (to_lower(text[n]) != lower[n]) {
            return false;
        }
    }
    return true;
}

}  // namespace keyslot::protocol
