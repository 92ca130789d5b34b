#include "conformance/harness/dialogue.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>

namespace keyslot::conformance {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

template <class Word>
bool begins_with(std::span<Word const> words, Words const& pattern) {
    if (words.size() < pattern.size()) {
        return false;
    }
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        bool const same = i == 0 ? same_name(pattern[0], words[0]) : pattern[i] == words[i];
        if (pattern[i] != "*" && !same) {
            return false;
        }
    }
    return true;
}

template <class Word>
bool matches_any(Pattern const& pattern, std::string_view node, std::span<Word const> words) {
    return (pattern.node.empty() || pattern.node == node) && begins_with(words, pattern.words);
}

}  // namespace

bool matches(Pattern const& pattern, std::string_view node, std::span<std::string const> words) {
    return matches_any(pattern, node, words);
}

bool matches(Pattern const& pattern, std::string_view node,
             std::span<std::string_view const> words) {
    return matches_any(pattern, node, words);
}

bool is_topology_fetch(std::span<std::string const> words) {
    return words.size() >= 2 && same_name(words[0], "CLUSTER") &&
           (same_name(words[1], "SLOTS") || same_name(words[1], "SHARDS") ||
            same_name(words[1], "NODES"));
}

bool matches_text(std::string_view pattern, std::string_view text) {
    std::size_t const star = pattern.find('*');
    if (star == std::string_view::npos) {
        return pattern == text;
    }
    if (!text.starts_with(pattern.substr(0, star))) {
        return false;
    }
    pattern.remove_prefix(star + 1);
    for (text.remove_prefix(star); !matches_text(pattern, text); text.remove_prefix(1)) {
        if (text.empty()) {
            return false;
        }
    }
    return true;
}

std::string in_one_line(std::span<std::string const> words) {
    constexpr std::size_t length_max = 60;
    std::string line;
    for (std::string const& word : words) {
        line += line.empty() ? "" : " ";
        line += word;
        if (line.size() > length_max) {
            line.resize(length_max);
            line += "...";
            break;
        }
    }
    return line;
}

std::string to_string(Dialogue const& dialogue) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(3);
    for (Exchange const& exchange : dialogue.exchanges) {
        auto const since_start =
            std::chrono::duration<double, std::milli>(exchange.at.time_since_epoch());
        text << std::setw(12) << since_start.count() << " ms  " << exchange.node << "  #"
             << exchange.connection << "  " << in_one_line(exchange.words) << "  ->  "
             << (exchange.answer.empty() ? "(nothing)" : exchange.answer)
             << (exchange.scripted ? "  [scripted]\n" : "\n");
    }
    return text.str();
}

}  // namespace keyslot::conformance
