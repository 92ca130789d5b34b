#include "simulator/commands/collections.hpp"
#include "simulator/commands/sets.hpp"

#include <algorithm>
#include <limits>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

/// A missing key is an empty set, and nullptr here.
using Sets = std::vector<SetValue const*>;

/// The sets of `count` keys from argument `first` on; nullopt: one of them is no set, answered.
std::optional<Sets> find_sets(CommandContext& context, std::size_t first, std::size_t count) {
    Sets sets;
    for (std::size_t n = first; n < first + count; ++n) {
        auto const found = find_source<SetValue>(context, context.argument(n));
        if (found.outcome == Lookup::wrong_type) {
            return std::nullopt;
        }
        sets.push_back(found.value);
    }
    return sets;
}

/// visit(member) until it returns false.
template <class Visit>
void intersect(Sets sets, Visit&& visit) {
    if (std::ranges::find(sets, nullptr) != sets.end()) {
        return;
    }
    std::iter_swap(sets.begin(), std::ranges::min_element(sets, {}, &SetValue::size));
    bool wanted = true;
    sets.front()->for_each([&](std::string_view member) {
        wanted = wanted && (!std::all_of(sets.begin() + 1, sets.end(), [&](auto const* set) {
                     return set->contains(member);
                 }) || visit(member));
    });
}

using Algebra = SetValue (*)(Sets const&, EncodingLimits const&);

SetValue intersection(Sets const& sets, EncodingLimits const& limits) {
    SetValue result;
    intersect(sets, [&](std::string_view member) {
        result.add(member, limits);
        return true;
    });
    return result;
}

SetValue sum(Sets const& sets, EncodingLimits const& limits) {
    SetValue result;
    for (SetValue const* const set : sets) {
        if (set != nullptr) {
            set->for_each([&](std::string_view member) { result.add(member, limits); });
        }
    }
    return result;
}

SetValue difference(Sets const& sets, EncodingLimits const& limits) {
    SetValue result;
    if (sets.front() == nullptr) {
        return result;
    }
    sets.front()->for_each([&](std::string_view member) {
        if (std::none_of(sets.begin() + 1, sets.end(), [&](auto const* set) {
                return set != nullptr && set->contains(member);
            })) {
            result.add(member, limits);
        }
    });
    return result;
}

void answer_members(CommandContext& context, Algebra algebra) {
    auto const sets = find_sets(context, 1, context.count() - 1);
    if (!sets) {
        return;
    }
    SetValue const result = algebra(*sets, context.encoding_limits);
    context.reply.set(result.size());
    result.for_each([&](std::string_view member) { context.reply.bulk(member); });
}

void store_members(CommandContext& context, Algebra algebra) {
    if (auto const sets = find_sets(context, 2, context.count() - 2)) {
        // The event has the name of the command.
        store_result(context, context.argument(1), algebra(*sets, context.encoding_limits),
                     NotifyClass::set, context.info.name);
    }
}

/// LIMIT of SINTERCARD; 0: none given. nullopt: answered.
std::optional<std::int64_t> limit_option(CommandContext& context, std::size_t first) {
    std::int64_t limit = 0;
    for (std::size_t n = first; n < context.count(); n += 2) {
        if (!is_option(context, n, "limit") || n + 1 == context.count()) {
            context.reply.error(errors::syntax);
            return std::nullopt;
        }
        auto const number =
            integer_between(context, n + 1, 0, int64_max, "ERR LIMIT can't be negative");
        if (!number) {
            return std::nullopt;
        }
        limit = *number;
    }
    return limit;
}

}  // namespace

void sdiff(CommandContext& context) { answer_members(context, difference); }

void sdiffstore(CommandContext& context) { store_members(context, difference); }

void sinter(CommandContext& context) { answer_members(context, intersection); }

void sinterstore(CommandContext& context) { store_members(context, intersection); }

void sunion(CommandContext& context) { answer_members(context, sum); }

void sunionstore(CommandContext& context) { store_members(context, sum); }

void sintercard(CommandContext& context) {
    auto const keys =
        integer_between(context, 1, 1, int64_max, "ERR numkeys should be greater than 0");
    if (!keys) {
        return;
    }
    if (*keys > static_cast<std::int64_t>(context.count()) - 2) {
        context.reply.error("ERR Number of keys can't be greater than number of args");
        return;
    }
    auto const key_count = static_cast<std::size_t>(*keys);
    auto const limit = limit_option(context, 2 + key_count);
    auto const sets = limit ? find_sets(context, 2, key_count) : std::nullopt;
    if (!sets) {
        return;
    }
    std::int64_t common = 0;
    intersect(*sets, [&](std::string_view) { return ++common != *limit; });
    context.reply.integer(common);
}

}  // namespace keyslot::sim
