#include "simulator/commands/generic.hpp"
#include "simulator/commands/glob.hpp"
#include "simulator/commands/scan_options.hpp"
#include "simulator/kernel/random.hpp"

#include <string>

namespace keyslot::sim {

namespace {

// RANDOMKEY among keys that have expired but may not be deleted: so many draws, then any of them.
constexpr int draws_max = 100;

/// Also deletes the key if it has expired, but like Redis only where it comes to that question.
bool passes(CommandContext& context, ScanOptions const& options, std::string_view key) {
    if (!options.matches(key)) {
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
    auto const cursor = cursor_argument(context, 1);
    auto const options = cursor ? scan_options(context, 2, true) : std::nullopt;
    if (!options) {
        return;
    }
    std::vector<Entry*> found;
    std::uint64_t const next = context.keyspace.scan(*cursor, options->count, found);
    std::erase_if(found,
                  [&](Entry const* entry) { return !passes(context, *options, entry->key()); });
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
