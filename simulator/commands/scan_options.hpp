#pragma once

#include "simulator/commands/arguments.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What SCAN, HSCAN, SSCAN and ZSCAN have in common.
namespace keyslot::sim {

/// Argument n as a cursor; nullopt: answered.
std::optional<std::uint64_t> cursor_argument(CommandContext& context, std::size_t n);

struct ScanOptions {
    std::size_t count = 10;
    std::optional<std::string_view> pattern = {};
    std::optional<std::string> type = {};

    /// Whether the pattern lets this key, field or member pass.
    bool matches(std::string_view text) const;
};

/// The options from argument `first` on. `with_type`: keys can be chosen by their type, elements cannot.
/// nullopt: answered.
std::optional<ScanOptions> scan_options(CommandContext& context, std::size_t first, bool with_type);

void answer_scan(CommandContext& context, std::uint64_t cursor,
                 std::vector<std::string> const& words);

/// HSCAN, SSCAN and ZSCAN. `step(value, cursor, options, words)` goes on from the cursor, appends what
/// the options let pass and returns the next cursor.
template <class T, class Step>
void scan_elements(CommandContext& context, Step&& step) {
    auto const cursor = cursor_argument(context, 2);
    if (!cursor) {
        return;
    }
    auto const [outcome, entry, value] = find_value<T>(context, context.argument(1));
    if (outcome == Lookup::missing) {
        answer_scan(context, 0, {});  // the options are not looked at
    }
    auto const options = outcome == Lookup::found ? scan_options(context, 3, false) : std::nullopt;
    if (options) {
        std::vector<std::string> words;
        std::uint64_t const next = step(*value, *cursor, *options, words);
        answer_scan(context, next, words);
    }
}

}  // namespace keyslot::sim
