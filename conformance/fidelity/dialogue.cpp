#include "conformance/fidelity/dialogue.hpp"

#include "client/protocol/inline_words.hpp"
#include "client/protocol/resp_writer.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <stdexcept>

namespace keyslot::fidelity {

namespace {

constexpr std::string_view number_hole = "%int%";
constexpr std::string_view text_hole = "%text%";

std::string fill_in(std::string text, std::map<std::string, std::string> const& variables) {
    for (auto const& [variable, value] : variables) {
        for (std::size_t at = 0; (at = text.find(variable, at)) != std::string::npos;) {
            text.replace(at, variable.size(), value);
            at += value.size();
        }
    }
    return text;
}

class Reader {
public:
    Reader(std::filesystem::path const& file, std::map<std::string, std::string> const& variables)
        : file_(file), variables_(variables) {}

    Dialogue read() {
        std::ifstream stream(file_);
        for (std::string line; std::getline(stream, line);) {
            ++line_;
            take(line);
        }
        if (dialogue_.topology.empty()) {
            fail("a dialogue names its topology");
        }
        return std::move(dialogue_);
    }

private:
    [[noreturn]] void fail(std::string const& what) const {
        throw std::runtime_error(file_.string() + ":" + std::to_string(line_) + ": " + what);
    }

    void take(std::string const& line) {
        std::size_t const blank = std::min(line.find(' '), line.size());
        std::string const word = line.substr(0, blank);
        std::string const rest = line.substr(std::min(blank + 1, line.size()));
        if (word.empty() || word == "#" || word == "mask") {
            return;  // masks are the recorder's
        }
        if (word == "<") {
            add_answer(fill_in(rest, variables_));
        } else if (word == "closed") {
            last_exchange().closes = true;
        } else if (word == ">" || word == "raw>") {
            add_request(word == ">", rest);
        } else if (word == "wait") {
            add_pause(rest);
        } else {
            take_setting(word, words(rest));
        }
    }

    void take_setting(std::string const& word, std::vector<std::string> const& values) {
        if (word == "topology" && values.size() == 1) {
            dialogue_.topology = values[0];
        } else if (word == "option" && values.size() == 2) {
            dialogue_.options[values[0]] = values[1];
        } else if (word == "on" && (values.size() == 1 || values.size() == 2)) {
            dialogue_.steps.emplace_back(SwitchTo{values[0], values.size() == 2 ? values[1] : ""});
        } else {
            fail("not understood: " + word);
        }
    }

    void add_pause(std::string_view text) {
        int milliseconds = 0;
        auto const [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), milliseconds);
        if (error != std::errc{} || std::string_view(end, text.data() + text.size()) != "ms") {
            fail("a time is written as 20ms");
        }
        dialogue_.steps.emplace_back(Pause{std::chrono::milliseconds{milliseconds}});
    }

    void add_request(bool as_command, std::string const& text) {
        Exchange exchange;
        exchange.line = line_;
        exchange.source = text;
        auto const parts = words(fill_in(text, variables_));
        if (as_command) {
            protocol::write_command(exchange.request,
                                    std::vector<std::string_view>(parts.begin(), parts.end()));
        } else {
            for (std::string const& part : parts) {
                exchange.request += part;
            }
        }
        dialogue_.steps.emplace_back(std::move(exchange));
    }

    /// One line of an answer; a backslash at its end says that no CRLF follows.
    void add_answer(std::string_view text) {
        ExpectedAnswer& answer = last_exchange().answer;
        bool ends_line = true;
        for (std::size_t at = 0; at < text.size();) {
            if (text.substr(at).starts_with(number_hole)) {
                answer.add_hole(ExpectedAnswer::Hole::number);
                at += number_hole.size();
            } else if (text.substr(at).starts_with(text_hole)) {
                answer.add_hole(ExpectedAnswer::Hole::text);
                at += text_hole.size();
            } else if (text[at] != '\\') {
                answer.add_bytes(text.substr(at++, 1));
            } else if (at + 1 == text.size()) {
                ends_line = false;
                ++at;
            } else {
                answer.add_bytes(std::string(1, escaped(text, at)));
            }
        }
        if (ends_line) {
            answer.add_bytes("\r\n");
        }
    }

    /// The byte that the escape at `at` stands for; `at` moves on behind it.
    char escaped(std::string_view text, std::size_t& at) const {
        char const kind = text[at + 1];
        at += 2;
        switch (kind) {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'x': break;
            default: return kind;
        }
        unsigned char byte = 0;
        char const* const digits = text.data() + at;
        auto const [end, error] =
            std::from_chars(digits, digits + std::min<std::size_t>(2, text.size() - at), byte, 16);
        if (error != std::errc{}) {
            fail("\\x wants two hexadecimal digits");
        }
        at += static_cast<std::size_t>(end - digits);
        return static_cast<char>(byte);
    }

    std::vector<std::string> words(std::string const& text) const {
        std::string storage;
        std::vector<std::string_view> found;
        if (!protocol::split_inline_words(text, storage, found)) {
            fail("unbalanced quotes");
        }
        return {found.begin(), found.end()};
    }

    Exchange& last_exchange() {
        auto* const exchange =
            dialogue_.steps.empty() ? nullptr : std::get_if<Exchange>(&dialogue_.steps.back());
        if (exchange == nullptr) {
            fail("an answer to nothing");
        }
        return *exchange;
    }

    std::filesystem::path file_;
    std::map<std::string, std::string> const& variables_;
    Dialogue dialogue_;
    int line_ = 0;
};

}  // namespace

bool ExpectedAnswer::matches(std::string_view answer) const {
    if (!answer.starts_with(start_)) {
        return false;
    }
    answer.remove_prefix(start_.size());
    for (auto const& [kind, then] : holes_) {
        std::size_t length = 0;
        if (kind == Hole::number) {
            std::size_t const sign = answer.starts_with('-') ? 1 : 0;
            length = std::min(answer.find_first_not_of("0123456789", sign), answer.size());
            length = length > sign ? length : 0;
        } else {
            // A text ends where what follows it begins, on its own line.
            length =
                std::min(answer.substr(0, answer.find('\n')).find(then.substr(0, then.find('\n'))),
                         answer.size());
        }
        if (length == 0 || !answer.substr(length).starts_with(then)) {
            return false;
        }
        answer.remove_prefix(length + then.size());
    }
    return answer.empty();
}

std::string ExpectedAnswer::text() const {
    std::string text = start_;
    for (auto const& [kind, then] : holes_) {
        text += kind == Hole::number ? number_hole : text_hole;
        text += then;
    }
    return text;
}

Dialogue read_dialogue(std::filesystem::path const& file,
                       std::map<std::string, std::string> const& variables) {
    return Reader(file, variables).read();
}

std::string show_bytes(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        char const c = bytes[at];
        if (bytes.substr(at).starts_with("\r\n")) {
            text += '\n';
            ++at;
        } else if (c == '\n') {
            text += "\\n";
        } else if (c >= ' ' && c <= '~') {
            text += c;
        } else {
            auto const byte = static_cast<unsigned char>(c);
            text += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return text;
}

}  // namespace keyslot::fidelity
