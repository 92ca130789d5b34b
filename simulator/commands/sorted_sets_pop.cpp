#include "simulator/commands/collections.hpp"
#include "simulator/commands/pop.hpp"
#include "simulator/commands/sorted_sets.hpp"

#include <limits>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

enum class End : std::uint8_t { min, max };

std::string_view command_name(End end) { return end == End::min ? "ZPOPMIN" : "ZPOPMAX"; }

/// The members to be popped, the first to go first.
std::vector<ScoredMember> at_end(SortedSetValue const& zset, End end, std::size_t count) {
    if (end == End::min) {
        return zset.slice(0, count);
    }
    std::vector<ScoredMember> members = zset.slice(zset.size() - count, zset.size());
    std::ranges::reverse(members);
    return members;
}

/// Once they have been answered.
void remove(CommandContext& context, Entry& entry, std::span<ScoredMember const> members, End end) {
    auto& zset = std::get<SortedSetValue>(entry.value);
    for (ScoredMember const& one : members) {
        zset.erase(one.member);
    }
    keep_rest<SortedSetValue>(context, entry, NotifyClass::sorted_set,
                              end == End::min ? "zpopmin" : "zpopmax");
    context.dirty += static_cast<std::int64_t>(members.size());
}

/// ZPOPMIN, ZPOPMAX: without a count the pair is flat in RESP3 too.
void pop(CommandContext& context, End end) {
    if (context.count() > 3) {
        context.reply.error(errors::syntax);
        return;
    }
    bool const has_count = context.count() == 3;
    auto const count =
        has_count ? integer_between(context, 2, 0, int64_max, errors::not_positive) : 1;
    if (!count) {
        return;
    }
    auto const [outcome, entry, zset] = find_value<SortedSetValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (zset == nullptr || *count == 0) {
        context.reply.array(0);
        return;
    }
    auto const popped =
        at_end(*zset, end, std::min(static_cast<std::size_t>(*count), zset->size()));
    if (has_count) {
        answer_members(context, popped, true);
    } else {
        context.reply.array(2);
        context.reply.bulk(popped.front().member);
        context.reply.number(popped.front().score);
    }
    remove(context, *entry, popped, end);
}

/// BZPOPMIN, BZPOPMAX: flat, whatever the protocol.
void pop_or_block(CommandContext& context, End end) {
    auto const timeout_ms = timeout_argument(context, context.count() - 1);
    if (!timeout_ms) {
        return;
    }
    auto const keys = context.arguments.subspan(1, context.count() - 2);
    auto const [outcome, entry, zset] = find_first<SortedSetValue>(context, keys);
    if (outcome == Lookup::missing) {
        return block_or_give_up(context, keys, *timeout_ms, ValueType::sorted_set);
    }
    if (outcome == Lookup::wrong_type) {
        return;
    }
    auto const popped = at_end(*zset, end, 1);
    context.reply.array(3);
    context.reply.bulk(entry->key());
    context.reply.bulk(popped.front().member);
    context.reply.number(popped.front().score);
    propagate(context, command_name(end), entry->key());
    remove(context, *entry, popped, end);
}

/// Argument n as MIN or MAX; otherwise answers a syntax error.
std::optional<End> end_argument(CommandContext& context, std::size_t n) {
    if (is_option(context, n, "min")) {
        return End::min;
    }
    if (is_option(context, n, "max")) {
        return End::max;
    }
    context.reply.error(errors::syntax);
    return std::nullopt;
}

/// Answers with the key, and its members in pairs whatever the protocol. False: there is no such sorted
/// set yet.
bool pop_many(CommandContext& context, ManyPop<End> const& pop) {
    auto const [outcome, entry, zset] = find_first<SortedSetValue>(context, pop.keys);
    if (outcome != Lookup::found) {
        return outcome == Lookup::wrong_type;
    }
    auto const popped = at_end(*zset, pop.end, std::min(pop.count, zset->size()));
    context.reply.array(2);
    context.reply.bulk(entry->key());
    context.reply.array(popped.size());
    for (auto const& [member, score] : popped) {
        context.reply.array(2);
        context.reply.bulk(member);
        context.reply.number(score);
    }
    propagate(context, command_name(pop.end), entry->key(), std::to_string(popped.size()));
    remove(context, *entry, popped, pop.end);
    return true;
}

}  // namespace

void zpopmin(CommandContext& context) { pop(context, End::min); }

void zpopmax(CommandContext& context) { pop(context, End::max); }

void bzpopmin(CommandContext& context) { pop_or_block(context, End::min); }

void bzpopmax(CommandContext& context) { pop_or_block(context, End::max); }

void zmpop(CommandContext& context) {
    auto const pop = many_pop_arguments(context, 1, end_argument);
    if (pop && !pop_many(context, *pop)) {
        context.reply.null_array();
    }
}

void bzmpop(CommandContext& context) {
    auto const pop = many_pop_arguments(context, 2, end_argument);
    auto const timeout_ms = pop ? timeout_argument(context, 1) : std::nullopt;
    if (timeout_ms && !pop_many(context, *pop)) {
        block_or_give_up(context, pop->keys, *timeout_ms, ValueType::sorted_set);
    }
}

}  // namespace keyslot::sim
