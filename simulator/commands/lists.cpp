#include "simulator/commands/lists.hpp"

#include "simulator/commands/arguments.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

ListValue& list_of(Entry& entry) { return std::get<ListValue>(entry.value); }

std::string* element_at(ListValue& list, std::int64_t index) {
    auto const length = static_cast<std::int64_t>(list.elements.size());
    index = index < 0 ? index + length : index;
    return index >= 0 && index < length ? &list.elements[static_cast<std::size_t>(index)] : nullptr;
}

void push(CommandContext& context, ListEnd end, bool must_exist) {
    std::string_view const key = context.argument(1);
    auto const [outcome, entry, list] = find_value<ListValue>(context, key);
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (outcome == Lookup::missing && must_exist) {
        return context.reply.integer(0);
    }
    Entry* target = entry;
    for (std::size_t n = 2; n < context.count(); ++n) {
        target = &push_element(context, target, key, end, std::string(context.argument(n)));
    }
    context.notify(NotifyClass::list, push_event(end), key);
    context.dirty += static_cast<std::int64_t>(context.count() - 2);
    context.reply.integer(static_cast<std::int64_t>(list_of(*target).elements.size()));
}

void lpush(CommandContext& context) { push(context, ListEnd::left, false); }
void lpushx(CommandContext& context) { push(context, ListEnd::left, true); }
void rpush(CommandContext& context) { push(context, ListEnd::right, false); }
void rpushx(CommandContext& context) { push(context, ListEnd::right, true); }

void pop(CommandContext& context, ListEnd end) {
    if (context.count() > 3) {
        return answer_wrong_arity(context);
    }
    std::optional<std::int64_t> count;
    if (context.count() == 3) {
        count = integer_between(context, 2, 0, int64_max, errors::not_positive);
        if (!count) {
            return;
        }
    }
    auto const [outcome, entry, list] = find_value<ListValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (outcome == Lookup::missing) {
        return count ? context.reply.null_array() : context.reply.null();
    }
    if (count) {
        pop_elements(context, *entry, end, static_cast<std::size_t>(*count));
        return;
    }
    context.reply.bulk(pop_element(*list, end));
    removed(context, *entry, 1, pop_event(end));
}

void lpop(CommandContext& context) { pop(context, ListEnd::left); }
void rpop(CommandContext& context) { pop(context, ListEnd::right); }

void llen(CommandContext& context) {
    auto const [outcome, entry, list] = find_value<ListValue>(context, context.argument(1));
    if (outcome != Lookup::wrong_type) {
        context.reply.integer(list != nullptr ? static_cast<std::int64_t>(list->elements.size())
                                              : 0);
    }
}

void lindex(CommandContext& context) {
    auto const [outcome, entry, list] = find_value<ListValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (outcome == Lookup::missing) {
        return context.reply.null();
    }
    auto const index = integer_argument(context, 2);
    if (!index) {
        return;
    }
    if (std::string const* const element = element_at(*list, *index)) {
        context.reply.bulk(*element);
    } else {
        context.reply.null();
    }
}

void lset(CommandContext& context) {
    auto const [outcome, entry, list] = find_value<ListValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (outcome == Lookup::missing) {
        return context.reply.error(errors::no_such_key);
    }
    auto const index = integer_argument(context, 2);
    if (!index) {
        return;
    }
    std::string* const element = element_at(*list, *index);
    if (element == nullptr) {
        return context.reply.error("ERR index out of range");
    }
    *element = context.argument(3);
    context.keyspace.changed(*entry);
    context.notify(NotifyClass::list, "lset", entry->key());
    ++context.dirty;
    context.reply.ok();
}

void linsert(CommandContext& context) {
    bool const after = is_option(context, 2, "after");
    if (!after && !is_option(context, 2, "before")) {
        return context.reply.error(errors::syntax);
    }
    auto const [outcome, entry, list] = find_value<ListValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (outcome == Lookup::missing) {
        return context.reply.integer(0);
    }
    auto const pivot = std::ranges::find(list->elements, context.argument(3));
    if (pivot == list->elements.end()) {
        return context.reply.integer(-1);
    }
    list->elements.emplace(after ? std::next(pivot) : pivot, context.argument(4));
    context.keyspace.changed(*entry);
    context.notify(NotifyClass::list, "linsert", entry->key());
    ++context.dirty;
    context.reply.integer(static_cast<std::int64_t>(list->elements.size()));
}

void lrange(CommandContext& context) {
    auto const start = integer_argument(context, 2);
    auto const end = start ? integer_argument(context, 3) : std::nullopt;
    if (!end) {
        return;
    }
    auto const [outcome, entry, list] = find_value<ListValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    auto const range =
        list != nullptr ? indexes_between(list->elements.size(), *start, *end) : IndexRange{};
    context.reply.array(range.size());
    for (std::size_t n = range.first; n < range.last; ++n) {
        context.reply.bulk(list->elements[n]);
    }
}

