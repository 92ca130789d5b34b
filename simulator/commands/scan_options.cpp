#include "simulator/commands/scan_options.hpp"

#include "simulator/commands/glob.hpp"
#include "simulator/node/words.hpp"

#include <charconv>

namespace keyslot::sim {

namespace {

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

}  // namespace

std::optional<std::uint64_t> cursor_argument(CommandContext& context, std::size_t n) {
    auto const cursor = parse_cursor(option_word(context, n));
    if (!cursor) {
        context.reply.error("ERR invalid cursor");
    }
    return cursor;
}

bool ScanOptions::matches(std::string_view text) const {
    // A lone "*" is no filter; as a pattern it would not match the empty text.
    return !pattern || *pattern == "*" || glob_match(*pattern, text);
}

std::optional<ScanOptions> scan_options(CommandContext& context, std::size_t first,
                                        bool with_type) {
    ScanOptions options;
    for (std::size_t n = first; n < context.count(); n += 2) {
        bool const has_value = n + 1 < context.count();
        if (has_value && is_option(context, n, "count")) {
            auto const count = integer_argument(context, n + 1);
            if (!count) {
                return std::nullopt;
            }
            if (*count < 1) {
                context.reply.error(errors::syntax);
                return std::nullopt;
            }
            options.count = static_cast<std::size_t>(*count);
        } else if (has_value && is_option(context, n, "match")) {
            options.pattern = context.argument(n + 1);
        } else if (has_value && with_type && is_option(context, n, "type")) {
            options.type = lowered(option_word(context, n + 1));
        } else {
            context.reply.error(errors::syntax);
            return std::nullopt;
        }
    }
    return options;
}

void answer_scan(CommandContext& context, std::uint64_t cursor,
                 std::vector<std::string> const& words) {
    context.reply.array(2);
    context.reply.bulk(std::to_string(cursor));
    context.reply.array(words.size());
    for (std::string const& word : words) {
        context.reply.bulk(word);
    }
}

}  // namespace keyslot::sim
