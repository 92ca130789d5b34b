#pragma once

#include "simulator/commands/command_context.hpp"

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

/// HSCAN and its kin for a key that is not there: options are not looked at.
void answer_empty_scan(CommandContext& context);
void answer_scan(CommandContext& context, std::uint64_t cursor,
                 std::vector<std::string> const& words);

}  // namespace keyslot::sim
