#include "simulator/commands/collections.hpp"
#include "simulator/commands/numbers.hpp"
#include "simulator/commands/sorted_sets.hpp"

#include <cmath>
#include <limits>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

/// A sorted set, a set, whose members all have the score 1, or nothing.
struct Input {
    SortedSetValue const* zset = nullptr;
    SetValue const* set = nullptr;
    double weight = 1;
    std::size_t place = 0;  ///< among the keys

    std::size_t size() const {
        return zset != nullptr ? zset->size() : set != nullptr ? set->size() : 0;
    }
    std::optional<double> score(std::string_view member) const {
        if (zset != nullptr) {
            return zset->score(member);
        }
        return set != nullptr && set->contains(member) ? std::optional(1.0) : std::nullopt;
    }
    /// visit(member, score)
    template <class Visit>
    void for_each(Visit&& visit) const {
        if (zset != nullptr) {
            zset->scores().for_each(visit);
        } else if (set != nullptr) {
            set->for_each([&](std::string_view member) { visit(member, 1.0); });
        }
    }
};

enum class Operation : std::uint8_t { sum, intersection, difference };
enum class Aggregate : std::uint8_t { sum, min, max };

struct Query {
    Operation operation;
    bool stores = false;
    bool counts = false;  ///< ZINTERCARD
    std::vector<Input> inputs = {};
    Aggregate aggregate = Aggregate::sum;
    bool with_scores = false;
    std::int64_t limit = 0;  ///< 0: none

    bool weighs() const { return operation != Operation::difference && !counts; }
};

/// False: answered.
bool find_inputs(CommandContext& context, std::size_t first, std::size_t count, Query& query) {
    for (std::size_t n = first; n < first + count; ++n) {
        Entry const* const entry = context.keyspace.find(context.argument(n), context.expiry());
        Input input;
        if (entry != nullptr) {
            input.zset = std::get_if<SortedSetValue>(&entry->value);
            input.set = std::get_if<SetValue>(&entry->value);
            if (input.zset == nullptr && input.set == nullptr) {
                context.reply.error(errors::wrong_type);
                return false;
            }
        } else if (query.stores) {
            context.notify(NotifyClass::key_miss, "keymiss", context.argument(n));
        }
        input.place = query.inputs.size();
        query.inputs.push_back(input);
    }
    return true;
}

/// WEIGHTS w ... from argument n on. False: answered.
bool parse_weights(CommandContext& context, std::size_t n, Query& query) {
    for (Input& input : query.inputs) {
        auto const weight = parse_double(context.argument(++n));
        if (!weight) {
            context.reply.error("ERR weight value is not a float");
            return false;
        }
        input.weight = *weight;
    }
    return true;
}

/// False: answered.
bool parse_aggregate(CommandContext& context, std::size_t n, Query& query) {
    if (is_option(context, n, "sum")) {
        query.aggregate = Aggregate::sum;
    } else if (is_option(context, n, "min")) {
        query.aggregate = Aggregate::min;
    } else if (is_option(context, n, "max")) {
        query.aggregate = Aggregate::max;
    } else {
        context.reply.error(errors::syntax);
        return false;
    }
    return true;
}

/// False: answered.
bool parse_options(CommandContext& context, std::size_t first, Query& query) {
    for (std::size_t n = first; n < context.count(); ++n) {
        std::size_t const following = context.count() - n - 1;
        if (query.weighs() && following >= query.inputs.size() &&
            is_option(context, n, "weights")) {
            if (!parse_weights(context, n, query)) {
                return false;
            }
            n += query.inputs.size();
        } else if (query.weighs() && following >= 1 && is_option(context, n, "aggregate")) {
            if (!parse_aggregate(context, ++n, query)) {
                return false;
            }
        } else if (!query.stores && !query.counts && is_option(context, n, "withscores")) {
            query.with_scores = true;
        } else if (query.counts && following >= 1 && is_option(context, n, "limit")) {
            auto const limit =
                integer_between(context, ++n, 0, int64_max, "ERR LIMIT can't be negative");
            if (!limit) {
                return false;
            }
            query.limit = *limit;
        } else {
            context.reply.error(errors::syntax);
            return false;
        }
    }
    return true;
}

