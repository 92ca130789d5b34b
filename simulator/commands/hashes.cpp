#include "simulator/commands/hashes.hpp"

#include "simulator/commands/collections.hpp"

#include <array>

namespace keyslot::sim {

namespace {

/// The value of one field; nullptr: no such key or field, or answered.
struct FieldLookup {
    Lookup outcome = Lookup::missing;
    std::string const* value = nullptr;
};
FieldLookup find_field(CommandContext& context) {
    auto const [outcome, entry, hash] = find_value<HashValue>(context, context.argument(1));
    return {outcome, hash != nullptr ? hash->find(context.argument(2)) : nullptr};
}

/// HSET and HMSET. The number of new fields; nullopt: answered.
std::optional<std::int64_t> set_fields(CommandContext& context) {
    if (context.count() % 2 != 0) {
        answer_wrong_arity(context);
        return std::nullopt;
    }
    auto hash = draft<HashValue>(context, context.argument(1));
    if (!hash) {
        return std::nullopt;
    }
    std::int64_t created = 0;
    for (std::size_t n = 2; n < context.count(); n += 2) {
        created +=
            hash->value().set(context.argument(n), context.argument(n + 1), context.encoding_limits)
                ? 1
                : 0;
        ++context.dirty;
    }
    keep(context, context.argument(1), *std::move(hash), NotifyClass::hash, "hset");
    return created;
}

void hset(CommandContext& context) {
    if (auto const created = set_fields(context)) {
        context.reply.integer(*created);
    }
}

void hmset(CommandContext& context) {
    if (set_fields(context)) {
        context.reply.ok();
    }
}

void hsetnx(CommandContext& context) {
    auto hash = draft<HashValue>(context, context.argument(1));
    if (!hash) {
        return;
    }
    if (hash->value().find(context.argument(2)) != nullptr) {
        context.reply.integer(0);
        return;
    }
    hash->value().set(context.argument(2), context.argument(3), context.encoding_limits);
    keep(context, context.argument(1), *std::move(hash), NotifyClass::hash, "hset");
    ++context.dirty;
    context.reply.integer(1);
}

void hget(CommandContext& context) {
    auto const [outcome, value] = find_field(context);
    if (value != nullptr) {
        context.reply.bulk(*value);
    } else if (outcome != Lookup::wrong_type) {
        context.reply.null();
    }
}

void hmget(CommandContext& context) {
    auto const [outcome, entry, hash] = find_value<HashValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    context.reply.array(context.count() - 2);
    for (std::size_t n = 2; n < context.count(); ++n) {
        std::string const* const value =
            hash != nullptr ? hash->find(context.argument(n)) : nullptr;
        if (value != nullptr) {
            context.reply.bulk(*value);
        } else {
            context.reply.null();
        }
    }
}

void hexists(CommandContext& context) {
    auto const [outcome, value] = find_field(context);
    if (outcome != Lookup::wrong_type) {
        context.reply.integer(value != nullptr ? 1 : 0);
    }
}

void hstrlen(CommandContext& context) {
    auto const [outcome, value] = find_field(context);
    if (outcome != Lookup::wrong_type) {
        context.reply.integer(value != nullptr ? static_cast<std::int64_t>(value->size()) : 0);
    }
}

void hlen(CommandContext& context) {
    auto const [outcome, entry, hash] = find_value<HashValue>(context, context.argument(1));
    if (outcome != Lookup::wrong_type) {
        context.reply.integer(hash != nullptr ? static_cast<std::int64_t>(hash->size()) : 0);
    }
}

void hdel(CommandContext& context) {
    auto const [outcome, entry, hash] = find_value<HashValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    std::int64_t deleted = 0;
    for (std::size_t n = 2; n < context.count() && hash != nullptr; ++n) {
        deleted += hash->erase(context.argument(n)) ? 1 : 0;
    }
    if (deleted != 0) {
        keep_rest<HashValue>(context, *entry, NotifyClass::hash, "hdel");
        context.dirty += deleted;
    }
    context.reply.integer(deleted);
}

constexpr std::array commands{
    CommandEntry{"hdel", hdel},
    CommandEntry{"hexists", hexists},
    CommandEntry{"hget", hget},
    CommandEntry{"hgetall", hgetall},
    CommandEntry{"hincrby", hincrby},
    CommandEntry{"hincrbyfloat", hincrbyfloat},
    CommandEntry{"hkeys", hkeys},
    CommandEntry{"hlen", hlen},
    CommandEntry{"hmget", hmget},
    CommandEntry{"hmset", hmset},
    CommandEntry{"hrandfield", hrandfield},
    CommandEntry{"hscan", hscan},
    CommandEntry{"hset", hset},
    CommandEntry{"hsetnx", hsetnx},
    CommandEntry{"hstrlen", hstrlen},
    CommandEntry{"hvals", hvals},
};

}  // namespace

std::span<CommandEntry const> hash_commands() { return commands; }

}  // namespace keyslot::sim
