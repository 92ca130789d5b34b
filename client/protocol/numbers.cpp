#include "client/protocol/numbers.hpp"

#include <limits>

namespace keyslot::protocol {

DoubleText read_double(std::string_view text) {
    bool const is_negative = text.starts_with('-');
    std::string_view const magnitude = text.substr(is_negative || text.starts_with('+') ? 1 : 0);
    if (magnitude == "inf") {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        return {true, is_negative ? -infinity : infinity};
    }
    if (magnitude == "nan") {
        return {true, std::numeric_limits<double>::quiet_NaN()};
    }
    // from_chars would read "infinity" and "nan(7)", and a second sign.
    if (magnitude.empty() || magnitude.find_first_not_of("0123456789.eE+-") != magnitude.npos ||
        magnitude.front() == '-') {
        return {};
    }
    double value = 0;
    auto const [end, failure] =
        std::from_chars(magnitude.data(), magnitude.data() + magnitude.size(), value);
    if (failure == std::errc::invalid_argument || end != magnitude.data() + magnitude.size()) {
        return {};
    }
    if (failure == std::errc::result_out_of_range) {
        return {true, std::nullopt};
    }
    return {true, is_negative ? -value : value};
}

}  // namespace keyslot::protocol
