#include "simulator/commands/sorted_sets.hpp"

#include "simulator/commands/collections.hpp"
#include "simulator/commands/numbers.hpp"
#include "simulator/commands/scan_options.hpp"
#include "simulator/kernel/random.hpp"

#include <array>
#include <cmath>

namespace keyslot::sim {

namespace {

void zcard(CommandContext& context) {
    auto const [outcome, entry, zset] = find_value<SortedSetValue>(context, context.argument(1));
    if (outcome != Lookup::wrong_type) {
        context.reply.integer(zset != nullptr ? static_cast<std::int64_t>(zset->size()) : 0);
    }
}

void answer_score(CommandContext& context, SortedSetValue const* zset, std::string_view member) {
    auto const score = zset != nullptr ? zset->score(member) : std::nullopt;
    if (score) {
        context.reply.number(*score);
    } else {
        context.reply.null();
    }
}

void zscore(CommandContext& context) {
    auto const [outcome, entry, zset] = find_value<SortedSetValue>(context, context.argument(1));
    if (outcome != Lookup::wrong_type) {
        answer_score(context, zset, context.argument(2));
    }
}

void zmscore(CommandContext& context) {
    auto const [outcome, entry, zset] = find_value<SortedSetValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    context.reply.array(context.count() - 2);
    for (std::size_t n = 2; n < context.count(); ++n) {
        answer_score(context, zset, context.argument(n));
    }
}

void answer_rank(CommandContext& context, bool from_top) {
    auto const [outcome, entry, zset] = find_value<SortedSetValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    auto const rank = zset != nullptr ? zset->rank(context.argument(2)) : std::nullopt;
    if (rank) {
        context.reply.integer(
            static_cast<std::int64_t>(from_top ? zset->size() - 1 - *rank : *rank));
    } else {
        context.reply.null();
    }
}

void zrank(CommandContext& context) { answer_rank(context, false); }

void zrevrank(CommandContext& context) { answer_rank(context, true); }

void zrem(CommandContext& context) {
    auto const [outcome, entry, zset] = find_value<SortedSetValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    std::int64_t removed = 0;
    for (std::size_t n = 2; n < context.count() && zset != nullptr; ++n) {
        removed += zset->erase(context.argument(n)) ? 1 : 0;
    }
    if (removed != 0) {
        keep_rest<SortedSetValue>(context, *entry, NotifyClass::sorted_set, "zrem");
        context.dirty += removed;
    }
    context.reply.integer(removed);
}

std::vector<ScoredMember> draw_members(CommandContext& context, SortedSetValue const& zset,
                                       RandomCount const& wanted) {
    if (!wanted.repeats && wanted.count >= zset.size()) {
        std::vector<ScoredMember> all = zset.members();
        std::ranges::reverse(all);  // the one case in which Redis's order is not left to chance
        return all;
    }
    std::vector<ScoredMember> drawn;
    if (wanted.repeats) {
        for (std::size_t n = 0; n < wanted.count; ++n) {
            drawn.push_back(zset.at(context.random.below(zset.size())));
        }
    } else {
        zset.scores().sample(
            context.random, wanted.count,
            [&](std::string_view member, double score) { drawn.push_back({member, score}); });
    }
    return drawn;
}

void zrandmember(CommandContext& context) {
    auto const one = [&](SortedSetValue const& zset) {
        context.reply.bulk(zset.at(context.random.below(zset.size())).member);
    };
    auto const many = [&](SortedSetValue const& zset, RandomCount const& wanted) {
        answer_members(context, draw_members(context, zset, wanted), wanted.with_values);
    };
    answer_random<SortedSetValue>(context, "withscores", one, many);
}

/// A listpack keeps whole numbers as integers, and ZSCAN shows them as they are kept.
std::string packed_score(double score) {
    constexpr double whole_max = 4611686018427387904.0;  // 2^62
    bool const whole = score >= -whole_max && score <= whole_max && std::trunc(score) == score;
    return whole ? std::to_string(static_cast<std::int64_t>(score)) : format_double(score);
}

void zscan(CommandContext& context) {
    scan_elements<SortedSetValue>(
        context, [](SortedSetValue const& zset, std::uint64_t cursor, ScanOptions const& options,
                    std::vector<std::string>& words) {
            auto const take = [&](std::string_view member, double score) {
                if (options.matches(member)) {
                    words.emplace_back(member);
                    words.push_back(zset.is_compact() ? packed_score(score) : format_double(score));
                }
            };
            if (!zset.is_compact()) {
                return zset.scores().scan(cursor, options.count, take);
            }
            for (auto const& [member, score] : zset.members()) {
                take(member, score);  // whole, whatever the cursor and the count
            }
            return std::uint64_t{0};
        });
}

constexpr std::array commands{
    CommandEntry{"bzmpop", bzmpop},
    CommandEntry{"bzpopmax", bzpopmax},
    CommandEntry{"bzpopmin", bzpopmin},
    CommandEntry{"zadd", zadd},
    CommandEntry{"zcard", zcard},
    CommandEntry{"zcount", zcount},
    CommandEntry{"zdiff", zdiff},
    CommandEntry{"zdiffstore", zdiffstore},
    CommandEntry{"zincrby", zincrby},
    CommandEntry{"zinter", zinter},
    CommandEntry{"zintercard", zintercard},
    CommandEntry{"zinterstore", zinterstore},
    CommandEntry{"zlexcount", zlexcount},
    CommandEntry{"zmpop", zmpop},
    CommandEntry{"zmscore", zmscore},
    CommandEntry{"zpopmax", zpopmax},
    CommandEntry{"zpopmin", zpopmin},
    CommandEntry{"zrandmember", zrandmember},
    CommandEntry{"zrange", zrange},
    CommandEntry{"zrangebylex", zrangebylex},
    CommandEntry{"zrangebyscore", zrangebyscore},
    CommandEntry{"zrangestore", zrangestore},
    CommandEntry{"zrank", zrank},
    CommandEntry{"zrem", zrem},
    CommandEntry{"zremrangebylex", zremrangebylex},
    CommandEntry{"zremrangebyrank", zremrangebyrank},
    CommandEntry{"zremrangebyscore", zremrangebyscore},
    CommandEntry{"zrevrange", zrevrange},
    CommandEntry{"zrevrangebylex", zrevrangebylex},
    CommandEntry{"zrevrangebyscore", zrevrangebyscore},
    CommandEntry{"zrevrank", zrevrank},
    CommandEntry{"zscan", zscan},
    CommandEntry{"zscore", zscore},
    CommandEntry{"zunion", zunion},
    CommandEntry{"zunionstore", zunionstore},
};

}  // namespace

void answer_members(CommandContext& context, std::span<ScoredMember const> members,
                    bool with_scores) {
    bool const nested = with_scores && context.reply.protocol() > 2;
    context.reply.array(with_scores && !nested ? 2 * members.size() : members.size());
    for (auto const& [member, score] : members) {
        if (nested) {
            context.reply.array(2);
        }
        context.reply.bulk(member);
        if (with_scores) {
            context.reply.number(score);
        }
    }
}

std::span<CommandEntry const> sorted_set_commands() { return commands; }

}  // namespace keyslot::sim
