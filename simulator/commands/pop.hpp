#pragma once

#include "simulator/commands/arguments.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// What the commands that pop from the first of several keys have in common: BLPOP, LMPOP, BLMPOP and
/// their like for sorted sets.
namespace keyslot::sim {

/// The first of these keys that holds a value of this type. Type errors are answered.
template <class T>
ValueLookup<T> find_first(CommandContext& context, std::span<std::string_view const> keys) {
    for (std::string_view const key : keys) {
        if (!context.considers(key)) {
            continue;
        }
        auto const found = find_value<T>(context, key);
        if (found.outcome != Lookup::missing) {
            return found;
        }
    }
    return {};
}

/// There is nothing to pop yet.
void block_or_give_up(CommandContext& context, std::span<std::string_view const> keys,
                      std::int64_t timeout_ms, ValueType type);

/// "timeout numkeys key ... LEFT|RIGHT [COUNT n]" and its kin; `End` is which end of the value.
template <class End>
struct ManyPop {
    std::span<std::string_view const> keys;
    End end{};
    std::size_t count = 1;
};

/// The number of keys in argument n, and the keys after it; there is at least one argument more.
/// nullopt: answered.
std::optional<std::span<std::string_view const>> counted_keys_argument(CommandContext& context,
                                                                       std::size_t n);
/// COUNT n from argument n to the last, 1 if there is nothing. nullopt: answered.
std::optional<std::size_t> last_count_argument(CommandContext& context, std::size_t n);

/// From the number of keys, argument n, on. `end_argument` reads one argument as an End and answers if it
/// is none. nullopt: answered.
template <class End>
std::optional<ManyPop<End>> many_pop_arguments(CommandContext& context, std::size_t n,
                                               std::optional<End> (*end_argument)(CommandContext&,
                                                                                  std::size_t)) {
    auto const keys = counted_keys_argument(context, n);
    auto const end = keys ? end_argument(context, n + 1 + keys->size()) : std::nullopt;
    auto const count = end ? last_count_argument(context, n + 2 + keys->size()) : std::nullopt;
    return count ? std::optional(ManyPop<End>{*keys, *end, *count}) : std::nullopt;
}

}  // namespace keyslot::sim
