#include "simulator/commands/collections.hpp"
#include "simulator/commands/sorted_set_ranges.hpp"
#include "simulator/commands/sorted_sets.hpp"

#include <variant>

namespace keyslot::sim {

namespace {

enum class RangeKind : std::uint8_t { rank, score, lex };

/// ZRANGE, and its elder kin, whose names say what ZRANGE is told by options.
struct RangeQuery {
    std::size_t source = 1;  ///< argument: the key; the two bounds follow it
    std::optional<RangeKind> kind = {};
    std::optional<bool> reverse = {};
    bool with_scores = false;
    std::int64_t offset = 0;
    std::int64_t limit = -1;

    bool stores() const { return source == 2; }
};

/// False: answered.
bool parse_options(CommandContext& context, RangeQuery& query) {
    bool const ask_kind = !query.kind;
    bool const ask_reverse = !query.reverse;
    for (std::size_t n = query.source + 3; n < context.count(); ++n) {
        if (!query.stores() && is_option(context, n, "withscores")) {
            query.with_scores = true;
        } else if (is_option(context, n, "limit") && n + 2 < context.count()) {
            auto const offset = integer_argument(context, n + 1);
            auto const limit = offset ? integer_argument(context, n + 2) : std::nullopt;
            if (!limit) {
                return false;
            }
            query.offset = *offset;
            query.limit = *limit;
            n += 2;
        } else if (ask_reverse && is_option(context, n, "rev")) {
            query.reverse = true;
        } else if (ask_kind && !query.kind && is_option(context, n, "bylex")) {
            query.kind = RangeKind::lex;
        } else if (ask_kind && !query.kind && is_option(context, n, "byscore")) {
            query.kind = RangeKind::score;
        } else {
            context.reply.error(errors::syntax);
            return false;
        }
    }
    query.kind = query.kind.value_or(RangeKind::rank);
    query.reverse = query.reverse.value_or(false);
    return true;
}

/// False: answered.
bool check_options(CommandContext& context, RangeQuery const& query) {
    if (query.limit != -1 && query.kind == RangeKind::rank) {
        context.reply.error(
            "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or "
            "BYLEX");
        return false;
    }
    if (query.with_scores && query.kind == RangeKind::lex) {
        context.reply.error("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
        return false;
    }
    return true;
}

struct RankBounds {
    std::int64_t start = 0;
    std::int64_t stop = 0;
};
using Bounds = std::variant<RankBounds, ScoreBounds, LexBounds>;

/// nullopt: answered.
std::optional<Bounds> parse_bounds(CommandContext& context, RangeQuery const& query) {
    std::size_t const first = query.source + 1;
    if (query.kind == RangeKind::rank) {
        auto const start = integer_argument(context, first);
        auto const stop = start ? integer_argument(context, first + 1) : std::nullopt;
        return stop ? std::optional<Bounds>(RankBounds{*start, *stop}) : std::nullopt;
    }
    std::size_t const min = *query.reverse ? first + 1 : first;
    std::size_t const max = *query.reverse ? first : first + 1;
    if (query.kind == RangeKind::score) {
        return score_bounds_argument(context, min, max);
    }
    return lex_bounds_argument(context, min, max);
}

/// The ranks that the bounds allow, those from the top counted from there if the query is reversed.
IndexRange ranks_of(SortedSetValue const& zset, RangeQuery const& query, Bounds const& bounds) {
    if (auto const* const lex = std::get_if<LexBounds>(&bounds)) {
        return ranks_within(zset, *lex, *query.reverse);
    }
    if (auto const* const score = std::get_if<ScoreBounds>(&bounds)) {
        return ranks_within(zset, *score);
    }
    auto const& [start, stop] = std::get<RankBounds>(bounds);
    IndexRange const ranks = indexes_between(zset.size(), start, stop);
    return *query.reverse ? IndexRange{zset.size() - ranks.last, zset.size() - ranks.first} : ranks;
}

/// LIMIT: a negative offset skips everything, a negative limit is none.
IndexRange limited(IndexRange ranks, RangeQuery const& query) {
    if (query.kind == RangeKind::rank) {
        return ranks;  // LIMIT n -1 passes there, and does nothing
    }
    auto const size = static_cast<std::int64_t>(ranks.size());
    if (query.offset < 0 || query.offset >= size) {
        return {};
    }
    std::int64_t const left = size - query.offset;
    auto const taken =
        static_cast<std::size_t>(query.limit < 0 ? left : std::min(query.limit, left));
    auto const offset = static_cast<std::size_t>(query.offset);
    if (*query.reverse) {
        return {ranks.last - offset - taken, ranks.last - offset};
    }
    return {ranks.first + offset, ranks.first + offset + taken};
}

void answer_range(CommandContext& context, SortedSetValue const* zset, RangeQuery const& query,
                  Bounds const& bounds) {
    if (zset == nullptr) {
        context.reply.array(0);
        return;
    }
    IndexRange const ranks = limited(ranks_of(*zset, query, bounds), query);
    std::vector<ScoredMember> members = zset->slice(ranks.first, ranks.last);
    if (*query.reverse) {
        std::ranges::reverse(members);
    }
    answer_members(context, members, query.with_scores);
}

void store_range(CommandContext& context, SortedSetValue const* zset, RangeQuery const& query,
                 Bounds const& bounds) {
    SortedSetValue result;
    if (zset != nullptr) {
        IndexRange const ranks = limited(ranks_of(*zset, query, bounds), query);
        for (auto const& [member, score] : zset->slice(ranks.first, ranks.last)) {
            result.set(member, score, context.encoding_limits);
        }
    }
    store_result(context, context.argument(1), std::move(result), NotifyClass::sorted_set,
                 "zrangestore");
}

void run(CommandContext& context, RangeQuery query) {
    if (!parse_options(context, query) || !check_options(context, query)) {
        return;
    }
    auto const bounds = parse_bounds(context, query);
    if (!bounds) {
        return;
    }
    auto const found = find_source<SortedSetValue>(context, context.argument(query.source));
    if (found.outcome == Lookup::wrong_type) {
        return;
    }
    if (query.stores()) {
        store_range(context, found.value, query, *bounds);
    } else {
        answer_range(context, found.value, query, *bounds);
    }
}

}  // namespace

void zrange(CommandContext& context) { run(context, {}); }

void zrangestore(CommandContext& context) { run(context, {.source = 2}); }

void zrevrange(CommandContext& context) {
    run(context, {.kind = RangeKind::rank, .reverse = true});
}

void zrangebyscore(CommandContext& context) {
    run(context, {.kind = RangeKind::score, .reverse = false});
}

void zrevrangebyscore(CommandContext& context) {
    run(context, {.kind = RangeKind::score, .reverse = true});
}

void zrangebylex(CommandContext& context) {
    run(context, {.kind = RangeKind::lex, .reverse = false});
}

void zrevrangebylex(CommandContext& context) {
    run(context, {.kind = RangeKind::lex, .reverse = true});
}

}  // namespace keyslot::sim
