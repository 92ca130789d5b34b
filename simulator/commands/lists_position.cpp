#include "simulator/commands/arguments.hpp"
#include "simulator/commands/lists.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <vector>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

struct Search {
    std::int64_t rank = 1;  ///< of the first match that counts; negative: from the tail
    std::optional<std::int64_t> count;  ///< 0: all; without it the answer is one number
    std::int64_t length_max = 0;  ///< elements to compare with; 0: all
};

std::optional<Search> parse_search(CommandContext& context) {
    Search search;
    for (std::size_t n = 3; n < context.count(); n += 2) {
        bool const has_value = n + 1 < context.count();
        std::optional<std::int64_t> number;
        if (has_value && is_option(context, n, "rank")) {
            number = integer_argument(context, n + 1);
            if (number == 0) {
                context.reply.error(
                    "ERR RANK can't be zero: use 1 to start from the first match, 2 from the "
                    "second ... or use negative to start from the end of the list");
                return std::nullopt;
            }
            search.rank = number.value_or(1);
        } else if (has_value && is_option(context, n, "count")) {
            number = integer_between(context, n + 1, 0, int64_max, "ERR COUNT can't be negative");
            search.count = number;
        } else if (has_value && is_option(context, n, "maxlen")) {
            number = integer_between(context, n + 1, 0, int64_max, "ERR MAXLEN can't be negative");
            search.length_max = number.value_or(0);
        } else {
            context.reply.error(errors::syntax);
        }
        if (!number) {
            return std::nullopt;
        }
    }
    return search;
}

std::vector<std::int64_t> find_all(ListValue const& list, std::string_view element,
                                   Search const& search) {
    auto const length = static_cast<std::int64_t>(list.elements.size());
    std::int64_t const looks =
        search.length_max == 0 ? length : std::min(search.length_max, length);
    // The lowest number has no counterpart: Redis then counts neither what it skips nor what it finds.
    bool const counts = search.rank >= -int64_max;
    std::int64_t const limit = !search.count                   ? 1
                               : *search.count == 0 || !counts ? int64_max
                                                               : *search.count;
    std::int64_t to_skip = counts ? std::abs(search.rank) - 1 : 0;
    std::vector<std::int64_t> found;
    for (std::int64_t n = 0; n < looks && std::ssize(found) < limit; ++n) {
        std::int64_t const index = search.rank < 0 ? length - 1 - n : n;
        if (list.elements[static_cast<std::size_t>(index)] == element && to_skip-- <= 0) {
            found.push_back(index);
        }
    }
    return found;
}

}  // namespace

void lpos(CommandContext& context) {
    auto const search = parse_search(context);
    if (!search) {
        return;
    }
    auto const [outcome, entry, list] = find_value<ListValue>(context, context.argument(1));
    if (outcome == Lookup::wrong_type) {
        return;
    }
    std::vector<std::int64_t> found;
    if (list != nullptr) {
        found = find_all(*list, context.argument(2), *search);
    }
    if (search->count) {
        context.reply.array(found.size());
    } else if (found.empty()) {
        context.reply.null();
    }
    for (std::int64_t const index : found) {
        context.reply.integer(index);
    }
}

}  // namespace keyslot::sim
