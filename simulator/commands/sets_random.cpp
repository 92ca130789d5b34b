#include "simulator/commands/collections.hpp"
#include "simulator/commands/sets.hpp"
#include "simulator/kernel/random.hpp"

#include <limits>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

void pop_one(CommandContext& context) {
    std::string_view const key = context.argument(1);
    auto const [outcome, entry, set] = find_value<SetValue>(context, key);
    if (outcome != Lookup::found) {
        if (outcome == Lookup::missing) {
            context.reply.null();
        }
        return;
    }
    std::string const member = set->draw(context.random);
    set->erase(member);
    keep_rest<SetValue>(context, *entry, NotifyClass::set, "spop");
    propagate(context, "SREM", key, member);
    ++context.dirty;
    context.reply.bulk(member);
}

void pop_many(CommandContext& context, std::size_t count) {
    std::string_view const key = context.argument(1);
    auto const [outcome, entry, set] = find_value<SetValue>(context, key);
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (set == nullptr || count == 0) {
        context.reply.set(0);
        return;
    }
    bool const whole = count >= set->size();
    std::vector<std::string> const drawn =
        whole ? set->members() : set->sample(context.random, count);
    context.reply.set(drawn.size());
    for (std::string const& member : drawn) {
        context.reply.bulk(member);
        set->erase(member);
        if (!whole) {
            propagate(context, "SREM", key, member);
        }
    }
    if (whole) {
        propagate(context, "DEL", key);
    }
    keep_rest<SetValue>(context, *entry, NotifyClass::set, "spop");
    context.dirty += static_cast<std::int64_t>(drawn.size());
}

}  // namespace

void spop(CommandContext& context) {
    if (context.count() > 3) {
        context.reply.error(errors::syntax);
    } else if (context.count() == 2) {
        pop_one(context);
    } else if (auto const count = integer_between(context, 2, 0, int64_max, errors::not_positive)) {
        pop_many(context, static_cast<std::size_t>(*count));
    }
}

void srandmember(CommandContext& context) {
    if (context.count() > 3) {
        context.reply.error(errors::syntax);
        return;
    }
    auto const one = [&](SetValue const& set) { context.reply.bulk(set.draw(context.random)); };
    auto const many = [&](SetValue const& set, RandomCount const& wanted) {
        if (wanted.repeats) {
            context.reply.array(wanted.count);
            for (std::size_t n = 0; n < wanted.count; ++n) {
                one(set);
            }
            return;
        }
        std::vector<std::string> const drawn = set.sample(context.random, wanted.count);
        context.reply.array(drawn.size());
        for (std::string const& member : drawn) {
            context.reply.bulk(member);
        }
    };
    answer_random<SetValue>(context, {}, one, many);
}

}  // namespace keyslot::sim
