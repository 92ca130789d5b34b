#include "simulator/commands/arguments.hpp"
#include "simulator/commands/strings.hpp"

#include <string>

namespace keyslot::sim {

namespace {

/// The options of SET, and those of GETEX, which are nearly the same.
struct Options {
    bool if_missing = false;  // NX
    bool if_exists = false;   // XX
    bool get = false;
    bool keep_expiry = false;
    bool persist = false;
    std::size_t expiry_argument = 0;  // 0: none given
    TimeUnit unit = TimeUnit::seconds;
    bool relative = false;

    bool has_expiry() const { return expiry_argument != 0; }
};

enum class Grammar : std::uint8_t { set, getex };

struct ExpiryOption {
    std::string_view name;
    TimeUnit unit;
    bool relative;
};
constexpr ExpiryOption expiry_options[] = {
    {"ex", TimeUnit::seconds, true},
    {"px", TimeUnit::milliseconds, true},
    {"exat", TimeUnit::seconds, false},
    {"pxat", TimeUnit::milliseconds, false},
};

/// An expiry option excludes KEEPTTL, PERSIST and the other three, but not itself: the last one
/// counts.
bool take_expiry_option(CommandContext const& context, std::size_t n, Options& options) {
    if (options.keep_expiry || options.persist || n + 1 >= context.count()) {
        return false;
    }
    for (auto const& [name, unit, relative] : expiry_options) {
        if (!is_option(context, n, name)) {
            continue;
        }
        if (options.has_expiry() && (options.unit != unit || options.relative != relative)) {
            return false;
        }
        options.unit = unit;
        options.relative = relative;
        options.expiry_argument = n + 1;
        return true;
    }
    return false;
}

bool take_flag(CommandContext const& context, std::size_t n, Grammar grammar, Options& options) {
    if (grammar == Grammar::getex) {
        bool const persist = is_option(context, n, "persist") && !options.has_expiry();
        options.persist = options.persist || persist;
        return persist;
    }
    if (is_option(context, n, "nx") && !options.if_exists) {
        options.if_missing = true;
    } else if (is_option(context, n, "xx") && !options.if_missing) {
        options.if_exists = true;
    } else if (is_option(context, n, "get")) {
        options.get = true;
    } else if (is_option(context, n, "keepttl") && !options.has_expiry()) {
        options.keep_expiry = true;
    } else {
        return false;
    }
    return true;
}

/// False: answered with a syntax error.
bool parse_options(CommandContext& context, Grammar grammar, Options& options) {
    for (std::size_t n = grammar == Grammar::set ? 3 : 2; n < context.count(); ++n) {
        if (take_flag(context, n, grammar, options)) {
            continue;
        }
        if (!take_expiry_option(context, n, options)) {
            context.reply.error(errors::syntax);
            return false;
        }
        ++n;
    }
    return true;
}

Entry& store(CommandContext& context, Entry* entry, std::string_view key, std::string_view bytes,
             bool keep_expiry = false) {
    Value value = StringValue::stored(std::string(bytes));
    if (entry == nullptr) {
        entry = &context.keyspace.add(key, std::move(value), context.unix_time_ms);
    } else {
        context.keyspace.overwrite(*entry, std::move(value), context.unix_time_ms, keep_expiry);
    }
    context.notify(NotifyClass::string, "set", key);
    return *entry;
}

void set_expiry(CommandContext& context, Entry& entry, std::int64_t at_ms) {
    context.keyspace.set_expiry(entry, at_ms);
    context.notify(NotifyClass::generic, "expire", entry.key());
}

/// Replicas get absolute times (their clocks run elsewhere in the second), and no GET: nobody reads
/// their answers.
void propagate_set(CommandContext& context, std::string_view key, std::string_view bytes,
                   Options const& options, std::optional<std::int64_t> expires_at_ms) {
    if (expires_at_ms) {
        propagate(context, "SET", key, bytes, "PXAT", std::to_string(*expires_at_ms));
    } else if (options.get) {
        std::vector<std::string> words;
        for (std::size_t n = 0; n < context.count(); ++n) {
            if (n < 3 || !is_option(context, n, "get")) {
                words.emplace_back(context.argument(n));
            }
        }
        context.propagate_instead.push_back(std::move(words));
    }
}

void store_with_expiry(CommandContext& context, TimeUnit unit) {
    auto const expires_at_ms = expiry_argument(context, 2, unit, true);
    if (!expires_at_ms) {
        return;
    }
    std::string_view const key = context.argument(1);
    Entry* const entry = context.keyspace.find(key, context.expiry());
    set_expiry(context, store(context, entry, key, context.argument(3)), *expires_at_ms);
    propagate_set(context, key, context.argument(3), {}, expires_at_ms);
    ++context.dirty;
    context.reply.ok();
}

/// False: answered, the arguments do not come in pairs.
bool check_pairs(CommandContext& context) {
    if (context.count() % 2 != 0) {
        return true;
    }
    answer_wrong_arity(context);
    return false;
}

void store_pairs(CommandContext& context) {
    for (std::size_t n = 1; n < context.count(); n += 2) {
        Entry* const entry = context.keyspace.find(context.argument(n), context.expiry());
        store(context, entry, context.argument(n), context.argument(n + 1));
        ++context.dirty;
    }
}

}  // namespace

void set(CommandContext& context) {
    Options options;
    if (!parse_options(context, Grammar::set, options)) {
        return;
    }
    std::optional<std::int64_t> expires_at_ms;
    if (options.has_expiry()) {
        expires_at_ms =
            expiry_argument(context, options.expiry_argument, options.unit, options.relative);
        if (!expires_at_ms) {
            return;
        }
    }
    std::string_view const key = context.argument(1);
    Entry* entry = nullptr;
    if (options.get) {
        auto const found = find_string(context, key);
        if (found.outcome == Lookup::wrong_type) {
            return;
        }
        entry = found.entry;
        answer_string(context, key);
    } else {
        entry = context.keyspace.find(key, context.expiry());
    }
    if (entry != nullptr ? options.if_missing : options.if_exists) {
        if (!options.get) {
            context.reply.null();
        }
        return;
    }
    Entry& stored = store(context, entry, key, context.argument(2), options.keep_expiry);
    if (expires_at_ms) {
        set_expiry(context, stored, *expires_at_ms);
    }
    propagate_set(context, key, context.argument(2), options, expires_at_ms);
    ++context.dirty;
    if (!options.get) {
        context.reply.ok();
    }
}

void setnx(CommandContext& context) {
    std::string_view const key = context.argument(1);
    if (context.keyspace.find(key, context.expiry()) != nullptr) {
        context.reply.integer(0);
        return;
    }
    store(context, nullptr, key, context.argument(2));
    ++context.dirty;
    context.reply.integer(1);
}

void setex(CommandContext& context) { store_with_expiry(context, TimeUnit::seconds); }

void psetex(CommandContext& context) { store_with_expiry(context, TimeUnit::milliseconds); }

void getset(CommandContext& context) {
    std::string_view const key = context.argument(1);
    auto const found = find_string(context, key);
    if (found.outcome == Lookup::wrong_type) {
        return;
    }
    answer_string(context, key);
    store(context, found.entry, key, context.argument(2));
    propagate(context, "SET", key, context.argument(2));
    ++context.dirty;
}

void getex(CommandContext& context) {
    Options options;
    if (!parse_options(context, Grammar::getex, options)) {
        return;
    }
    std::string_view const key = context.argument(1);
    auto const [outcome, entry, value] = find_string(context, key);
    if (outcome != Lookup::found) {
        if (outcome == Lookup::missing) {
            context.notify(NotifyClass::key_miss, "keymiss", key);
            context.reply.null();
        }
        return;
    }
    std::optional<std::int64_t> expires_at_ms;
    if (options.has_expiry()) {
        expires_at_ms =
            expiry_argument(context, options.expiry_argument, options.unit, options.relative);
        if (!expires_at_ms) {
            return;
        }
    }
    context.reply.bulk(value->view());
    if (expires_at_ms && !options.relative && already_expired(context, *expires_at_ms)) {
        context.keyspace.erase(*entry);
        context.notify(NotifyClass::generic, "del", key);
        propagate(context, "DEL", key);
        ++context.dirty;
    } else if (expires_at_ms) {
        set_expiry(context, *entry, *expires_at_ms);
        propagate(context, "PEXPIREAT", key, std::to_string(*expires_at_ms));
        ++context.dirty;
    } else if (options.persist && context.keyspace.clear_expiry(*entry)) {
        context.notify(NotifyClass::generic, "persist", key);
        propagate(context, "PERSIST", key);
        ++context.dirty;
    }
}

void mset(CommandContext& context) {
    if (!check_pairs(context)) {
        return;
    }
    store_pairs(context);
    context.reply.ok();
}

void msetnx(CommandContext& context) {
    if (!check_pairs(context)) {
        return;
    }
    for (std::size_t n = 1; n < context.count(); n += 2) {
        if (context.keyspace.find(context.argument(n), context.expiry()) != nullptr) {
            context.reply.integer(0);
            return;
        }
    }
    store_pairs(context);
    context.reply.integer(1);
}

}  // namespace keyslot::sim
