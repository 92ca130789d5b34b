#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace keyslot::protocol {

/// A bulk string "$16\r\n...\r\n" as nearly all are: of no more than 99,999 bytes, its length
/// written without leading zeros, and here as a whole.
struct PlainBulk {
    std::size_t start = 0;     ///< of the text
    std::size_t end = 0;       ///< of all of it; 0: it is not a plain one, or not one at all
    std::uint32_t length = 0;
};

inline constexpr std::size_t plain_bulk_digits_max = 5;
inline constexpr std::size_t plain_bulk_bytes_max = 99'999;

/// The plain bulk string at `at`. Both parsers try this before anything else: most of
/// their time goes into bulk strings.
inline PlainBulk read_plain_bulk(std::string_view bytes, std::size_t at) {
    constexpr std::size_t shortest = 6;  // "$0\r\n\r\n"
    if (bytes.size() < at + shortest || bytes[at] != '$') {
        return {};
    }
    std::size_t const first = at + 1;
    std::size_t const digits_end = std::min(first + plain_bulk_digits_max, bytes.size());
    std::size_t length = 0;
    std::size_t digit_at = first;
    for (; digit_at < digits_end; ++digit_at) {
        unsigned const digit = static_cast<unsigned char>(bytes[digit_at]) - unsigned{'0'};
        if (digit > 9) {
            break;
        }
        length = length * 10 + digit;
    }
    std::size_t const start = digit_at + 2;
    std::size_t const end = start + length + 2;
    bool const has_zeros_before = bytes[first] == '0' && digit_at > first + 1;
    if (digit_at == first || has_zeros_before || end > bytes.size() || bytes[digit_at] != '\r' ||
        bytes[digit_at + 1] != '\n' || bytes[end - 2] != '\r' || bytes[end - 1] != '\n') {
        return {};
    }
    return {start, end, static_cast<std::uint32_t>(length)};
}

}  // namespace keyslot::protocol
