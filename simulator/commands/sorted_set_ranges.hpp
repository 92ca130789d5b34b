#pragma once

#include "simulator/commands/command_context.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// Ranges of sorted sets, as clients write them and as ranks.
namespace keyslot::sim {

/// From the lowest rank up to, not including, `last`.
struct RankRange {
    std::size_t first = 0;
    std::size_t last = 0;

    std::size_t size() const { return last - first; }
    bool empty() const { return first == last; }
};

/// Of `size` members those from `start` to `stop`, both included, negative ones counted from the end.
RankRange ranks_between(std::size_t size, std::int64_t start, std::int64_t stop);

/// "1.5", "(1.5", "-inf"
struct ScoreBounds {
    double min = 0;
    double max = 0;
    bool min_open = false;
    bool max_open = false;
};
std::optional<ScoreBounds> parse_score_bounds(std::string_view min, std::string_view max);
RankRange ranks_within(SortedSetValue const& zset, ScoreBounds const& bounds);

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
RankRange ranks_within(SortedSetValue const& zset, LexBounds const& bounds, bool from_top = false);

/// The arguments n and n + 1 as bounds; nullopt: answered.
std::optional<ScoreBounds> score_bounds_argument(CommandContext& context, std::size_t min,
                                                 std::size_t max);
std::optional<LexBounds> lex_bounds_argument(CommandContext& context, std::size_t min,
                                             std::size_t max);

}  // namespace keyslot::sim
