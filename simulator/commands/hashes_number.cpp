#include "simulator/commands/collections.hpp"
#include "simulator/commands/hashes.hpp"
#include "simulator/commands/numbers.hpp"

#include <cmath>

namespace keyslot::sim {

namespace {

/// The number that stands in the field, as this function reads it; 0 if there is no such field.
template <class Number>
std::optional<Number> present_number(HashValue const& hash, std::string_view field,
                                     std::optional<Number> (*parse)(std::string_view)) {
    std::string const* const value = hash.find(field);
    return value != nullptr ? parse(*value) : Number{};
}

}  // namespace

void hincrby(CommandContext& context) {
    std::string_view const field = context.argument(2);
    auto const increment = integer_argument(context, 3);
    auto hash = increment ? draft<HashValue>(context, context.argument(1)) : std::nullopt;
    if (!hash) {
        return;
    }
    auto const before = present_number<std::int64_t>(hash->value(), field, parse_integer);
    std::int64_t after = 0;
    if (!before) {
        context.reply.error("ERR hash value is not an integer");
    } else if (__builtin_add_overflow(*before, *increment, &after)) {
        context.reply.error("ERR increment or decrement would overflow");
    } else {
        hash->value().set(field, std::to_string(after), context.encoding_limits);
        keep(context, context.argument(1), *std::move(hash), NotifyClass::hash, "hincrby");
        ++context.dirty;
        context.reply.integer(after);
    }
}

void hincrbyfloat(CommandContext& context) {
    std::string_view const key = context.argument(1);
    std::string_view const field = context.argument(2);
    auto const increment = parse_long_double(context.argument(3));
    if (!increment) {
        context.reply.error(errors::not_a_float);
        return;
    }
    if (std::isinf(*increment)) {
        context.reply.error("ERR value is NaN or Infinity");
        return;
    }
    auto hash = draft<HashValue>(context, key);
    if (!hash) {
        return;
    }
    auto const before = present_number<long double>(hash->value(), field, parse_long_double);
    if (!before) {
        context.reply.error("ERR hash value is not a float");
        return;
    }
    long double const after = *before + *increment;
    if (!std::isfinite(after)) {
        context.reply.error("ERR increment would produce NaN or Infinity");
        return;
    }
    std::string const text = format_long_double(after);
    hash->value().set(field, text, context.encoding_limits);
    keep(context, key, *std::move(hash), NotifyClass::hash, "hincrbyfloat");
    // Replicas must not reckon with floats of their own.
    propagate(context, "HSET", key, field, text);
    ++context.dirty;
    context.reply.bulk(text);
}

}  // namespace keyslot::sim
