#include "simulator/commands/glob.hpp"

#include <algorithm>
#include <cstddef>

namespace keyslot::sim {

namespace {

char folded(char c, bool ignore_case) {
    return ignore_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

struct Step {
    bool matches = false;
    std::size_t next = 0;  // place in the pattern after what was matched
};

/// A bracket expression that starts at `at`. One that is never closed ends with the pattern.
Step match_class(std::string_view pattern, std::size_t at, char c, bool ignore_case) {
    ++at;
    bool const negated = at < pattern.size() && pattern[at] == '^';
    at += negated ? 1 : 0;
    bool matches = false;
    // Redis compares ranges as signed characters, in whichever order the ends are written.
    auto const wanted = static_cast<signed char>(folded(c, ignore_case));
    for (; at < pattern.size() && pattern[at] != ']'; ++at) {
        if (pattern[at] == '\\' && at + 1 < pattern.size()) {
            ++at;
            matches = matches || pattern[at] == c;
        } else if (at + 2 < pattern.size() && pattern[at + 1] == '-') {
            auto low = static_cast<signed char>(pattern[at]);
            auto high = static_cast<signed char>(pattern[at + 2]);
            if (low > high) {
                std::swap(low, high);
            }
            low = static_cast<signed char>(folded(static_cast<char>(low), ignore_case));
            high = static_cast<signed char>(folded(static_cast<char>(high), ignore_case));
            matches = matches || (wanted >= low && wanted <= high);
            at += 2;
        } else {
            matches = matches || folded(pattern[at], ignore_case) == folded(c, ignore_case);
        }
    }
    return {matches != negated, std::min(at + 1, pattern.size())};
}

/// Everything but '*' takes exactly one byte.
Step match_one(std::string_view pattern, std::size_t at, char c, bool ignore_case) {
    switch (pattern[at]) {
        case '?': return {true, at + 1};
        case '[': return match_class(pattern, at, c, ignore_case);
        case '\\': at += at + 1 < pattern.size() ? 1 : 0; break;
        default: break;
    }
    return {folded(pattern[at], ignore_case) == folded(c, ignore_case), at + 1};
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text, bool ignore_case) {
    if (text.empty()) {
        return pattern.empty();
    }
    std::size_t in_pattern = 0;
    std::size_t in_text = 0;
    // The last '*' seen: on a mismatch it takes one byte more. Earlier ones need no second try.
    std::size_t after_star = std::string_view::npos;
    std::size_t star_taken = 0;
    while (in_text < text.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            after_star = ++in_pattern;
            star_taken = in_text;
            continue;
        }
        Step const step = in_pattern < pattern.size()
                              ? match_one(pattern, in_pattern, text[in_text], ignore_case)
                              : Step{};
        if (step.matches) {
            in_pattern = step.next;
            ++in_text;
        } else if (after_star != std::string_view::npos) {
            in_pattern = after_star;
            in_text = ++star_taken;
        } else {
            return false;
        }
    }
    while (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
        ++in_pattern;
    }
    return in_pattern == pattern.size();
}

}  // namespace keyslot::sim
