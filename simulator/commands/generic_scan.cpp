#include "simulator/commands/arguments.hpp"
#include "simulator/commands/generic.hpp"
#include "simulator/commands/glob.hpp"
#include "simulator/kernel/random.hpp"

#include <charconv>
#include <string>

namespace keyslot::sim {

namespace {

// RANDOMKEY among keys that have expired but may not be deleted: so many draws, then any of them.
constexpr int draws_max = 100;

char const* skip_space(char const* at, char const* end) {
    while (at != end && (*at == ' ' || (*at >= '\t' && *at <= '\r'))) {
        ++at;
    }
    return at;
}

/// As strtoul() reads it: a sign is allowed and '-' counts down from 2^64; nothing at all is 0.
/// White space in front is not allowed, nor anything behind.
std::optional<std::uint64_t> parse_cursor(std::string_view word) {
    char const* at = word.data();
    char const* const end = at + word.size();
    if (skip_space(at, end) != at) {
        return std::nullopt;
    }
    bool const negative = at != end && *at == '-';
    at += at != end && (*at == '-' || *at == '+') ? 1 : 0;
    if (word.empty()) {
        return 0;
    }
    std::uint64_t number = 0;
    auto const [stop, error] = std::from_chars(at, end, number);
    if (error != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return negative ? 0 - number : number;
}

struct ScanOptions {
    std::size_t count = 10;
    std::optional<std::string_view> pattern;
    std::optional<std::string> type;
};

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return result;
}

/// False: answered.
bool parse_scan_options(CommandContext& context, ScanOptions& options) {
    for (std::size_t n = 2; n < context.count(); n += 2) {
        bool const has_value = n + 1 < context.count();
        if (has_value && is_option(context, n, "count")) {
            auto const count = integer_argument(context, n + 1);
            if (!count) {
                return false;
            }
            if (*count < 1) {
                context.reply.error(errors::syntax);
                return false;
            }
            options.count = static_cast<std::size_t>(*count);
        } else if (has_value && is_option(context, n, "match")) {
            options.pattern = context.argument(n + 1);
        } else if (has_value && is_option(context, n, "type")) {
            options.type = lower(option_word(context, n + 1));
        } else {
            context.reply.error(errors::syntax);
            return false;
        }
    }
    return true;
}

/// Also deletes the key if it has expired, but like Redis only where it comes to that question.
bool passes(CommandContext& context, ScanOptions const& options, std::string_view key) {
    // A lone "*" is no filter; as a pattern it would not match the empty key.
    if (options.pattern && *options.pattern != "*" && !glob_match(*options.pattern, key)) {
        return false;
    }
    Entry const* const entry = context.keyspace.peek(key, context.expiry());
    return entry != nullptr && (!options.type || type_name(entry->value) == *options.type);
}

void answer_keys(CommandContext& context, std::vector<Entry*> const& entries) {
    context.reply.array(entries.size());
    for (Entry const* const entry : entries) {
        context.reply.bulk(entry->key());
    }
}

}  // namespace

void keys(CommandContext& context) {
    std::string_view const pattern = context.argument(1);
    // Looks only: KEYS deletes no expired key.
    ExpiryRule rule = context.expiry();
    rule.expired = rule.expired == ExpiredKeys::removed ? ExpiredKeys::hidden : rule.expired;
    std::vector<Entry const*> found;
    for (Entry const* entry = context.keyspace.first(); entry != nullptr;
         entry = context.keyspace.next(*entry)) {
        if ((pattern == "*" || glob_match(pattern, entry->key())) &&
            context.keyspace.is_live(*entry, rule)) {
            found.push_back(entry);
        }
    }
    context.reply.array(found.size());
    for (Entry const* const entry : found) {
        context.reply.bulk(entry->key());
    }
}

void scan(CommandContext& context) {
    auto const cursor = parse_cursor(option_word(context, 1));
    if (!cursor) {
        context.reply.error("ERR invalid cursor");
        return;
    }
    ScanOptions options;
    if (!parse_scan_options(context, options)) {
        return;
    }
    std::vector<Entry*> found;
    std::uint64_t const next = context.keyspace.scan(*cursor, options.count, found);
    std::erase_if(found,
                  [&](Entry const* entry) { return !passes(context, options, entry->key()); });
    context.reply.array(2);
    context.reply.bulk(std::to_string(next));
    answer_keys(context, found);
}

void randomkey(CommandContext& context) {
    Entry const* drawn = nullptr;
    for (int draws = 0; draws < draws_max && !context.keyspace.empty(); ++draws) {
        drawn = context.keyspace.at(context.random.below(context.keyspace.size()));
        if (context.keyspace.is_live(*drawn, context.expiry())) {
            break;
        }
        if (context.expiry().expired == ExpiredKeys::removed) {
            context.keyspace.peek(drawn->key(), context.expiry());
            drawn = nullptr;
            draws = -1;  // one key fewer: a new game
        }
    }
    if (drawn != nullptr) {
        context.reply.bulk(drawn->key());
    } else {
        context.reply.null();
    }
}

}  // namespace keyslot::sim
