#include "simulator/commands/generic.hpp"

#include "simulator/commands/arguments.hpp"

#include <array>
#include <limits>

namespace keyslot::sim {

namespace {

// "databases" of the default configuration: in cluster mode the number is checked although only 0
// works.
constexpr std::int64_t databases = 16;

/// DEL and UNLINK.
void del(CommandContext& context) {
    std::int64_t deleted = 0;
    for (std::size_t n = 1; n < context.count(); ++n) {
        // An expired key goes by the DEL of its expiry and is not counted.
        context.keyspace.peek(context.argument(n), context.expiry());
        if (context.keyspace.erase(context.argument(n))) {
            context.notify(NotifyClass::generic, "del", context.argument(n));
            ++deleted;
        }
    }
    context.dirty += deleted;
    context.reply.integer(deleted);
}

void exists(CommandContext& context) {
    std::int64_t found = 0;
    for (std::size_t n = 1; n < context.count(); ++n) {
        found += context.keyspace.exists(context.argument(n), context.expiry()) ? 1 : 0;
    }
    context.reply.integer(found);
}

void touch(CommandContext& context) {
    std::int64_t found = 0;
    for (std::size_t n = 1; n < context.count(); ++n) {
        found += context.keyspace.find(context.argument(n), context.expiry()) != nullptr ? 1 : 0;
    }
    context.reply.integer(found);
}

void type(CommandContext& context) {
    Entry const* const entry = context.keyspace.peek(context.argument(1), context.expiry());
    context.reply.simple(entry != nullptr ? type_name(entry->value) : "none");
}

/// Leaves the answer to the caller; false: answered, nothing was renamed.
bool rename_key(CommandContext& context, bool keep_existing, std::string_view& answer) {
    std::string_view const from = context.argument(1);
    std::string_view const to = context.argument(2);
    Entry* const source = context.keyspace.find(from, context.expiry());
    if (source == nullptr) {
        answer = errors::no_such_key;
        return false;
    }
    bool const target_exists = context.keyspace.find(to, context.expiry()) != nullptr;
    if (from == to || (target_exists && keep_existing)) {
        return false;
    }
    context.keyspace.rename(*source, to);
    context.notify(NotifyClass::generic, "rename_from", from);
    context.notify(NotifyClass::generic, "rename_to", to);
    ++context.dirty;
    return true;
}

void rename(CommandContext& context) {
    std::string_view error;
    rename_key(context, false, error);
    if (error.empty()) {
        context.reply.ok();
    } else {
        context.reply.error(error);
    }
}

void renamenx(CommandContext& context) {
    std::string_view error;
    bool const renamed = rename_key(context, true, error);
    if (error.empty()) {
        context.reply.integer(renamed ? 1 : 0);
    } else {
        context.reply.error(error);
    }
}

/// COPY's DB option. False: answered.
bool check_database(CommandContext& context, std::size_t n, std::int64_t& database) {
    auto const number = integer_argument(context, n);
    if (!number) {
        return false;
    }
    if (*number < std::numeric_limits<std::int32_t>::min() ||
        *number > std::numeric_limits<std::int32_t>::max()) {
        context.reply.error(
            "ERR value is out of range, value must between -2147483648 and 2147483647");
        return false;
    }
    if (*number < 0 || *number >= databases) {
        context.reply.error("ERR DB index is out of range");
        return false;
    }
    database = *number;
    return true;
}

/// False: answered.
bool parse_copy_options(CommandContext& context, bool& replace) {
    std::int64_t database = 0;
    for (std::size_t n = 3; n < context.count(); ++n) {
        if (is_option(context, n, "replace")) {
            replace = true;
        } else if (is_option(context, n, "db") && n + 1 < context.count()) {
            if (!check_database(context, ++n, database)) {
                return false;
            }
        } else {
            context.reply.error(errors::syntax);
            return false;
        }
    }
    if (database != 0) {
        context.reply.error("ERR Copying to another database is not allowed in cluster mode");
        return false;
    }
    return true;
}

void copy(CommandContext& context) {
    bool replace = false;
    if (!parse_copy_options(context, replace)) {
        return;
    }
    std::string_view const from = context.argument(1);
    std::string_view const to = context.argument(2);
    if (from == to) {
        context.reply.error(errors::same_object);
        return;
    }
    Entry const* const source = context.keyspace.find(from, context.expiry());
    Entry* const target = source != nullptr ? context.keyspace.find(to, context.expiry()) : nullptr;
    if (source == nullptr) {
        context.notify(NotifyClass::key_miss, "keymiss", from);
    }
    if (source == nullptr || (target != nullptr && !replace)) {
        context.reply.integer(0);
        return;
    }
    if (target != nullptr) {
        context.keyspace.erase(*target);  // so that the copy counts as a new key of its slot
    }
    Entry& copied = context.keyspace.add(to, duplicate(source->value), context.unix_time_ms);
    if (auto const expires_at_ms = source->expires_at_ms()) {
        context.keyspace.set_expiry(copied, *expires_at_ms);
    }
    context.notify(NotifyClass::generic, "copy_to", to);
    ++context.dirty;
    context.reply.integer(1);
}

void dbsize(CommandContext& context) {
    context.reply.integer(static_cast<std::int64_t>(context.keyspace.size()));
}

/// FLUSHALL and FLUSHDB: in a cluster there is one database.
void flush(CommandContext& context) {
    if (context.count() > 2 || (context.count() == 2 && !is_option(context, 1, "sync") &&
                                !is_option(context, 1, "async"))) {
        context.reply.error(errors::syntax);
        return;
    }
    context.keyspace.flush();
    ++context.dirty;  // propagated even if there was nothing to flush
    context.reply.ok();
}

void move(CommandContext& context) {
    context.reply.error("ERR MOVE is not allowed in cluster mode");
}

void swapdb(CommandContext& context) {
    context.reply.error("ERR SWAPDB is not allowed in cluster mode");
}

constexpr std::array commands{
    CommandEntry{"copy", copy},
    CommandEntry{"dbsize", dbsize},
    CommandEntry{"del", del},
    CommandEntry{"exists", exists},
    CommandEntry{"expire", expire},
    CommandEntry{"expireat", expireat},
    CommandEntry{"expiretime", expiretime},
    CommandEntry{"flushall", flush},
    CommandEntry{"flushdb", flush},
    CommandEntry{"keys", keys},
    CommandEntry{"move", move},
    CommandEntry{"object|encoding", object_encoding},
    CommandEntry{"object|freq", object_freq},
    CommandEntry{"object|help", object_help},
    CommandEntry{"object|idletime", object_idletime},
    CommandEntry{"object|refcount", object_refcount},
    CommandEntry{"persist", persist},
    CommandEntry{"pexpire", pexpire},
    CommandEntry{"pexpireat", pexpireat},
    CommandEntry{"pexpiretime", pexpiretime},
    CommandEntry{"pttl", pttl},
    CommandEntry{"randomkey", randomkey},
    CommandEntry{"rename", rename},
    CommandEntry{"renamenx", renamenx},
    CommandEntry{"scan", scan},
    CommandEntry{"sort", sort},
    CommandEntry{"sort_ro", sort_ro},
    CommandEntry{"swapdb", swapdb},
    CommandEntry{"touch", touch},
    CommandEntry{"ttl", ttl},
    CommandEntry{"type", type},
    CommandEntry{"unlink", del},
};

}  // namespace

std::span<CommandEntry const> generic_commands() { return commands; }

}  // namespace keyslot::sim
