#include "simulator/commands/arguments.hpp"
#include "simulator/commands/generic.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

namespace keyslot::sim {

namespace {

struct SortOptions {
    bool descending = false;
    bool alphabetic = false;
    bool unsorted = false;  ///< BY a pattern without '*'
    std::int64_t offset = 0;
    std::int64_t count = -1;  ///< negative: all
    std::optional<std::string_view> store;
};

/// LIMIT's two numbers. False: answered.
bool take_limit(CommandContext& context, std::size_t n, SortOptions& options) {
    auto const offset = integer_argument(context, n + 1);
    auto const count = offset ? integer_argument(context, n + 2) : std::nullopt;
    if (!count) {
        return false;
    }
    options.offset = *offset;
    options.count = *count;
    return true;
}

/// Patterns name keys of any slot: a cluster has no use for them (facts 2.2). False: answered.
bool take_pattern(CommandContext& context, std::size_t n, SortOptions& options) {
    bool const is_get = is_option(context, n, "get");
    if (!is_get && option_word(context, n + 1).find('*') == std::string_view::npos) {
        options.unsorted = true;
        return true;
    }
    context.reply.error(is_get ? "ERR GET option of SORT denied in Cluster mode."
                               : "ERR BY option of SORT denied in Cluster mode.");
    return false;
}

std::optional<SortOptions> sort_options(CommandContext& context, bool may_store) {
    SortOptions options;
    for (std::size_t n = 2; n < context.count(); ++n) {
        std::size_t const more = context.count() - 1 - n;
        if (is_option(context, n, "asc")) {
            options.descending = false;
        } else if (is_option(context, n, "desc")) {
            options.descending = true;
        } else if (is_option(context, n, "alpha")) {
            options.alphabetic = true;
        } else if (is_option(context, n, "limit") && more >= 2) {
            if (!take_limit(context, n, options)) {
                return std::nullopt;
            }
            n += 2;
        } else if (may_store && is_option(context, n, "store") && more >= 1) {
            options.store = context.argument(++n);
        } else if ((is_option(context, n, "by") || is_option(context, n, "get")) && more >= 1) {
            if (!take_pattern(context, n, options)) {
                return std::nullopt;
            }
            ++n;
        } else {
            context.reply.error(errors::syntax);
            return std::nullopt;
        }
    }
    return options;
}

/// What there is to sort, in the value's own order.
struct Sortable {
    bool right_type = true;
    bool has_order = true;  ///< its own order means something
    std::vector<std::string> elements;
};

Sortable elements_of(Entry* entry) {
    if (entry == nullptr) {
        return {};
    }
    if (auto const* const list = std::get_if<ListValue>(&entry->value)) {
        return {true, true, {list->elements.begin(), list->elements.end()}};
    }
    if (auto const* const set = std::get_if<SetValue>(&entry->value)) {
        return {true, false, set->members()};
    }
    if (auto* const sorted_set = std::get_if<SortedSetValue>(&entry->value)) {
        sorted_set->unpack();  // so SORT leaves it in Redis
        Sortable sortable;
        for (ScoredMember const& scored : sorted_set->members()) {
            sortable.elements.emplace_back(scored.member);
        }
        return sortable;
    }
    return {.right_type = false, .elements = {}};
}

/// As strtod() reads it, up to the first zero byte: "" is 0, " 0x10" is 16.
std::optional<double> score_of(std::string const& element) {
    char* end = nullptr;
    errno = 0;
    double const score = std::strtod(element.c_str(), &end);
    if (*end != '\0' || errno == ERANGE || std::isnan(score)) {
        return std::nullopt;
    }
    return score;
}

/// What goes to a client is sorted by the rules of the C locale, for which a text ends at a zero byte;
/// elements that are equal by these stay in their order.
void sort_as_text(std::vector<std::string>& elements, SortOptions const& options) {
    auto const compare = [&](std::string const& a, std::string const& b) {
        return options.store ? a.compare(b) : std::strcmp(a.c_str(), b.c_str());
    };
    std::vector<std::pair<std::string, std::size_t>> placed;
    for (std::string& element : elements) {
        placed.emplace_back(std::move(element), placed.size());
    }
    std::ranges::sort(placed, [&](auto const& a, auto const& b) {
        int const order = compare(a.first, b.first);
        return order == 0 ? a.second < b.second : (order < 0) != options.descending;
    });
    std::ranges::transform(placed, elements.begin(),
                           [](auto& element) { return std::move(element.first); });
}

/// False: something is no number.
bool sort_as_numbers(std::vector<std::string>& elements, bool descending) {
    std::vector<std::pair<double, std::string>> scored;
    for (std::string& element : elements) {
        auto const score = score_of(element);
        if (!score) {
            return false;
        }
        scored.emplace_back(*score, std::move(element));
    }
    std::ranges::sort(scored,
                      [&](auto const& a, auto const& b) { return descending ? b < a : a < b; });
    elements.clear();
    for (auto& [score, element] : scored) {
        elements.push_back(std::move(element));
    }
    return true;
}

/// False: something is no number.
bool put_in_order(Sortable& sortable, SortOptions options, bool in_script) {
    if (options.unsorted && !sortable.has_order && (options.store || in_script)) {
        options.unsorted = false;  // replicas must come to the same list
        options.alphabetic = true;
    }
    if (options.unsorted) {
        if (options.descending && sortable.has_order) {
            std::ranges::reverse(sortable.elements);
        }
        return true;
    }
    if (options.alphabetic) {
        sort_as_text(sortable.elements, options);
        return true;
    }
    return sort_as_numbers(sortable.elements, options.descending);
}

void limit(std::vector<std::string>& elements, SortOptions const& options) {
    auto const size = static_cast<std::int64_t>(elements.size());
    std::int64_t const start = std::clamp<std::int64_t>(options.offset, 0, size);
    std::int64_t const count = options.count < 0 ? size : options.count;
    elements.resize(static_cast<std::size_t>(start + std::min(count, size - start)));
    elements.erase(elements.begin(), elements.begin() + start);
}

void store(CommandContext& context, std::string_view key, std::vector<std::string> elements) {
    auto const count = static_cast<std::int64_t>(elements.size());
    if (count != 0) {
        context.keyspace.find(key, context.expiry());
        ListValue list;
        list.elements.assign(std::make_move_iterator(elements.begin()),
                             std::make_move_iterator(elements.end()));
        context.keyspace.set(key, std::move(list), context.unix_time_ms);
        context.notify(NotifyClass::list, "sortstore", key);
        context.dirty += count;
    } else if (context.keyspace.erase(key)) {
        context.notify(NotifyClass::generic, "del", key);
        ++context.dirty;
    }
    context.reply.integer(count);
}

void sort_key(CommandContext& context, bool may_store) {
    auto const options = sort_options(context, may_store);
    if (!options) {
        return;
    }
    Sortable sortable = elements_of(context.keyspace.find(context.argument(1), context.expiry()));
    if (!sortable.right_type) {
        return context.reply.error(errors::wrong_type);
    }
    if (!put_in_order(sortable, *options, context.in_script)) {
        return context.reply.error("ERR One or more scores can't be converted into double");
    }
    limit(sortable.elements, *options);
    if (options->store) {
        return store(context, *options->store, std::move(sortable.elements));
    }
    context.reply.array(sortable.elements.size());
    for (std::string const& element : sortable.elements) {
        context.reply.bulk(element);
    }
}

}  // namespace

void sort(CommandContext& context) { sort_key(context, true); }
void sort_ro(CommandContext& context) { sort_key(context, false); }

}  // namespace keyslot::sim
