#include "simulator/commands/collections.hpp"

#include <limits>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

}  // namespace

std::optional<RandomCount> random_count_argument(CommandContext& context,
                                                 std::string_view values_option) {
    auto const count = integer_between(context, 2, -int64_max, int64_max);
    if (!count) {
        return std::nullopt;
    }
    bool const with_values =
        context.count() > 3 && !values_option.empty() && is_option(context, 3, values_option);
    if (context.count() > (with_values ? 4u : 3u)) {
        context.reply.error(errors::syntax);
        return std::nullopt;
    }
    if (with_values && (*count < -int64_max / 2 || *count > int64_max / 2)) {
        context.reply.error("ERR value is out of range");
        return std::nullopt;
    }
    auto const magnitude = static_cast<std::size_t>(*count < 0 ? -*count : *count);
    return RandomCount{magnitude, *count < 0, with_values};
}

}  // namespace keyslot::sim
