#include "simulator/commands/collections.hpp"
#include "simulator/commands/hashes.hpp"
#include "simulator/commands/scan_options.hpp"
#include "simulator/kernel/random.hpp"

#include <string>
#include <utility>
#include <vector>

namespace keyslot::sim {

namespace {

/// One half of a hash: HKEYS, HVALS.
void answer_half(CommandContext& context, bool values) {
    auto const [outcome, entry, hash] = find_value<HashValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (hash == nullptr) {
        context.reply.array(0);
        return;
    }
    context.reply.array(hash->size());
    hash->fields().for_each([&](std::string_view field, std::string const& value) {
        context.reply.bulk(values ? std::string_view(value) : field);
    });
}

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

Fields draw_fields(CommandContext& context, HashValue const& hash, RandomCount const& wanted) {
    Fields drawn;
    auto const take = [&](std::string_view field, std::string const& value) {
        drawn.emplace_back(field, value);
    };
    if (!wanted.repeats) {
        hash.fields().sample(context.random, wanted.count, take);
        return drawn;
    }
    for (std::size_t n = 0; n < wanted.count; ++n) {
        hash.fields().draw(context.random, take);
    }
    return drawn;
}

void answer_fields(CommandContext& context, Fields const& fields, bool with_values) {
    bool const nested = with_values && context.reply.protocol() > 2;
    context.reply.array(with_values && !nested ? 2 * fields.size() : fields.size());
    for (auto const& [field, value] : fields) {
        if (nested) {
            context.reply.array(2);
        }
        context.reply.bulk(field);
        if (with_values) {
            context.reply.bulk(value);
        }
    }
}

}  // namespace

void hgetall(CommandContext& context) {
    auto const [outcome, entry, hash] = find_value<HashValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    if (hash == nullptr) {
        context.reply.map(0);
        return;
    }
    context.reply.map(hash->size());
    hash->fields().for_each([&](std::string_view field, std::string const& value) {
        context.reply.bulk(field);
        context.reply.bulk(value);
    });
}

void hkeys(CommandContext& context) { answer_half(context, false); }

void hvals(CommandContext& context) { answer_half(context, true); }

void hrandfield(CommandContext& context) {
    bool const has_count = context.count() > 2;
    auto const wanted = has_count ? random_count_argument(context, "withvalues") : RandomCount{1};
    if (!wanted) {
        return;
    }
    auto const [outcome, entry, hash] = find_value<HashValue>(context, context.argument(1));
    if (outcome == Lookup::missing) {
        has_count ? context.reply.array(0) : context.reply.null();
    } else if (outcome == Lookup::found && has_count) {
        answer_fields(context, draw_fields(context, *hash, *wanted), wanted->with_values);
    } else if (outcome == Lookup::found) {
        hash->fields().draw(context.random, [&](std::string_view field, std::string const&) {
            context.reply.bulk(field);
        });
    }
}

void hscan(CommandContext& context) {
    auto const cursor = cursor_argument(context, 2);
    if (!cursor) {
        return;
    }
    auto const [outcome, entry, hash] = find_value<HashValue>(context, context.argument(1));
    if (outcome != Lookup::found) {
        if (outcome == Lookup::missing) {
            answer_empty_scan(context);
        }
        return;
    }
    auto const options = scan_options(context, 3, false);
    if (!options) {
        return;
    }
    std::vector<std::string> words;
    auto const take = [&](std::string_view field, std::string const& value) {
        if (options->matches(field)) {
            words.emplace_back(field);
            words.push_back(value);
        }
    };
    std::uint64_t next = 0;
    if (hash->is_compact()) {
        hash->fields().for_each(take);  // whole, whatever the cursor and the count
    } else {
        next = hash->fields().scan(*cursor, options->count, take);
    }
    answer_scan(context, next, words);
}

}  // namespace keyslot::sim
