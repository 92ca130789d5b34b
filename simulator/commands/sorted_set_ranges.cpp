#include "simulator/commands/sorted_set_ranges.hpp"

#include "simulator/commands/arguments.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

namespace keyslot::sim {

namespace {

/// Looser than other numbers: nothing at all is 0, white space in front does not matter, and the text
/// ends at a zero byte.
bool parse_score_bound(std::string_view text, double& score, bool& open) {
    open = text.starts_with('(');
    std::string const digits(text.substr(open ? 1 : 0));
    char* end = nullptr;
    score = std::strtod(digits.c_str(), &end);
    return *end == '\0' && !std::isnan(score);
}

bool parse_lex_bound(std::string_view text, LexBound& bound) {
    if (text.starts_with('(') || text.starts_with('[')) {
        bound = {LexBound::Place::text, text[0] == '(', text.substr(1)};
        return true;
    }
    bool const lone = text.size() == 1 || (text.size() > 1 && text[1] == '\0');
    if (!lone || (text[0] != '+' && text[0] != '-')) {
        return false;
    }
    bound.place = text[0] == '+' ? LexBound::Place::highest : LexBound::Place::lowest;
    return true;
}

/// How many members stand below the bound, with `and_equal` those equal to it too.
std::size_t members_below(SortedSetValue const& zset, LexBound const& bound, bool and_equal) {
    switch (bound.place) {
        case LexBound::Place::lowest: return 0;
        case LexBound::Place::highest: return zset.size();
        case LexBound::Place::text: break;
    }
    return zset.count_below(bound.text, and_equal);
}

bool is_above(std::string_view member, LexBound const& min) {
    return min.place == LexBound::Place::lowest ||
           (min.place == LexBound::Place::text &&
            (min.open ? member > min.text : member >= min.text));
}

bool is_below(std::string_view member, LexBound const& max) {
    return max.place == LexBound::Place::highest ||
           (max.place == LexBound::Place::text &&
            (max.open ? member < max.text : member <= max.text));
}

/// Whether no text at all can lie within.
bool contradict(LexBounds const& bounds) {
    auto const& [min, max] = bounds;
    if (min.place != max.place) {
        return min.place > max.place;
    }
    return min.place != LexBound::Place::text || min.text > max.text ||
           (min.text == max.text && (min.open || max.open));
}

IndexRange first_run_within(SortedSetValue const& zset, LexBounds const& bounds, bool from_top) {
    std::vector<ScoredMember> const members = zset.members();
    if (contradict(bounds) || !is_above(members.back().member, bounds.min) ||
        !is_below(members.front().member, bounds.max)) {
        return {};
    }
    auto const above = [&](ScoredMember const& one) { return is_above(one.member, bounds.min); };
    auto const below = [&](ScoredMember const& one) { return is_below(one.member, bounds.max); };
    if (from_top) {
        auto const top = std::find_if(members.rbegin(), members.rend(), below);
        auto const end = std::find_if_not(top, members.rend(), above);
        return {static_cast<std::size_t>(members.rend() - end),
                static_cast<std::size_t>(members.rend() - top)};
    }
    auto const bottom = std::find_if(members.begin(), members.end(), above);
    auto const end = std::find_if_not(bottom, members.end(), below);
    return {static_cast<std::size_t>(bottom - members.begin()),
            static_cast<std::size_t>(end - members.begin())};
}

}  // namespace

std::optional<ScoreBounds> parse_score_bounds(std::string_view min, std::string_view max) {
    ScoreBounds bounds;
    if (!parse_score_bound(min, bounds.min, bounds.min_open) ||
        !parse_score_bound(max, bounds.max, bounds.max_open)) {
        return std::nullopt;
    }
    return bounds;
}

IndexRange ranks_within(SortedSetValue const& zset, ScoreBounds const& bounds) {
    std::size_t const first = zset.count_below(bounds.min, bounds.min_open);
    std::size_t const last = zset.count_below(bounds.max, !bounds.max_open);
    return {first, std::max(first, last)};
}

std::optional<LexBounds> parse_lex_bounds(std::string_view min, std::string_view max) {
    LexBounds bounds;
    if (!parse_lex_bound(min, bounds.min) || !parse_lex_bound(max, bounds.max)) {
        return std::nullopt;
    }
    return bounds;
}

IndexRange ranks_within(SortedSetValue const& zset, LexBounds const& bounds, bool from_top) {
    if (zset.is_compact()) {
        return first_run_within(zset, bounds, from_top);
    }
    std::size_t const first = members_below(zset, bounds.min, bounds.min.open);
    std::size_t const last = members_below(zset, bounds.max, !bounds.max.open);
    return {first, std::max(first, last)};
}

std::optional<ScoreBounds> score_bounds_argument(CommandContext& context, std::size_t min,
                                                 std::size_t max) {
    auto const bounds = parse_score_bounds(context.argument(min), context.argument(max));
    if (!bounds) {
        context.reply.error("ERR min or max is not a float");
    }
    return bounds;
}

std::optional<LexBounds> lex_bounds_argument(CommandContext& context, std::size_t min,
                                             std::size_t max) {
    auto const bounds = parse_lex_bounds(context.argument(min), context.argument(max));
    if (!bounds) {
        context.reply.error("ERR min or max not valid string range item");
    }
    return bounds;
}

}  // namespace keyslot::sim
