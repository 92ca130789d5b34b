#include "simulator/node/integer_text.hpp"

#include <charconv>
#include <cstddef>

namespace keyslot::sim {

namespace {

// Longest decimal of an int64, its sign included.
constexpr std::size_t integer_digits_max = 20;

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
    if (text.empty() || text.size() > integer_digits_max) {
        return std::nullopt;
    }
    std::size_t const first_digit = text[0] == '-' ? 1 : 0;
    // No second spelling of the same number: "01", "-0", "-".
    if (text.size() > 1 && (first_digit == text.size() || text[first_digit] == '0')) {
        return std::nullopt;
    }
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

}  // namespace keyslot::sim