/// numkeys, the keys and what follows. False: answered.
bool parse(CommandContext& context, Query& query) {
    std::size_t const numkeys = query.stores ? 2 : 1;
    auto const count = integer_argument(context, numkeys);
    if (!count) {
        return false;
    }
    if (*count < 1) {
        context.reply.error("ERR at least 1 input key is needed for '" +
                            std::string(context.info.name) + "' command");
        return false;
    }
    if (*count > static_cast<std::int64_t>(context.count() - numkeys - 1)) {
        context.reply.error(errors::syntax);
        return false;
    }
    auto const key_count = static_cast<std::size_t>(*count);
    return find_inputs(context, numkeys + 1, key_count, query) &&
           parse_options(context, numkeys + 1 + key_count, query);
}

double weighted(double score, double weight) {
    double const product = score * weight;
    return std::isnan(product) ? 0 : product;  // an infinity times 0
}

double aggregated(double so_far, double score, Aggregate aggregate) {
    switch (aggregate) {
        case Aggregate::min: return score < so_far ? score : so_far;
        case Aggregate::max: return score > so_far ? score : so_far;
        case Aggregate::sum: break;
    }
    double const sum = so_far + score;
    return std::isnan(sum) ? 0 : sum;  // two infinities
}

/// From the smallest to the largest: the order in which scores are added up shows in their last digits.
std::vector<Input> by_size(Query const& query) {
    std::vector<Input> inputs = query.inputs;
    std::ranges::sort(inputs, {},
                      [](Input const& input) { return std::pair(input.size(), input.place); });
    return inputs;
}

/// visit(member, score) until it returns false.
template <class Visit>
void intersect(Query const& query, Visit&& visit) {
    std::vector<Input> const inputs = by_size(query);
    bool wanted = true;
    inputs.front().for_each([&](std::string_view member, double score) {
        double total = weighted(score, inputs.front().weight);
        for (auto input = inputs.begin() + 1; wanted && input != inputs.end(); ++input) {
            auto const other = input->score(member);
            if (!other) {
                return;
            }
            total = aggregated(total, *other * input->weight, query.aggregate);
        }
        wanted = wanted && visit(member, total);
    });
}

SortedSetValue intersection(Query const& query, EncodingLimits const& limits) {
    SortedSetValue result;
    intersect(query, [&](std::string_view member, double score) {
        result.set(member, score, limits);
        return true;
    });
    return result;
}

SortedSetValue sum(Query const& query, EncodingLimits const& limits) {
    SortedSetValue result;
    for (Input const& input : by_size(query)) {
        input.for_each([&](std::string_view member, double score) {
            double const more = weighted(score, input.weight);
            auto const so_far = result.score(member);
            result.set(member, so_far ? aggregated(*so_far, more, query.aggregate) : more, limits);
        });
    }
    return result;
}

SortedSetValue difference(Query const& query, EncodingLimits const& limits) {
    SortedSetValue result;
    auto const& inputs = query.inputs;
    inputs.front().for_each([&](std::string_view member, double score) {
        if (std::none_of(inputs.begin() + 1, inputs.end(),
                         [&](Input const& input) { return input.score(member).has_value(); })) {
            result.set(member, score, limits);
        }
    });
    return result;
}

SortedSetValue result_of(Query const& query, EncodingLimits const& limits) {
    switch (query.operation) {
        case Operation::sum: return sum(query, limits);
        case Operation::intersection: return intersection(query, limits);
        case Operation::difference: break;
    }
    return difference(query, limits);
}

void answer(CommandContext& context, Operation operation) {
    Query query{operation};
    if (parse(context, query)) {
        // What is not stored is not packed either, and keeps a score of -0.
        SortedSetValue const result = result_of(query, {.zset_max_listpack_entries = 0});
        answer_members(context, result.members(), query.with_scores);
    }
}

/// The event has the name of the command.
void store(CommandContext& context, Operation operation) {
    Query query{operation, true};
    if (parse(context, query)) {
        store_result(context, context.argument(1), result_of(query, context.encoding_limits),
                     NotifyClass::sorted_set, context.info.name);
    }
}

}  // namespace

void zdiff(CommandContext& context) { answer(context, Operation::difference); }

void zdiffstore(CommandContext& context) { store(context, Operation::difference); }

void zinter(CommandContext& context) { answer(context, Operation::intersection); }

void zinterstore(CommandContext& context) { store(context, Operation::intersection); }

void zunion(CommandContext& context) { answer(context, Operation::sum); }

void zunionstore(CommandContext& context) { store(context, Operation::sum); }

void zintercard(CommandContext& context) {
    Query query{Operation::intersection, false, true};
    if (!parse(context, query)) {
        return;
    }
    std::int64_t common = 0;
    intersect(query, [&](std::string_view, double) { return ++common != query.limit; });
    context.reply.integer(common);
}

}  // namespace keyslot::sim
