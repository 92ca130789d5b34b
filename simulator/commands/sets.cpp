#include "simulator/commands/sets.hpp"

#include "simulator/commands/collections.hpp"
#include "simulator/commands/scan_options.hpp"

#include <array>

namespace keyslot::sim {

namespace {

void sadd(CommandContext& context) {
    auto set = draft<SetValue>(context, context.argument(1));
    if (!set) {
        return;
    }
    std::int64_t added = 0;
    for (std::size_t n = 2; n < context.count(); ++n) {
        added += set->value().add(context.argument(n), context.encoding_limits) ? 1 : 0;
    }
    if (added != 0) {
        keep(context, context.argument(1), *std::move(set), NotifyClass::set, "sadd");
        context.dirty += added;
    }
    context.reply.integer(added);
}

void srem(CommandContext& context) {
    auto const [outcome, entry, set] = find_value<SetValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    std::int64_t removed = 0;
    for (std::size_t n = 2; n < context.count() && set != nullptr; ++n) {
        removed += set->erase(context.argument(n)) ? 1 : 0;
    }
    if (removed != 0) {
        keep_rest<SetValue>(context, *entry, NotifyClass::set, "srem");
        context.dirty += removed;
    }
    context.reply.integer(removed);
}

void scard(CommandContext& context) {
    auto const [outcome, entry, set] = find_value<SetValue>(context, context.argument(1));
    if (outcome != Lookup::wrong_type) {
        context.reply.integer(set != nullptr ? static_cast<std::int64_t>(set->size()) : 0);
    }
}

void sismember(CommandContext& context) {
    auto const [outcome, entry, set] = find_value<SetValue>(context, context.argument(1));
    if (outcome != Lookup::wrong_type) {
        context.reply.integer(set != nullptr && set->contains(context.argument(2)) ? 1 : 0);
    }
}

void smismember(CommandContext& context) {
    auto const [outcome, entry, set] = find_value<SetValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    context.reply.array(context.count() - 2);
    for (std::size_t n = 2; n < context.count(); ++n) {
        context.reply.integer(set != nullptr && set->contains(context.argument(n)) ? 1 : 0);
    }
}

void smembers(CommandContext& context) {
    auto const [outcome, entry, set] = find_value<SetValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (set == nullptr) {
        context.reply.set(0);
        return;
    }
    context.reply.set(set->size());
    set->for_each([&](std::string_view member) { context.reply.bulk(member); });
}

void smove(CommandContext& context) {
    std::string_view const member = context.argument(3);
    // A missing source is the answer, whatever the target holds.
    Entry* const entry = context.keyspace.find(context.argument(1), context.expiry());
    Entry* const target_entry = context.keyspace.find(context.argument(2), context.expiry());
    if (entry == nullptr) {
        context.reply.integer(0);
        return;
    }
    auto* const source = std::get_if<SetValue>(&entry->value);
    if (source == nullptr ||
        (target_entry != nullptr && !std::holds_alternative<SetValue>(target_entry->value))) {
        context.reply.error(errors::wrong_type);
        return;
    }
    if (entry == target_entry || !source->contains(member)) {
        context.reply.integer(source->contains(member) ? 1 : 0);
        return;
    }
    source->erase(member);
    keep_rest<SetValue>(context, *entry, NotifyClass::set, "srem");
    Draft<SetValue> target{target_entry};
    if (target.value().add(member, context.encoding_limits)) {
        keep(context, context.argument(2), std::move(target), NotifyClass::set, "sadd");
    }
    ++context.dirty;
    context.reply.integer(1);
}

void sscan(CommandContext& context) {
    scan_elements<SetValue>(
        context, [](SetValue const& set, std::uint64_t cursor, ScanOptions const& options,
                    std::vector<std::string>& words) {
            return set.scan(cursor, options.count, [&](std::string_view member) {
                if (options.matches(member)) {
                    words.emplace_back(member);
                }
            });
        });
}

constexpr std::array commands{
    CommandEntry{"sadd", sadd},
    CommandEntry{"scard", scard},
    CommandEntry{"sdiff", sdiff},
    CommandEntry{"sdiffstore", sdiffstore},
    CommandEntry{"sinter", sinter},
    CommandEntry{"sintercard", sintercard},
    CommandEntry{"sinterstore", sinterstore},
    CommandEntry{"sismember", sismember},
    CommandEntry{"smembers", smembers},
    CommandEntry{"smismember", smismember},
    CommandEntry{"smove", smove},
    CommandEntry{"spop", spop},
    CommandEntry{"srandmember", srandmember},
    CommandEntry{"srem", srem},
    CommandEntry{"sscan", sscan},
    CommandEntry{"sunion", sunion},
    CommandEntry{"sunionstore", sunionstore},
};

}  // namespace

std::span<CommandEntry const> set_commands() { return commands; }

}  // namespace keyslot::sim
