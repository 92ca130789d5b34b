#include "client/protocol/resp_writer.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>

namespace keyslot::protocol {
namespace {

// Longest text of a 64-bit number, or of a double in %.17g.
constexpr std::size_t number_bytes_max = 32;

template <class Integer>
void append_line(std::string& out, char type, Integer value) {
    char line[number_bytes_max];
    line[0] = type;
    char* end = std::to_chars(line + 1, line + sizeof line - 2, value).ptr;
    *end++ = '\r';
    *end++ = '\n';
    out.append(line, static_cast<std::size_t>(end - line));
}

void append_blob(std::string& out, char type, std::string_view text) {
    append_line(out, type, text.size());
    out.append(text);
    out.append("\r\n", 2);
}

std::size_t digits_of(std::size_t value) {
    std::size_t digits = 1;
    for (; value >= 10; value /= 10) {
        ++digits;
    }
    return digits;
}

// to_chars would print the sign of a nan, and needs no locale where printf does.
std::string_view format_double(double value, char (&buffer)[number_bytes_max]) {
    if (std::isnan(value)) {
        return "nan";
    }
    if (std::isinf(value)) {
        return value > 0 ? "inf" : "-inf";
    }
    auto const end =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 17).ptr;
    return {buffer, static_cast<std::size_t>(end - buffer)};
}

// Copies and writes '$' or '*' with a length: the whole of what a command is made of.
char* put_line(char* at, char type, std::size_t value) {
    *at++ = type;
    at = std::to_chars(at, at + number_bytes_max, value).ptr;
    *at++ = '\r';
    *at++ = '\n';
    return at;
}

// Where a word of a command stands.
struct WordPlace {
    std::size_t begin = 0;  // of its "$size"
    std::size_t text = 0;
    std::size_t size = 0;
    std::size_t end() const { return text + size + 2; }
};

// The word whose "$size" begins there.
WordPlace place_behind(std::string_view command, std::size_t begin) {
    WordPlace place{.begin = begin, .text = command.find('\n', begin) + 1};
    std::from_chars(command.data() + begin + 1, command.data() + place.text, place.size);
    assert(place.text != 0 && place.end() <= command.size());
    return place;
}

WordPlace place_of(std::string_view command, std::size_t position) {
    WordPlace place = place_behind(command, command.find('\n') + 1);  // behind *n
    for (std::size_t n = 0; n < position; ++n) {
        place = place_behind(command, place.end());
    }
    return place;
}

}  // namespace

void replace_word(std::string& command, std::size_t position, std::string_view word) {
    WordPlace const place = place_of(command, position);
    std::string bulk;
    append_blob(bulk, '$', word);
    command.replace(place.begin, place.end() - place.begin, bulk);
}

std::string_view word_at(std::string_view command, std::size_t position) {
    WordPlace const place = place_of(command, position);
    return command.substr(place.text, place.size);
}

std::vector<std::string_view> words_of(std::string_view command) {
    std::vector<std::string_view> words;
    for (std::size_t begin = command.find('\n') + 1; begin < command.size();) {
        WordPlace const place = place_behind(command, begin);
        words.push_back(command.substr(place.text, place.size));
        begin = place.end();
    }
    return words;
}

void write_command(std::string& out, std::span<std::string_view const> arguments) {
    constexpr std::size_t frame = 3;  // the type byte and CRLF
    std::size_t bytes = frame + digits_of(arguments.size());
    for (std::string_view argument : arguments) {
        bytes += frame + digits_of(argument.size()) + argument.size() + 2;
    }
    std::size_t const before = out.size();
    if (out.capacity() - before < bytes) {
        // Many commands are appended to one buffer: grow as a string grows, not by each command's
        // bytes.
        out.reserve(std::max(before + bytes, out.capacity() * 2));
    }
    out.resize(before + bytes);
    char* at = put_line(out.data() + before, '*', arguments.size());
    for (std::string_view argument : arguments) {
        at = put_line(at, '$', argument.size());
        at = std::copy(argument.begin(), argument.end(), at);
        *at++ = '\r';
        *at++ = '\n';
    }
    assert(at == out.data() + out.size());
}

void RespWriter::simple(std::string_view text) {
    assert(text.find_first_of("\r\n") == std::string_view::npos);
    *out_ += '+';
    out_->append(text);
    out_->append("\r\n", 2);
}

void RespWriter::error(std::string_view text) {
    *out_ += '-';
    std::size_t const start = out_->size();
    out_->append(text);
    std::replace_if(
        out_->begin() + static_cast<std::ptrdiff_t>(start), out_->end(),
        [](char c) { return c == '\r' || c == '\n'; }, ' ');
    out_->append("\r\n", 2);
}

void RespWriter::integer(std::int64_t value) { append_line(*out_, ':', value); }

void RespWriter::bulk(std::string_view text) { append_blob(*out_, '$', text); }

void RespWriter::null() { out_->append(protocol_ >= 3 ? "_\r\n" : "$-1\r\n"); }

void RespWriter::null_array() { out_->append(protocol_ >= 3 ? "_\r\n" : "*-1\r\n"); }

void RespWriter::boolean(bool value) {
    if (protocol_ >= 3) {
        out_->append(value ? "#t\r\n" : "#f\r\n");
    } else {
        integer(value ? 1 : 0);
    }
}

void RespWriter::number(double value) {
    char buffer[number_bytes_max];
    std::string_view const text = format_double(value, buffer);
    if (protocol_ < 3) {
        return bulk(text);
    }
    *out_ += ',';
    out_->append(text);
    out_->append("\r\n", 2);
}

void RespWriter::big_number(std::string_view digits) {
    if (protocol_ < 3) {
        return bulk(digits);
    }
    *out_ += '(';
    out_->append(digits);
    out_->append("\r\n", 2);
}

void RespWriter::verbatim(std::string_view format, std::string_view text) {
    assert(format.size() == 3);
    if (protocol_ < 3) {
        return bulk(text);
    }
    append_line(*out_, '=', text.size() + format.size() + 1);
    out_->append(format);
    *out_ += ':';
    out_->append(text);
    out_->append("\r\n", 2);
}

void RespWriter::bulk_error(std::string_view text) {
    if (protocol_ < 3) {
        return error(text);
    }
    append_blob(*out_, '!', text);
}

void RespWriter::array(std::size_t elements) { append_line(*out_, '*', elements); }

void RespWriter::map(std::size_t pairs) {
    if (protocol_ >= 3) {
        append_line(*out_, '%', pairs);
    } else {
        array(2 * pairs);
    }
}

void RespWriter::set(std::size_t elements) {
    append_line(*out_, protocol_ >= 3 ? '~' : '*', elements);
}

void RespWriter::push(std::size_t elements) {
    append_line(*out_, protocol_ >= 3 ? '>' : '*', elements);
}

void RespWriter::attribute(std::size_t pairs) {
    assert(protocol_ >= 3);
    append_line(*out_, '|', pairs);
}

}  // namespace keyslot::protocol
