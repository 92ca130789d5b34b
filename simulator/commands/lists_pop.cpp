#include "simulator/commands/lists.hpp"
#include "simulator/commands/pop.hpp"

namespace keyslot::sim {

namespace {

std::string_view pop_word(ListEnd end) { return end == ListEnd::left ? "LPOP" : "RPOP"; }

/// BLPOP and BRPOP.
void pop_or_block(CommandContext& context, ListEnd end) {
    auto const timeout_ms = timeout_argument(context, context.count() - 1);
    if (!timeout_ms) {
        return;
    }
    auto const keys = context.arguments.subspan(1, context.count() - 2);
    auto const [outcome, entry, list] = find_first<ListValue>(context, keys);
    if (outcome == Lookup::missing) {
        return block_or_give_up(context, keys, *timeout_ms, ValueType::list);
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

/// False: there is no such list yet.
bool pop_many(CommandContext& context, ManyPop<ListEnd> const& pop) {
    auto const [outcome, entry, list] = find_first<ListValue>(context, pop.keys);
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
    auto const pop = many_pop_arguments(context, 1, end_argument);
    if (pop && !pop_many(context, *pop)) {
        context.reply.null_array();
    }
}

void blmpop(CommandContext& context) {
    auto const pop = many_pop_arguments(context, 2, end_argument);
    auto const timeout_ms = pop ? timeout_argument(context, 1) : std::nullopt;
    if (timeout_ms && !pop_many(context, *pop)) {
        block_or_give_up(context, pop->keys, *timeout_ms, ValueType::list);
    }
}

}  // namespace keyslot::sim
