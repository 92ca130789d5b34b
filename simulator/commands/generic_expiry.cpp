#include "simulator/commands/arguments.hpp"
#include "simulator/commands/generic.hpp"

#include <limits>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t int64_min = std::numeric_limits<std::int64_t>::min();

struct Conditions {
    bool if_none = false;     // NX
    bool if_any = false;      // XX
    bool if_later = false;    // GT
    bool if_earlier = false;  // LT

    /// No expiry counts as an infinitely late one.
    bool allow(std::optional<std::int64_t> current_ms, std::int64_t wanted_ms) const {
        return !(if_none && current_ms) && !(if_any && !current_ms) &&
               !(if_later && (!current_ms || wanted_ms <= *current_ms)) &&
               !(if_earlier && current_ms && wanted_ms >= *current_ms);
    }
};

/// False: answered.
bool parse_conditions(CommandContext& context, Conditions& conditions) {
    for (std::size_t n = 3; n < context.count(); ++n) {
        if (is_option(context, n, "nx")) {
            conditions.if_none = true;
        } else if (is_option(context, n, "xx")) {
            conditions.if_any = true;
        } else if (is_option(context, n, "gt")) {
            conditions.if_later = true;
        } else if (is_option(context, n, "lt")) {
            conditions.if_earlier = true;
        } else {
            std::string line = "ERR Unsupported option ";
            line += option_word(context, n);
            context.reply.error(line);
            return false;
        }
    }
    bool const others = conditions.if_any || conditions.if_later || conditions.if_earlier;
    if (conditions.if_none && others) {
        context.reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
        return false;
    }
    if (conditions.if_later && conditions.if_earlier) {
        context.reply.error("ERR GT and LT options at the same time are not compatible");
        return false;
    }
    return true;
}

/// Unlike SET's, a time in the past is welcome here; only overflow is an error.
std::optional<std::int64_t> wanted_time(CommandContext& context, TimeUnit unit, bool relative) {
    auto const number = integer_argument(context, 2);
    if (!number) {
        return std::nullopt;
    }
    std::int64_t const factor = unit == TimeUnit::seconds ? 1000 : 1;
    std::int64_t const base_ms = relative ? context.unix_time_ms : 0;
    if (*number > int64_max / factor || *number < int64_min / factor ||
        *number * factor > int64_max - base_ms) {
        answer_invalid_expiry(context);
        return std::nullopt;
    }
    return *number * factor + base_ms;
}

/// PEXPIREAT goes out as it came.
void propagate_expiry(CommandContext& context, std::int64_t at_ms) {
    std::vector<std::string> words{"PEXPIREAT", std::string(context.argument(1)),
                                   std::to_string(at_ms)};
    for (std::size_t n = 3; n < context.count(); ++n) {
        words.emplace_back(context.argument(n));
    }
    context.propagate_instead.push_back(std::move(words));
}

void expire_at(CommandContext& context, TimeUnit unit, bool relative) {
    Conditions conditions;
    if (!parse_conditions(context, conditions)) {
        return;
    }
    auto const at_ms = wanted_time(context, unit, relative);
    if (!at_ms) {
        return;
    }
    std::string_view const key = context.argument(1);
    Entry* const entry = context.keyspace.find(key, context.expiry());
    if (entry == nullptr || !conditions.allow(entry->expires_at_ms(), *at_ms)) {
        context.reply.integer(0);
        return;
    }
    if (already_expired(context, *at_ms)) {
        context.keyspace.erase(*entry);
        context.notify(NotifyClass::generic, "del", key);
        context.reply.integer(1);
        propagate(context, "DEL", key);
    } else {
        context.keyspace.set_expiry(*entry, *at_ms);
        context.reply.integer(1);  // ahead of what is told, for once
        context.notify(NotifyClass::generic, "expire", key);
        if (relative || unit != TimeUnit::milliseconds) {
            propagate_expiry(context, *at_ms);
        }
    }
    ++context.dirty;
}

constexpr std::int64_t no_key = -2;
constexpr std::int64_t no_expiry = -1;

void answer_expiry(CommandContext& context, TimeUnit unit, bool relative) {
    Entry const* const entry = context.keyspace.peek(context.argument(1), context.expiry());
    auto const at_ms = entry != nullptr ? entry->expires_at_ms() : std::nullopt;
    if (!at_ms) {
        context.reply.integer(entry != nullptr ? no_expiry : no_key);
        return;
    }
    std::int64_t const base_ms = relative ? context.unix_time_ms : 0;
    std::int64_t const left_ms = *at_ms > base_ms ? *at_ms - base_ms : 0;
    // Rounded to the nearest second, and so that nothing overflows.
    std::int64_t const seconds = left_ms / 1000 + (left_ms % 1000 >= 500 ? 1 : 0);
    context.reply.integer(unit == TimeUnit::seconds ? seconds : left_ms);
}

}  // namespace

void expire(CommandContext& context) { expire_at(context, TimeUnit::seconds, true); }

void expireat(CommandContext& context) { expire_at(context, TimeUnit::seconds, false); }

void pexpire(CommandContext& context) { expire_at(context, TimeUnit::milliseconds, true); }

void pexpireat(CommandContext& context) { expire_at(context, TimeUnit::milliseconds, false); }

void ttl(CommandContext& context) { answer_expiry(context, TimeUnit::seconds, true); }

void pttl(CommandContext& context) { answer_expiry(context, TimeUnit::milliseconds, true); }

void expiretime(CommandContext& context) { answer_expiry(context, TimeUnit::seconds, false); }

void pexpiretime(CommandContext& context) { answer_expiry(context, TimeUnit::milliseconds, false); }

void persist(CommandContext& context) {
    Entry* const entry = context.keyspace.find(context.argument(1), context.expiry());
    bool const cleared = entry != nullptr && context.keyspace.clear_expiry(*entry);
    if (cleared) {
        context.notify(NotifyClass::generic, "persist", context.argument(1));
        ++context.dirty;
    }
    context.reply.integer(cleared ? 1 : 0);
}

}  // namespace keyslot::sim
