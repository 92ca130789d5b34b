#pragma once

#include "simulator/commands/arguments.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What the commands on hashes, sets and sorted sets have in common: a collection comes into being with
/// its first element and its key goes with the last.
namespace keyslot::sim {

/// The collection that a command writes to: the one of the key, or a new one that is nobody's yet.
template <class T>
struct Draft {
    Entry* entry = nullptr;
    T created = {};

    T& value() { return entry != nullptr ? std::get<T>(entry->value) : created; }
};

/// nullopt: the key holds something else; answered.
template <class T>
std::optional<Draft<T>> draft(CommandContext& context, std::string_view key) {
    auto const found = find_value<T>(context, key);
    if (found.outcome == Lookup::wrong_type) {
        return std::nullopt;
    }
    return Draft<T>{found.entry};
}

/// The collection has been written to, and has elements.
template <class T>
void keep(CommandContext& context, std::string_view key, Draft<T>&& written, NotifyClass type,
          std::string_view event) {
    if (written.entry != nullptr) {
        context.keyspace.changed(*written.entry);
    } else {
        context.keyspace.add(key, std::move(written.created), context.unix_time_ms);
    }
    context.notify(type, event, key);
}

/// Elements of the collection have been removed: the key goes if they were the last.
template <class T>
void keep_rest(CommandContext& context, Entry& entry, NotifyClass type, std::string_view event) {
    std::string const key{entry.key()};
    bool const empty = std::get<T>(entry.value).empty();
    if (empty) {
        context.keyspace.erase(entry);
    } else {
        context.keyspace.changed(entry);
    }
    context.notify(type, event, key);
    if (empty) {
        context.notify(NotifyClass::generic, "del", key);
    }
}

/// A key that is only read, maybe by a command that writes (...STORE): then the node does not tell of a
/// miss.
template <class T>
ValueLookup<T> find_source(CommandContext& context, std::string_view key) {
    auto const found = find_value<T>(context, key);
    if (found.outcome == Lookup::missing && context.info.has(protocol::flag_write)) {
        context.notify(NotifyClass::key_miss, "keymiss", key);
    }
    return found;
}

/// ...STORE: whatever the key held gives way to the result, and an empty result means no key. Answers
/// with the size.
template <class T>
void store_result(CommandContext& context, std::string_view key, T&& result, NotifyClass type,
                  std::string_view event) {
    auto const size = static_cast<std::int64_t>(result.size());
    if (size != 0) {
        context.keyspace.peek(key, context.expiry());  // an expired one goes by a DEL of its own
        context.keyspace.set(key, std::forward<T>(result), context.unix_time_ms);
        context.notify(type, event, key);
        ++context.dirty;
    } else if (context.keyspace.erase(key)) {
        context.notify(NotifyClass::generic, "del", key);
        ++context.dirty;
    }
    context.reply.integer(size);
}

/// The count of SRANDMEMBER, HRANDFIELD and ZRANDMEMBER, and what follows it.
struct RandomCount {
    std::size_t count = 0;
    bool repeats = false;  ///< the count was negative: the same element may come again
    bool with_values = false;
};
/// `values_option`: HRANDFIELD's WITHVALUES; SRANDMEMBER has none, and is given an empty one. nullopt: answered.
std::optional<RandomCount> random_count_argument(CommandContext& context,
                                                 std::string_view values_option);

/// SRANDMEMBER, HRANDFIELD and ZRANDMEMBER: `one(value)` answers without a count, `many(value, wanted)`
/// with one.
template <class T, class One, class Many>
void answer_random(CommandContext& context, std::string_view values_option, One&& one,
                   Many&& many) {
    bool const has_count = context.count() > 2;
    auto const wanted = has_count ? random_count_argument(context, values_option) : RandomCount{1};
    if (!wanted) {
        return;
    }
    auto const [outcome, entry, value] = find_value<T>(context, context.argument(1));
    if (outcome == Lookup::missing) {
        has_count ? context.reply.array(0) : context.reply.null();
    } else if (outcome == Lookup::found && has_count) {
        many(*value, *wanted);
    } else if (outcome == Lookup::found) {
        one(*value);
    }
}

}  // namespace keyslot::sim
