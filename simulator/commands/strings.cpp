#include "simulator/commands/strings.hpp"

#include "simulator/commands/arguments.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace keyslot::sim {

namespace {

constexpr std::uint64_t string_bytes_max = 512u * 1024 * 1024;  // proto-max-bulk-len

/// False, and answered, if `size + more` is more than a client may build. A master's stream is
/// obeyed.
bool fits(CommandContext& context, std::uint64_t size, std::uint64_t more) {
    // Neither can overflow: one is an int64, the other is in memory.
    if (context.from_master || size + more <= string_bytes_max) {
        return true;
    }
    context.reply.error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
    return false;
}

void get(CommandContext& context) { answer_string(context, context.argument(1)); }

void mget(CommandContext& context) {
    context.reply.array(context.count() - 1);
    for (std::size_t n = 1; n < context.count(); ++n) {
        Entry const* const entry = context.keyspace.find(context.argument(n), context.expiry());
        auto const* const value =
            entry != nullptr ? std::get_if<StringValue>(&entry->value) : nullptr;
        if (value != nullptr) {
            context.reply.bulk(value->view());
        } else {
            context.reply.null();
        }
    }
}

void getdel(CommandContext& context) {
    Entry* const entry = answer_string(context, context.argument(1));
    if (entry == nullptr) {
        return;
    }
    context.keyspace.erase(*entry);
    context.notify(NotifyClass::generic, "del", context.argument(1));
    propagate(context, "DEL", context.argument(1));
    ++context.dirty;
}

void strlen(CommandContext& context) {
    auto const [outcome, entry, value] = find_string(context, context.argument(1));
    if (outcome != Lookup::wrong_type) {
        context.reply.integer(value != nullptr ? static_cast<std::int64_t>(value->view().size())
                                               : 0);
    }
}

/// The part of a string from `first` to `last`, both included, negative ones counted from the end.
std::string_view slice(std::string_view text, std::int64_t first, std::int64_t last) {
    auto const size = static_cast<std::int64_t>(text.size());
    if (first < 0 && last < 0 && first > last) {
        return {};
    }
    first = std::max<std::int64_t>(first < 0 ? size + first : first, 0);
    last = std::min(std::max<std::int64_t>(last < 0 ? size + last : last, 0), size - 1);
    if (first > last) {
        return {};
    }
    return text.substr(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first + 1));
}

/// GETRANGE, and SUBSTR, its old name.
void getrange(CommandContext& context) {
    auto const first = integer_argument(context, 2);
    auto const last = first ? integer_argument(context, 3) : std::nullopt;
    if (!last) {
        return;
    }
    auto const [outcome, entry, value] = find_string(context, context.argument(1));
    if (outcome != Lookup::wrong_type) {
        context.reply.bulk(value != nullptr ? slice(value->view(), *first, *last) : "");
    }
}

void append(CommandContext& context) {
    auto const [outcome, entry, value] = find_string(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    std::string_view const more = context.argument(2);
    std::size_t size = more.size();
    if (value == nullptr) {
        context.keyspace.add(context.argument(1), StringValue::stored(std::string(more)),
                             context.unix_time_ms);
    } else {
        if (!fits(context, value->view().size(), more.size())) {
            return;
        }
        value->edit().append(more);
        size = value->view().size();
        context.keyspace.changed(*entry);
    }
    context.notify(NotifyClass::string, "append", context.argument(1));
    ++context.dirty;
    context.reply.integer(static_cast<std::int64_t>(size));
}

void setrange(CommandContext& context) {
    auto const offset = integer_argument(context, 2);
    if (!offset) {
        return;
    }
    if (*offset < 0) {
        context.reply.error("ERR offset is out of range");
        return;
    }
    auto [outcome, entry, value] = find_string(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    std::string_view const part = context.argument(3);
    if (part.empty()) {
        context.reply.integer(value != nullptr ? static_cast<std::int64_t>(value->view().size())
                                               : 0);
        return;
    }
    if (!fits(context, static_cast<std::uint64_t>(*offset), part.size())) {
        return;
    }
    if (entry == nullptr) {
        entry =
            &context.keyspace.add(context.argument(1), StringValue::text(""), context.unix_time_ms);
        value = &std::get<StringValue>(entry->value);
    }
    auto const start = static_cast<std::size_t>(*offset);
    std::string& bytes = value->edit();
    bytes.resize(std::max(bytes.size(), start + part.size()));  // padded with zero bytes
    bytes.replace(start, part.size(), part);
    context.keyspace.changed(*entry);
    context.notify(NotifyClass::string, "setrange", context.argument(1));
    ++context.dirty;
    context.reply.integer(static_cast<std::int64_t>(bytes.size()));
}

constexpr std::array commands{
    CommandEntry{"append", append},
    CommandEntry{"decr", decr},
    CommandEntry{"decrby", decrby},
    CommandEntry{"get", get},
    CommandEntry{"getdel", getdel},
    CommandEntry{"getex", getex},
    CommandEntry{"getrange", getrange},
    CommandEntry{"getset", getset},
    CommandEntry{"incr", incr},
    CommandEntry{"incrby", incrby},
    CommandEntry{"incrbyfloat", incrbyfloat},
    CommandEntry{"lcs", lcs},
    CommandEntry{"mget", mget},
    CommandEntry{"mset", mset},
    CommandEntry{"msetnx", msetnx},
    CommandEntry{"psetex", psetex},
    CommandEntry{"set", set},
    CommandEntry{"setex", setex},
    CommandEntry{"setnx", setnx},
    CommandEntry{"setrange", setrange},
    CommandEntry{"strlen", strlen},
    CommandEntry{"substr", getrange},
};

}  // namespace

Entry* answer_string(CommandContext& context, std::string_view key) {
    auto const [outcome, entry, value] = find_string(context, key);
    if (outcome == Lookup::missing) {
        if (!context.info.has(protocol::flag_readonly)) {  // else the node tells
            context.notify(NotifyClass::key_miss, "keymiss", key);
        }
        context.reply.null();
    } else if (outcome == Lookup::found) {
        context.reply.bulk(value->view());
        return entry;
    }
    return nullptr;
}

std::span<CommandEntry const> string_commands() { return commands; }

}  // namespace keyslot::sim
