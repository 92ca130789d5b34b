#pragma once

#include "simulator/commands/arguments.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// Ranges of sorted sets, as clients write them and as ranks, counted from the lowest.
namespace keyslot::sim {

/// "1.5", "(1.5", "-inf"
struct ScoreBounds {
    double min = 0;
    double max = 0;
    bool min_open = false;
    bool max_open = false;
};
std::optional<ScoreBounds> parse_score_bounds(std::string_view min, std::string_view max);
IndexRange ranks_within(SortedSetValue const& zset, ScoreBounds const& bounds);

/// "[a", "(a", "-", "+"
struct LexBound {
    enum class Place : std::uint8_t { lowest, text, highest };
    Place place = Place::text;
    bool open = true;
    std::string_view text = {};
};
struct LexBounds {
    LexBound min;
    LexBound max;
};
std::optional<LexBounds> parse_lex_bounds(std::string_view min, std::string_view max);
/// Bounds by bytes promise nothing where scores differ. A small sorted set then gives the run that is met
/// first, from the bottom or from the top, as in Redis.
IndexRange ranks_within(SortedSetValue const& zset, LexBounds const& bounds, bool from_top = false);

/// The arguments n and n + 1 as bounds; nullopt: answered.
std::optional<ScoreBounds> score_bounds_argument(CommandContext& context, std::size_t min,
                                                 std::size_t max);
std::optional<LexBounds> lex_bounds_argument(CommandContext& context, std::size_t min,
                                             std::size_t max);

}  // namespace keyslot::sim