void ltrim(CommandContext& context) {
    auto const start = integer_argument(context, 2);
    auto const end = start ? integer_argument(context, 3) : std::nullopt;
    if (!end) {
        return;
    }
    auto const [outcome, entry, list] = find_value<ListValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (outcome == Lookup::found) {
        std::size_t const before = list->elements.size();
        IndexRange const range = indexes_between(before, *start, *end);
        auto const begin = list->elements.begin();
        list->elements.erase(std::next(begin, static_cast<std::ptrdiff_t>(range.last)),
                             list->elements.end());
        list->elements.erase(
            list->elements.begin(),
            std::next(list->elements.begin(), static_cast<std::ptrdiff_t>(range.first)));
        removed(context, *entry, before - range.size(), "ltrim");
    }
    context.reply.ok();
}

/// The lowest number has no counterpart: it stands for all.
std::int64_t magnitude(std::int64_t number) {
    return number >= 0 ? number : number < -int64_max ? int64_max : -number;
}

/// Erases up to `count` elements of this value, the first ones.
std::int64_t erase_first(ListValue& list, std::string_view value, std::int64_t count) {
    std::int64_t erased = 0;
    std::erase_if(list.elements, [&](std::string const& element) {
        bool const goes = erased < count && element == value;
        erased += goes ? 1 : 0;
        return goes;
    });
    return erased;
}

void lrem(CommandContext& context) {
    auto const wanted = integer_argument(context, 2);
    if (!wanted) {
        return;
    }
    auto const [outcome, entry, list] = find_value<ListValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (outcome == Lookup::missing) {
        return context.reply.integer(0);
    }
    bool const from_tail = *wanted < 0;
    std::int64_t const count = *wanted == 0 ? int64_max : magnitude(*wanted);
    if (from_tail) {
        std::ranges::reverse(list->elements);
    }
    std::int64_t const erased = erase_first(*list, context.argument(3), count);
    if (from_tail) {
        std::ranges::reverse(list->elements);
    }
    if (erased != 0) {
        removed(context, *entry, static_cast<std::size_t>(erased), "lrem");
    }
    context.reply.integer(erased);
}

constexpr CommandEntry commands[] = {
    {"blmove", blmove},
    {"blmpop", blmpop},
    {"blpop", blpop},
    {"brpop", brpop},
    {"brpoplpush", brpoplpush},
    {"lindex", lindex},
    {"linsert", linsert},
    {"llen", llen},
    {"lmove", lmove},
    {"lmpop", lmpop},
    {"lpop", lpop},
    {"lpos", lpos},
    {"lpush", lpush},
    {"lpushx", lpushx},
    {"lrange", lrange},
    {"lrem", lrem},
    {"lset", lset},
    {"ltrim", ltrim},
    {"rpop", rpop},
    {"rpoplpush", rpoplpush},
    {"rpush", rpush},
    {"rpushx", rpushx},
};

}  // namespace

std::optional<ListEnd> end_argument(CommandContext& context, std::size_t n) {
    if (is_option(context, n, "left")) {
        return ListEnd::left;
    }
    if (is_option(context, n, "right")) {
        return ListEnd::right;
    }
    context.reply.error(errors::syntax);
    return std::nullopt;
}

Entry& push_element(CommandContext& context, Entry* entry, std::string_view key, ListEnd end,
                    std::string element) {
    if (entry == nullptr) {
        ListValue list;
        list.elements.push_back(std::move(element));
        return context.keyspace.add(key, std::move(list), context.unix_time_ms);
    }
    auto& elements = list_of(*entry).elements;
    if (end == ListEnd::left) {
        elements.push_front(std::move(element));
    } else {
        elements.push_back(std::move(element));
    }
    context.keyspace.changed(*entry);
    return *entry;
}

std::string pop_element(ListValue& list, ListEnd end) {
    std::string element;
    if (end == ListEnd::left) {
        element = std::move(list.elements.front());
        list.elements.pop_front();
    } else {
        element = std::move(list.elements.back());
        list.elements.pop_back();
    }
    return element;
}

std::string_view push_event(ListEnd end) { return end == ListEnd::left ? "lpush" : "rpush"; }
std::string_view pop_event(ListEnd end) { return end == ListEnd::left ? "lpop" : "rpop"; }

void removed(CommandContext& context, Entry& entry, std::size_t count, std::string_view event) {
    context.dirty += static_cast<std::int64_t>(count);
    context.notify(NotifyClass::list, event, entry.key());
    if (!list_of(entry).elements.empty()) {
        context.keyspace.changed(entry);
        return;
    }
    std::string const key(entry.key());
    context.keyspace.erase(entry);
    context.notify(NotifyClass::generic, "del", key);
}

std::size_t pop_elements(CommandContext& context, Entry& entry, ListEnd end, std::size_t count) {
    ListValue& list = list_of(entry);
    count = std::min(count, list.elements.size());
    context.reply.array(count);
    for (std::size_t n = 0; n < count; ++n) {
        context.reply.bulk(pop_element(list, end));
    }
    if (count != 0) {
        removed(context, entry, count, pop_event(end));
    }
    return count;
}

std::span<CommandEntry const> list_commands() { return commands; }

}  // namespace keyslot::sim
