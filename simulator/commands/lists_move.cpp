#include "simulator/commands/arguments.hpp"
#include "simulator/commands/lists.hpp"

namespace keyslot::sim {

namespace {

struct Move {
    ListEnd from;
    ListEnd to;
};

constexpr Move as_rpoplpush{ListEnd::right, ListEnd::left};

std::optional<Move> move_arguments(CommandContext& context) {
    auto const from = end_argument(context, 3);
    auto const to = from ? end_argument(context, 4) : std::nullopt;
    return to ? std::optional(Move{*from, *to}) : std::nullopt;
}

/// From the list at argument 1 to that at argument 2; they may be the same. False: answered, but
/// nothing was moved.
bool move_element(CommandContext& context, Entry& source, Move move) {
    std::string_view const to = context.argument(2);
    auto const [outcome, target, list] = find_value<ListValue>(context, to);
    if (outcome == Lookup::wrong_type) {
        return false;
    }
    std::string const element = pop_element(std::get<ListValue>(source.value), move.from);
    push_element(context, target, to, move.to, element);
    context.notify(NotifyClass::list, push_event(move.to), to);
    removed(context, source, 1, pop_event(move.from));
    context.reply.bulk(element);
    return true;
}

void move_now(CommandContext& context, Move move) {
    auto const [outcome, source, list] = find_value<ListValue>(context, context.argument(1));
    if (outcome == Lookup::missing) {
        context.reply.null();
    } else if (outcome == Lookup::found) {
        move_element(context, *source, move);
    }
}

/// Redis rewrites a command that has been blocked from what it has understood of it, and one that has
/// not from its words.
std::string_view end_word(CommandContext const& context, std::size_t n, ListEnd end) {
    if (!context.ready_key) {
        return context.argument(n);
    }
    return end == ListEnd::left ? "left" : "right";
}

/// False: the client waits, or it was answered, and nothing was moved.
bool move_or_block(CommandContext& context, Move move, std::int64_t timeout_ms) {
    std::string_view const from = context.argument(1);
    auto const [outcome, source, list] = find_value<ListValue>(context, from);
    if (outcome == Lookup::found) {
        return move_element(context, *source, move);
    }
    if (outcome == Lookup::missing && context.may_block) {
        context.block = BlockRequest{{from}, timeout_ms, ValueType::list};
    } else if (outcome == Lookup::missing) {
        context.reply.null();  // unlike the others, and unlike when its time is up
    }
    return false;
}

}  // namespace

void lmove(CommandContext& context) {
    if (auto const move = move_arguments(context)) {
        move_now(context, *move);
    }
}

void rpoplpush(CommandContext& context) { move_now(context, as_rpoplpush); }

void blmove(CommandContext& context) {
    auto const move = move_arguments(context);
    auto const timeout_ms = move ? timeout_argument(context, 5) : std::nullopt;
    if (timeout_ms && move_or_block(context, *move, *timeout_ms)) {
        propagate(context, "LMOVE", context.argument(1), context.argument(2),
                  end_word(context, 3, move->from), end_word(context, 4, move->to));
    }
}

void brpoplpush(CommandContext& context) {
    auto const timeout_ms = timeout_argument(context, 3);
    if (timeout_ms && move_or_block(context, as_rpoplpush, *timeout_ms)) {
        propagate(context, "RPOPLPUSH", context.argument(1), context.argument(2));
    }
}

}  // namespace keyslot::sim
