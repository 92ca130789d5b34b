#include "simulator/commands/pop.hpp"

#include <limits>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

}  // namespace

void block_or_give_up(CommandContext& context, std::span<std::string_view const> keys,
                      std::int64_t timeout_ms, ValueType type) {
    if (context.may_block) {
        context.block = BlockRequest{{keys.begin(), keys.end()}, timeout_ms, type};
    } else {
        context.reply.null_array();
    }
}

std::optional<std::span<std::string_view const>> counted_keys_argument(CommandContext& context,
                                                                       std::size_t n) {
    auto const keys =
        integer_between(context, n, 1, int64_max, "ERR numkeys should be greater than 0");
    if (!keys) {
        return std::nullopt;
    }
    if (*keys > static_cast<std::int64_t>(context.count() - n - 2)) {
        context.reply.error(errors::syntax);
        return std::nullopt;
    }
    return context.arguments.subspan(n + 1, static_cast<std::size_t>(*keys));
}

std::optional<std::size_t> last_count_argument(CommandContext& context, std::size_t n) {
    if (n == context.count()) {
        return 1;
    }
    if (!is_option(context, n, "count") || n + 1 == context.count()) {
        context.reply.error(errors::syntax);
        return std::nullopt;
    }
    auto const count =
        integer_between(context, n + 1, 1, int64_max, "ERR count should be greater than 0");
    if (!count) {
        return std::nullopt;
    }
    if (n + 2 != context.count()) {
        context.reply.error(errors::syntax);
        return std::nullopt;
    }
    return static_cast<std::size_t>(*count);
}

}  // namespace keyslot::sim
