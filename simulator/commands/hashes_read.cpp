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
    auto const one = [&](HashValue const& hash) {
        hash.fields().draw(context.random, [&](std::string_view field, std::string const&) {
            context.reply.bulk(field);
        });
    };
    auto const many = [&](HashValue const& hash, RandomCount const& wanted) {
        answer_fields(context, draw_fields(context, hash, wanted), wanted.with_values);
    };
    answer_random<HashValue>(context, "withvalues", one, many);
}

void hscan(CommandContext& context) {
    scan_elements<HashValue>(
        context, [](HashValue const& hash, std::uint64_t cursor, ScanOptions const& options,
                    std::vector<std::string>& words) {
            auto const take = [&](std::string_view field, std::string const& value) {
                if (options.matches(field)) {
                    words.emplace_back(field);
                    words.push_back(value);
                }
            };
            if (!hash.is_compact()) {
                return hash.fields().scan(cursor, options.count, take);
            }
            hash.fields().for_each(take);  // whole, whatever the cursor and the count
            return std::uint64_t{0};
        });
}

}  // namespace keyslot::sim
