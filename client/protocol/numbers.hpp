#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace keyslot::protocol {

/// A decimal integer and nothing else: an optional '-', digits, no blanks.
inline std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

/// What `text` is as a floating-point number: `is_number` says that it has the form of one, `value`
/// is absent when a double cannot hold it.
struct DoubleText {
    bool is_number = false;
    std::optional<double> value;
};

/// Reads digits with an optional sign, fraction and exponent, or "inf" or "nan" with an optional
/// sign.
DoubleText read_double(std::string_view text);

}  // namespace keyslot::protocol
