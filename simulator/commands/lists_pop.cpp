#include "simulator/commands/arguments.hpp"
#include "simulator/commands/lists.hpp"

#include <limits>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

std::string_view pop_word(ListEnd end) { return end == ListEnd::left ? "LPOP" : "RPOP"; }

/// The first of these keys that has elements. Type errors are answered.
ValueLookup<ListValue> first_list(CommandContext& context, std::span<std::string_view const> keys) {
    for (std::string_view const key : keys) {
        if (!context.considers(key)) {
            continue;
        }
        auto const found = find_value<ListValue>(context, key);
        if (found.outcome != Lookup::missing) {
            return found;
        }
    }
    return {};
}

void block_or_give_up(CommandContext& context, std::span<std::string_view const> keys,
                      std::int64_t timeout_ms) {
    if (context.may_block) {
        context.block = BlockRequest{{keys.begin(), keys.end()}, timeout_ms, ValueType::list};
    } else {
        context.reply.null_array();
    }
}

/// BLPOP and BRPOP.
void pop_or_block(CommandContext& context, ListEnd end) {
    auto const timeout_ms = timeout_argument(context, context.count() - 1);
    if (!timeout_ms) {
        return;
    }
    auto const keys = context.arguments.subspan(1, context.count() - 2);
    auto const [outcome, entry, list] = first_list(context, keys);
    if (outcome == Lookup::missing) {
        return block_or_give_up(context, keys, *timeout_ms);
    }
    if (outcome == Lookup::wrong_type) {
        return;
    }
    propagate(context, pop_word(end), entry->key());
    context.reply.array(2);
    context.reply.bulk(entry->key());
    context.reply.bulk(pop_element(*list, end));
    removed(context, *entry, 1, pop_event(end));
}

struct ManyPop {
    std::span<std::string_view const> keys;
    ListEnd end{};
    std::size_t count = 1;
};

/// LMPOP and BLMPOP from the number of keys on.
std::optional<ManyPop> many_pop_arguments(CommandContext& context, std::size_t n) {
    auto const keys =
        integer_between(context, n, 1, int64_max, "ERR numkeys should be greater than 0");
    if (!keys) {
        return std::nullopt;
    }
    if (*keys > static_cast<std::int64_t>(context.count() - n - 2)) {
        context.reply.error(errors::syntax);
        return std::nullopt;
    }
    ManyPop pop;
    pop.keys = context.arguments.subspan(n + 1, static_cast<std::size_t>(*keys));
    std::size_t next = n + 1 + pop.keys.size();
    auto const end = end_argument(context, next++);
    if (!end) {
        return std::nullopt;
    }
    pop.end = *end;
    if (next == context.count()) {
        return pop;
    }
    if (!is_option(context, next, "count") || next + 1 == context.count()) {
        context.reply.error(errors::syntax);
        return std::nullopt;
    }
    auto const count =
        integer_between(context, next + 1, 1, int64_max, "ERR count should be greater than 0");
    if (!count) {
        return std::nullopt;
    }
    if (next + 2 != context.count()) {
        context.reply.error(errors::syntax);
        return std::nullopt;
    }
    pop.count = static_cast<std::size_t>(*count);
    return pop;
}

/// False: there is no such list yet.
bool pop_many(CommandContext& context, ManyPop const& pop) {
    auto const [outcome, entry, list] = first_list(context, pop.keys);
    if (outcome != Lookup::found) {
        return outcome == Lookup::wrong_type;
    }
    std::string const key(entry->key());
    context.reply.array(2);
    context.reply.bulk(key);
    std::size_t const count = pop_elements(context, *entry, pop.end, pop.count);
    propagate(context, pop_word(pop.end), key, std::to_string(count));
    return true;
}

}  // namespace

void blpop(CommandContext& context) { pop_or_block(context, ListEnd::left); }
void brpop(CommandContext& context) { pop_or_block(context, ListEnd::right); }

void lmpop(CommandContext& context) {
    auto const pop = many_pop_arguments(context, 1);
    if (pop && !pop_many(context, *pop)) {
        context.reply.null_array();
    }
}

void blmpop(CommandContext& context) {
    auto const pop = many_pop_arguments(context, 2);
    auto const timeout_ms = pop ? timeout_argument(context, 1) : std::nullopt;
    if (timeout_ms && !pop_many(context, *pop)) {
        block_or_give_up(context, pop->keys, *timeout_ms);
    }
}

}  // namespace keyslot::sim
