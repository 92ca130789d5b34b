#include "simulator/commands/numbers.hpp"

#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace keyslot::sim {

namespace {

constexpr std::size_t float_digits_max = 5 * 1024;

/// With strtold or strtod, which know hexadecimals and infinities, but all of the text.
template <class Number>
std::optional<Number> parse(std::string_view text, Number (*read)(char const*, char**)) {
    if (text.empty() || std::isspace(static_cast<unsigned char>(text[0])) != 0) {
        return std::nullopt;
    }
    std::string const digits{text};
    char* end = nullptr;
    errno = 0;
    Number const number = read(digits.c_str(), &end);
    bool const out_of_range = errno == ERANGE && (std::isinf(number) || number == 0);
    if (end != digits.c_str() + digits.size() || out_of_range || std::isnan(number)) {
        return std::nullopt;
    }
    return number;
}

}  // namespace

std::optional<long double> parse_long_double(std::string_view text) {
    return text.size() < float_digits_max ? parse(text, std::strtold) : std::nullopt;
}

std::optional<double> parse_double(std::string_view text) { return parse(text, std::strtod); }

std::string format_long_double(long double number) {
    char digits[float_digits_max];
    int const length = std::snprintf(digits, sizeof digits, "%.17Lf", number);
    std::string text(digits, static_cast<std::size_t>(length));
    text.resize(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
        text.pop_back();
    }
    return text == "-0" ? "0" : text;
}

std::string format_double(double number) {
    char digits[float_digits_max];
    int const length = std::snprintf(digits, sizeof digits, "%.17g", number);
    return {digits, static_cast<std::size_t>(length)};
}

}  // namespace keyslot::sim
