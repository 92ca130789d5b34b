#include "client/protocol/inline_words.hpp"

#include <cstddef>

namespace keyslot::protocol {
namespace {

// The white space of C before and after words; inside a word a vertical tab or form feed does not
// end it.
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool ends_word(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char const lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

char unescape(char c) {
    switch (c) {
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'b': return '\b';
        case 'a': return '\a';
        default: return c;
    }
}

class Splitter {
public:
    Splitter(std::string_view line, std::string& out) : rest_(line), out_(out) {}

    bool at_end() {
        while (!rest_.empty() && is_space(rest_.front())) {
            rest_.remove_prefix(1);
        }
        return rest_.empty();
    }

    // Appends one word; false if its quotes are not balanced.
    bool word() {
        while (!rest_.empty() && !ends_word(rest_.front())) {
            char const c = take();
            if (c == '"' || c == '\'') {
                // A closing quote ends the word.
                return (c == '"' ? double_quoted() : single_quoted()) &&
                       (rest_.empty() || is_space(rest_.front()));
            }
            out_ += c;
        }
        return true;
    }

private:
    char take() {
        char const c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }

    bool double_quoted() {
        while (!rest_.empty()) {
            char const c = take();
            if (c == '"') {
                return true;
            }
            if (c != '\\' || rest_.empty()) {
                out_ += c;
            } else if (rest_.size() >= 3 && rest_[0] == 'x' && hex_digit(rest_[1]) >= 0 &&
                       hex_digit(rest_[2]) >= 0) {
                out_ += static_cast<char>(hex_digit(rest_[1]) * 16 + hex_digit(rest_[2]));
                rest_.remove_prefix(3);
            } else {
                out_ += unescape(take());
            }
        }
        return false;
    }

    bool single_quoted() {
        while (!rest_.empty()) {
            char c = take();
            if (c == '\'') {
                return true;
            }
            if (c == '\\' && !rest_.empty() && rest_.front() == '\'') {
                c = take();
            }
            out_ += c;
        }
        return false;
    }

    std::string_view rest_;
    std::string& out_;
};

}  // namespace

bool split_inline_words(std::string_view line, std::string& storage,
                        std::vector<std::string_view>& words) {
    storage.clear();
    storage.reserve(line.size());  // never outgrown, so the words may point into it at once
    words.clear();
    Splitter splitter(line, storage);
    while (!splitter.at_end()) {
        std::size_t const start = storage.size();
        if (!splitter.word()) {
            return false;
        }
        words.emplace_back(storage.data() + start, storage.size() - start);
    }
    return true;
}

}  // namespace keyslot::protocol
