#include "simulator/cluster/command_arguments.hpp"

#include "client/protocol/hash_slot.hpp"

#include <charconv>

namespace keyslot::sim {

std::optional<std::int64_t> read_integer(std::string_view text) {
    std::string_view const digits = text.starts_with('-') ? text.substr(1) : text;
    bool const has_leading_zero = digits.starts_with('0') && text != "0";
    std::int64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (has_leading_zero || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::uint16_t> read_slot(std::string_view text) {
    std::optional<std::int64_t> const value = read_integer(text);
    if (!value || *value < 0 || *value >= protocol::slot_count) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(*value);
}

}  // namespace keyslot::sim
