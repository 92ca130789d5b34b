#include "simulator/commands/arguments.hpp"

#include "simulator/commands/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace keyslot::sim {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string_view option_word(CommandContext const& context, std::size_t n) {
    std::string_view const word = context.argument(n);
    return word.substr(0, word.find('\0'));
}

bool is_option(CommandContext const& context, std::size_t n, std::string_view option) {
    std::string_view const word = option_word(context, n);
    if (word.size() != option.size()) {
        return false;
    }
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (lower(word[i]) != option[i]) {
            return false;
        }
    }
    return true;
}

void answer_wrong_arity(CommandContext& context) {
    std::string line = "ERR wrong number of arguments for '";
    line += context.info.name;
    line += "' command";
    context.reply.error(line);
}

std::optional<std::int64_t> integer_argument(CommandContext& context, std::size_t n) {
    auto const number = parse_integer(context.argument(n));
    if (!number) {
        context.reply.error(errors::not_an_integer);
    }
    return number;
}

std::optional<std::int64_t> integer_between(CommandContext& context, std::size_t n,
                                            std::int64_t lowest, std::int64_t highest,
                                            std::string_view complaint) {
    auto const number = parse_integer(context.argument(n));
    if (number && *number >= lowest && *number <= highest) {
        return number;
    }
    if (!complaint.empty()) {
        context.reply.error(complaint);
    } else if (!number) {
        context.reply.error(errors::not_an_integer);
    } else {
        context.reply.error("ERR value is out of range, value must between " +
                            std::to_string(lowest) + " and " + std::to_string(highest));
    }
    return std::nullopt;
}

std::optional<std::int64_t> expiry_argument(CommandContext& context, std::size_t n, TimeUnit unit,
                                            bool relative) {
    auto const number = integer_argument(context, n);
    if (!number) {
        return std::nullopt;
    }
    std::int64_t const factor = unit == TimeUnit::seconds ? 1000 : 1;
    std::int64_t const base_ms = relative ? context.unix_time_ms : 0;
    if (*number <= 0 || *number > int64_max / factor || *number * factor > int64_max - base_ms) {
        answer_invalid_expiry(context);
        return std::nullopt;
    }
    return *number * factor + base_ms;
}

void answer_invalid_expiry(CommandContext& context) {
    std::string line = "ERR invalid expire time in '";
    line += context.info.name;
    line += "' command";
    context.reply.error(line);
}

bool already_expired(CommandContext const& context, std::int64_t at_ms) {
    return at_ms <= context.unix_time_ms && !context.is_replica;
}

IndexRange indexes_between(std::size_t size, std::int64_t start, std::int64_t stop) {
    auto const count = static_cast<std::int64_t>(size);
    start = std::max<std::int64_t>(start < 0 ? start + count : start, 0);
    stop = std::min(stop < 0 ? stop + count : stop, count - 1);
    if (start > stop) {
        return {};
    }
    return {static_cast<std::size_t>(start), static_cast<std::size_t>(stop) + 1};
}

std::optional<std::int64_t> timeout_argument(CommandContext& context, std::size_t n) {
    auto const seconds = parse_long_double(context.argument(n));
    if (!seconds) {
        context.reply.error("ERR timeout is not a float or out of range");
        return std::nullopt;
    }
    // What does not fit turns negative, as on the processors that Redis runs on.
    long double const ms = std::ceil(*seconds * 1000);
    if (ms < 0 || ms > static_cast<long double>(int64_max)) {
        context.reply.error("ERR timeout is negative");
        return std::nullopt;
    }
    return static_cast<std::int64_t>(ms);
}

}  // namespace keyslot::sim
