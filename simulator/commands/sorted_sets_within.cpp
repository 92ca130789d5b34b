#include "simulator/commands/collections.hpp"
#include "simulator/commands/sorted_set_ranges.hpp"
#include "simulator/commands/sorted_sets.hpp"

namespace keyslot::sim {

namespace {

/// How many members lie within bounds, or none if there is no such key.
template <class Bounds>
void count_within(CommandContext& context, std::optional<Bounds> const& bounds) {
    if (!bounds) {
        return;
    }
    auto const [outcome, entry, zset] = find_value<SortedSetValue>(context, context.argument(1));
    if (outcome != Lookup::wrong_type) {
        std::size_t const count = zset != nullptr ? ranks_within(*zset, *bounds).size() : 0;
        context.reply.integer(static_cast<std::int64_t>(count));
    }
}

/// `ranks_of` tells which ranks of the sorted set are to go.
template <class RanksOf>
void remove_within(CommandContext& context, std::string_view event, RanksOf&& ranks_of) {
    auto const [outcome, entry, zset] = find_value<SortedSetValue>(context, context.argument(1));
    if (outcome != Lookup::found) {
        if (outcome == Lookup::missing) {
            context.reply.integer(0);
        }
        return;
    }
    IndexRange const ranks = ranks_of(*zset);
    for (ScoredMember const& one : zset->slice(ranks.first, ranks.last)) {
        zset->erase(one.member);
    }
    if (!ranks.empty()) {
        keep_rest<SortedSetValue>(context, *entry, NotifyClass::sorted_set, event);
        context.dirty += static_cast<std::int64_t>(ranks.size());
    }
    context.reply.integer(static_cast<std::int64_t>(ranks.size()));
}

}  // namespace

void zcount(CommandContext& context) {
    count_within(context, score_bounds_argument(context, 2, 3));
}

void zlexcount(CommandContext& context) {
    count_within(context, lex_bounds_argument(context, 2, 3));
}

void zremrangebyrank(CommandContext& context) {
    auto const start = integer_argument(context, 2);
    auto const stop = start ? integer_argument(context, 3) : std::nullopt;
    if (stop) {
        remove_within(context, "zremrangebyrank", [&](SortedSetValue const& zset) {
            return indexes_between(zset.size(), *start, *stop);
        });
    }
}

void zremrangebyscore(CommandContext& context) {
    if (auto const bounds = score_bounds_argument(context, 2, 3)) {
        remove_within(context, "zremrangebyscore",
                      [&](SortedSetValue const& zset) { return ranks_within(zset, *bounds); });
    }
}

void zremrangebylex(CommandContext& context) {
    if (auto const bounds = lex_bounds_argument(context, 2, 3)) {
        remove_within(context, "zremrangebylex",
                      [&](SortedSetValue const& zset) { return ranks_within(zset, *bounds); });
    }
}

}  // namespace keyslot::sim
