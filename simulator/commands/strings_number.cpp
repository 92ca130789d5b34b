#include "simulator/commands/arguments.hpp"
#include "simulator/commands/numbers.hpp"
#include "simulator/commands/strings.hpp"

#include <cmath>
#include <limits>

namespace keyslot::sim {

namespace {

void replace_value(CommandContext& context, Entry* entry, Value value) {
    if (entry == nullptr) {
        context.keyspace.add(context.argument(1), std::move(value), context.unix_time_ms);
    } else {
        context.keyspace.overwrite(*entry, std::move(value), context.unix_time_ms, true);
    }
    ++context.dirty;
}

void add_to(CommandContext& context, std::int64_t increment) {
    auto const [outcome, entry, value] = find_string(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    auto const before = value != nullptr ? parse_integer(value->view()) : 0;
    if (!before) {
        context.reply.error(errors::not_an_integer);
        return;
    }
    std::int64_t after = 0;
    if (__builtin_add_overflow(*before, increment, &after)) {
        context.reply.error("ERR increment or decrement would overflow");
        return;
    }
    replace_value(context, entry, StringValue::number(after));
    context.notify(NotifyClass::string, "incrby", context.argument(1));
    context.reply.integer(after);
}

}  // namespace

void incr(CommandContext& context) { add_to(context, 1); }

void decr(CommandContext& context) { add_to(context, -1); }

void incrby(CommandContext& context) {
    if (auto const increment = integer_argument(context, 2)) {
        add_to(context, *increment);
    }
}

void decrby(CommandContext& context) {
    auto const decrement = integer_argument(context, 2);
    if (!decrement) {
        return;
    }
    if (*decrement == std::numeric_limits<std::int64_t>::min()) {
        context.reply.error("ERR decrement would overflow");
        return;
    }
    add_to(context, -*decrement);
}

void incrbyfloat(CommandContext& context) {
    std::string_view const key = context.argument(1);
    auto const [outcome, entry, value] = find_string(context, key);
    if (outcome == Lookup::wrong_type) {
        return;
    }
    auto const before =
        value != nullptr ? parse_long_double(value->view()) : std::optional<long double>(0);
    auto const increment = before ? parse_long_double(context.argument(2)) : std::nullopt;
    if (!increment) {
        context.reply.error(errors::not_a_float);
        return;
    }
    long double const after = *before + *increment;
    if (!std::isfinite(after)) {
        context.reply.error("ERR increment would produce NaN or Infinity");
        return;
    }
    std::string const text = format_long_double(after);
    replace_value(context, entry, StringValue::text(text));
    context.notify(NotifyClass::string, "incrbyfloat", key);
    // Replicas must not reckon with floats of their own.
    propagate(context, "SET", key, text, "KEEPTTL");
    context.reply.bulk(text);
}

}  // namespace keyslot::sim
