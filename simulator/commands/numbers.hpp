#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Numbers as Redis reads and prints them.
namespace keyslot::sim {

/// Redis reckons with long doubles where a client sees decimals: 80 bits on x86, so that 0.1 + 0.2 reads
/// 0.3. Infinities are numbers here, nan is not.
std::optional<long double> parse_long_double(std::string_view text);
/// Seventeen decimals, without trailing zeros.
std::string format_long_double(long double number);

/// Scores and weights are doubles. Infinities are numbers here, nan is not.
std::optional<double> parse_double(std::string_view text);
/// %.17g
std::string format_double(double number);

}  // namespace keyslot::sim
