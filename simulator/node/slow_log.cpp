#include "simulator/node/slow_log.hpp"

#include "simulator/node/words.hpp"

#include <utility>

namespace keyslot::sim {

namespace {

constexpr std::size_t words_max = 32;
constexpr std::size_t word_bytes_max = 128;
constexpr std::string_view hidden = "(redacted)";

/// AUTH and AUTH2 among the options of HELLO and MIGRATE: what follows them.
void hide_options(std::vector<std::string>& words, std::size_t first) {
    for (std::size_t n = first; n < words.size(); ++n) {
        std::size_t const secrets = same_word(words[n], "auth2") ? 2 : 0;
        std::size_t const count = same_word(words[n], "auth") ? (first == 1 ? 2 : 1) : secrets;
        for (std::size_t more = 0; more < count && n + 1 < words.size(); ++more) {
            words[++n] = hidden;
        }
    }
}

}  // namespace

void SlowLog::add(Entry entry, std::size_t entries_max) {
    entry.id = next_id_++;
    entries_.push_front(std::move(entry));
    while (entries_.size() > entries_max) {
        entries_.pop_back();
    }
}

std::vector<std::string> redacted(protocol::CommandInfo const& info, Arguments arguments) {
    std::vector<std::string> words(arguments.begin(), arguments.end());
    std::size_t first_secret = words.size();
    if (info.name == "auth") {
        first_secret = 1;
    } else if (info.name == "acl|setuser") {
        first_secret = 2;
    } else if (info.name == "hello") {
        hide_options(words, 1);
    } else if (info.name == "migrate") {
        hide_options(words, 6);
    } else if (info.name == "config|set") {
        for (std::size_t n = 2; n + 1 < words.size(); n += 2) {
            if (same_word(words[n], "requirepass") || same_word(words[n], "masterauth") ||
                same_word(words[n], "masteruser")) {
                words[n + 1] = hidden;
            }
        }
    }
    for (std::size_t n = first_secret; n < words.size(); ++n) {
        words[n] = hidden;
    }
    return words;
}

void shorten(std::vector<std::string>& words) {
    if (words.size() > words_max) {
        std::size_t const more = words.size() - words_max + 1;
        words.resize(words_max);
        words.back() = "... (" + std::to_string(more) + " more arguments)";
    }
    for (std::string& word : words) {
        if (word.size() > word_bytes_max) {
            std::size_t const more = word.size() - word_bytes_max;
            word.resize(word_bytes_max);
            word += "... (" + std::to_string(more) + " more bytes)";
        }
    }
}

}  // namespace keyslot::sim
