#include "simulator/commands/collections.hpp"
#include "simulator/commands/numbers.hpp"
#include "simulator/commands/sorted_sets.hpp"

#include <cmath>

namespace keyslot::sim {

namespace {

struct AddOptions {
    bool if_missing = false;  // NX
    bool if_exists = false;   // XX
    bool if_greater = false;  // GT
    bool if_less = false;     // LT
    bool count_changed = false;  // CH
    bool increment = false;      // INCR
};

/// Takes options as long as there are some and returns where the first score stands.
std::size_t take_options(CommandContext const& context, AddOptions& options) {
    struct Option {
        std::string_view name;
        bool AddOptions::* flag;
    };
    static constexpr Option all[] = {
        {"nx", &AddOptions::if_missing},    {"xx", &AddOptions::if_exists},
        {"ch", &AddOptions::count_changed}, {"incr", &AddOptions::increment},
        {"gt", &AddOptions::if_greater},    {"lt", &AddOptions::if_less},
    };
    std::size_t n = 2;
    for (; n < context.count(); ++n) {
        auto const* const option = std::ranges::find_if(
            all, [&](Option const& known) { return is_option(context, n, known.name); });
        if (option == std::end(all)) {
            break;
        }
        options.*option->flag = true;
    }
    return n;
}

/// What is wrong with `words` scores and members under these options; empty: nothing.
std::string_view problem_with(AddOptions const& options, std::size_t words) {
    if (words == 0 || words % 2 != 0) {
        return errors::syntax;
    }
    if (options.if_missing && options.if_exists) {
        return "ERR XX and NX options at the same time are not compatible";
    }
    if (options.if_greater + options.if_less + options.if_missing > 1) {
        return "ERR GT, LT, and/or NX options at the same time are not compatible";
    }
    if (options.increment && words > 2) {
        return "ERR INCR option supports a single increment-element pair";
    }
    return {};
}

/// All scores from argument `first` on: none is applied if one is wrong. nullopt: answered.
std::optional<std::vector<double>> parse_scores(CommandContext& context, std::size_t first) {
    std::vector<double> scores;
    for (std::size_t n = first; n < context.count(); n += 2) {
        auto const score = parse_double(context.argument(n));
        if (!score) {
            context.reply.error(errors::not_a_float);
            return std::nullopt;
        }
        scores.push_back(*score);
    }
    return scores;
}

enum class Outcome : std::uint8_t { nothing, unchanged, updated, added, not_a_number };

/// `score` becomes the one that the member has afterwards, unless nothing was done.
Outcome add_member(SortedSetValue& zset, std::string_view member, double& score,
                   AddOptions const& options, EncodingLimits const& limits) {
    auto const present = zset.score(member);
    if (present ? options.if_missing : options.if_exists) {
        return Outcome::nothing;
    }
    if (!present) {
        zset.set(member, score, limits);
        return Outcome::added;
    }
    double const wanted = options.increment ? *present + score : score;
    if (std::isnan(wanted)) {
        return Outcome::not_a_number;
    }
    if ((options.if_less && wanted >= *present) || (options.if_greater && wanted <= *present)) {
        return Outcome::nothing;
    }
    score = wanted;
    if (wanted == *present) {
        return Outcome::unchanged;
    }
    zset.set(member, wanted, limits);
    return Outcome::updated;
}

struct Tally {
    std::int64_t added = 0;
    std::int64_t updated = 0;
    std::int64_t processed = 0;
};

/// nullopt: answered.
std::optional<Tally> add_members(CommandContext& context, std::size_t first,
                                 std::vector<double>& scores, AddOptions const& options) {
    auto zset = draft<SortedSetValue>(context, context.argument(1));
    if (!zset) {
        return std::nullopt;
    }
    Tally tally;
    for (std::size_t n = 0; n < scores.size(); ++n) {
        Outcome const outcome = add_member(zset->value(), context.argument(first + 2 * n + 1),
                                           scores[n], options, context.encoding_limits);
        if (outcome == Outcome::not_a_number) {
            context.reply.error("ERR resulting score is not a number (NaN)");
            return std::nullopt;
        }
        tally.added += outcome == Outcome::added ? 1 : 0;
        tally.updated += outcome == Outcome::updated ? 1 : 0;
        tally.processed += outcome == Outcome::nothing ? 0 : 1;
    }
    if (tally.added + tally.updated != 0) {
        keep(context, context.argument(1), *std::move(zset), NotifyClass::sorted_set,
             options.increment ? "zincr" : "zadd");
        context.dirty += tally.added + tally.updated;
    }
    return tally;
}

/// ZINCRBY is ZADD with INCR given, and takes the same options.
void add(CommandContext& context, AddOptions options) {
    std::size_t const first = take_options(context, options);
    std::string_view const problem = problem_with(options, context.count() - first);
    if (!problem.empty()) {
        context.reply.error(problem);
        return;
    }
    auto scores = parse_scores(context, first);
    auto const tally = scores ? add_members(context, first, *scores, options) : std::nullopt;
    if (!tally) {
        return;
    }
    if (!options.increment) {
        context.reply.integer(options.count_changed ? tally->added + tally->updated : tally->added);
    } else if (tally->processed != 0) {
        context.reply.number(scores->front());
    } else {
        context.reply.null();
    }
}

}  // namespace

void zadd(CommandContext& context) { add(context, {}); }

void zincrby(CommandContext& context) { add(context, {.increment = true}); }

}  // namespace keyslot::sim
