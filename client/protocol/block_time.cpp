#include "client/protocol/block_time.hpp"

#include "client/protocol/ascii.hpp"
#include "client/protocol/numbers.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace keyslot::protocol {
namespace {

using std::chrono::milliseconds;

constexpr double milliseconds_max = 1e12;  // thirty years, which is for ever

std::optional<BlockTime> seconds_at(std::size_t word, std::span<std::string_view const> words) {
    std::optional<double> const seconds =
        word < words.size() ? read_double(words[word]).value : std::nullopt;
    if (!seconds || !(*seconds >= 0)) {
        return std::nullopt;
    }
    BlockTime block{.word = word, .in_seconds = true, .time = std::nullopt};
    if (*seconds > 0 && *seconds * 1000 < milliseconds_max) {
        block.time = milliseconds(static_cast<std::int64_t>(std::ceil(*seconds * 1000)));
    }
    return block;
}

std::optional<BlockTime> milliseconds_at(std::size_t word,
                                         std::span<std::string_view const> words) {
    std::optional<std::int64_t> const count =
        word < words.size() ? parse_integer(words[word]) : std::nullopt;
    if (!count || *count < 0) {
        return std::nullopt;
    }
    BlockTime block{.word = word, .in_seconds = false, .time = std::nullopt};
    if (*count > 0 && static_cast<double>(*count) < milliseconds_max) {
        block.time = milliseconds(*count);
    }
    return block;
}

// XREAD and XREADGROUP: options end at STREAMS. GROUP takes two words, which may read like an option.
std::optional<BlockTime> of_streams(std::span<std::string_view const> words) {
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
        if (equals_ignoring_case(words[i], "streams")) {
            return std::nullopt;
        }
        if (equals_ignoring_case(words[i], "group")) {
            i += 2;
        } else if (equals_ignoring_case(words[i], "block")) {
            return milliseconds_at(i + 1, words);
        } else if (equals_ignoring_case(words[i], "count")) {
            ++i;
        }
    }
    return std::nullopt;
}

constexpr std::array<std::string_view, 6> time_is_last{"blpop",      "brpop",    "blmove",
                                                       "brpoplpush", "bzpopmin", "bzpopmax"};

}  // namespace

std::optional<BlockTime> block_time(CommandInfo const& command,
                                    std::span<std::string_view const> words) {
    if (!command.has(flag_blocking) && command.name != "wait") {
        return std::nullopt;
    }
    if (command.name == "wait") {
        return milliseconds_at(2, words);
    }
    if (command.name == "xread" || command.name == "xreadgroup") {
        return of_streams(words);
    }
    if (command.name == "blmpop" || command.name == "bzmpop") {
        return seconds_at(1, words);
    }
    if (std::find(time_is_last.begin(), time_is_last.end(), command.name) != time_is_last.end()) {
        return seconds_at(words.size() - 1, words);
    }
    return std::nullopt;
}

std::string block_word(BlockTime const& block, milliseconds left) {
    std::int64_t const count = std::max<std::int64_t>(left.count(), 1);
    if (!block.in_seconds) {
        return std::to_string(count);
    }
    std::string const fraction = std::to_string(count % 1000);
    return std::to_string(count / 1000) + "." + std::string(3 - fraction.size(), '0') + fraction;
}

}  // namespace keyslot::protocol
