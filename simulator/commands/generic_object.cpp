#include "simulator/commands/arguments.hpp"
#include "simulator/commands/generic.hpp"

#include <limits>

namespace keyslot::sim {

namespace {

// What Redis reports for objects that are shared by all keys.
constexpr std::int64_t shared_references = std::numeric_limits<std::int32_t>::max();

constexpr std::string_view help[] = {
    "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "ENCODING <key>",
    "    Return the kind of internal representation used in order to store the value",
    "    associated with a <key>.",
    "FREQ <key>",
    "    Return the access frequency index of the <key>. The returned integer is",
    "    proportional to the logarithm of the recent access frequency of the key.",
    "IDLETIME <key>",
    "    Return the idle time of the <key>, that is the approximated number of",
    "    seconds elapsed since the last access to the key.",
    "REFCOUNT <key>",
    "    Return the number of references of the value associated with the specified",
    "    <key>.",
    "HELP",
    "    Prints this help.",
};

/// nullptr: answered with null.
Entry const* look_at(CommandContext& context) {
    Entry const* const entry = context.keyspace.peek(context.argument(2), context.expiry());
    if (entry == nullptr) {
        context.reply.null();
    }
    return entry;
}

}  // namespace

void object_encoding(CommandContext& context) {
    if (Entry const* const entry = look_at(context)) {
        context.reply.bulk(encoding_name(entry->value));
    }
}

void object_freq(CommandContext& context) {
    Entry const* const entry = look_at(context);
    if (entry == nullptr) {
        return;
    }
    if (context.is_frequency_tracked) {
        context.reply.integer(entry->frequency());
    } else {
        context.reply.error(
            "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please "
            "note "
            "that when switching between policies at runtime LRU and LFU data will take some time "
            "to "
            "adjust.");
    }
}

void object_help(CommandContext& context) {
    context.reply.array(std::size(help));
    for (std::string_view const line : help) {
        context.reply.simple(line);
    }
}

void object_idletime(CommandContext& context) {
    Entry const* const entry = look_at(context);
    if (entry == nullptr) {
        return;
    }
    if (context.is_frequency_tracked) {
        context.reply.error(
            "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when "
            "switching between policies at runtime LRU and LFU data will take some time to "
            "adjust.");
    } else {
        context.reply.integer((context.unix_time_ms - entry->accessed_at_ms()) / 1000);
    }
}

void object_refcount(CommandContext& context) {
    if (Entry const* const entry = look_at(context)) {
        auto const* const string = std::get_if<StringValue>(&entry->value);
        bool const shared = string != nullptr && string->is_shared();
        context.reply.integer(shared ? shared_references : 1);
    }
}

}  // namespace keyslot::sim
