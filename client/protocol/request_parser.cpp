#include "client/protocol/request_parser.hpp"

#include "client/protocol/inline_words.hpp"
#include "client/protocol/plain_bulk.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <optional>

// The order of the checks below is part of the behaviour: a header without its line end is never
// looked at, so a wrong first byte is reported only when the CR has come. (Facts, "Protocol limits
// and errors", and dialogues with redis-server 7.0.15.)

namespace keyslot::protocol {
namespace {

// Redis reads lengths as it reads any integer: no '+', no leading zero, no "-0".
std::optional<std::int64_t> parse_length(std::string_view text) {
    std::int64_t value = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    std::string_view const digits = text.front() == '-' ? text.substr(1) : text;
    bool const canonical = digits.front() != '0' || text == "0";
    return canonical ? std::optional(value) : std::nullopt;
}

}  // namespace

RequestParser::RequestParser(RequestLimits limits) : limits_(limits) {}

std::span<std::string_view const> RequestParser::arguments() const {
    assert(state_ == State::complete);
    return arguments_;
}

std::size_t RequestParser::consumed() const {
    assert(state_ == State::complete);
    return consumed_;
}

std::string const& RequestParser::error_line() const { return error_line_; }

void RequestParser::reset() {
    begin_command();
    error_line_.clear();
}

void RequestParser::begin_command() {
    state_ = State::start;
    words_.clear();
    arguments_.clear();
    position_ = scanned_ = words_left_ = bulk_length_ = consumed_ = 0;
}

ParseStatus RequestParser::parse(std::string_view input, bool authenticated) {
    if (state_ == State::failed) {
        return ParseStatus::error;
    }
    if (state_ == State::complete) {
        begin_command();
    }
    if (input.empty()) {
        return ParseStatus::need_more;
    }
    return input.front() == '*' ? parse_multibulk(input, authenticated) : parse_inline(input);
}

ParseStatus RequestParser::parse_multibulk(std::string_view input, bool authenticated) {
    if (state_ == State::start) {
        ParseStatus const status = read_count(input, authenticated);
        if (status != ParseStatus::complete || words_left_ == 0) {
            return status;
        }
    }
    while (words_left_ != 0) {
        if (take_plain_bulk(input, authenticated)) {
            continue;
        }
        ParseStatus const status = read_bulk(input, authenticated);
        if (status != ParseStatus::complete) {
            return status;
        }
    }
    arguments_.reserve(words_.size());
    for (Word const& word : words_) {
        arguments_.push_back(input.substr(word.offset, word.length));
    }
    return complete(position_);
}

ParseStatus RequestParser::read_count(std::string_view input, bool authenticated) {
    std::size_t end = 0;
    ParseStatus const status =
        find_line_end(input, '\r', limits_.header_bytes_max, "too big mbulk count string", end);
    if (status != ParseStatus::complete) {
        return status;
    }
    std::optional<std::int64_t> const count = parse_length(input.substr(1, end - 1));
    if (!count || *count > static_cast<std::int64_t>(limits_.arguments_max)) {
        return fail("invalid multibulk length");
    }
    if (!authenticated &&
        *count > static_cast<std::int64_t>(limits_.unauthenticated_arguments_max)) {
        return fail("unauthenticated multibulk length");
    }
    position_ = scanned_ = end + 2;
    if (*count <= 0) {
        return complete(position_);
    }
    words_left_ = static_cast<std::size_t>(*count);
    state_ = State::header;
    return ParseStatus::complete;
}

// Most words are here as a whole and within all limits. The others, and all errors, are for
// read_bulk().
bool RequestParser::take_plain_bulk(std::string_view input, bool authenticated) {
    if (state_ != State::header) {
        return false;
    }
    PlainBulk const bulk = read_plain_bulk(input, position_);
    std::size_t const limit =
        authenticated ? limits_.bulk_bytes_max : limits_.unauthenticated_bulk_bytes_max;
    if (bulk.end == 0 || bulk.length > std::min(limit, limits_.bulk_bytes_max)) {
        return false;
    }
    words_.push_back({bulk.start, bulk.length});
    position_ = scanned_ = bulk.end;
    --words_left_;
    return true;
}

ParseStatus RequestParser::read_bulk(std::string_view input, bool authenticated) {
    if (state_ == State::header) {
        std::size_t end = 0;
        ParseStatus const status =
            find_line_end(input, '\r', limits_.header_bytes_max, "too big bulk count string", end);
        if (status != ParseStatus::complete) {
            return status;
        }
        if (input[position_] != '$') {
            return fail(std::string("expected '$', got '") + input[position_] + "'");
        }
        std::optional<std::int64_t> const length =
            parse_length(input.substr(position_ + 1, end - position_ - 1));
        if (!length || *length < 0 || *length > static_cast<std::int64_t>(limits_.bulk_bytes_max)) {
            return fail("invalid bulk length");
        }
        bulk_length_ = static_cast<std::size_t>(*length);
        if (!authenticated && bulk_length_ > limits_.unauthenticated_bulk_bytes_max) {
            return fail("unauthenticated bulk length");
        }
        position_ = end + 2;
        state_ = State::payload;
    }
    // The two bytes after the payload are skipped unseen.
    if (input.size() < position_ || input.size() - position_ < bulk_length_ + 2) {
        return ParseStatus::need_more;
    }
    words_.push_back({position_, bulk_length_});
    position_ += bulk_length_ + 2;
    scanned_ = position_;
    --words_left_;
    state_ = State::header;
    return ParseStatus::complete;
}

ParseStatus RequestParser::parse_inline(std::string_view input) {
    std::size_t end = 0;
    ParseStatus const status =
        find_line_end(input, '\n', limits_.inline_bytes_max, "too big inline request", end);
    if (status != ParseStatus::complete) {
        return status;
    }
    std::string_view line = input.substr(0, end);
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    if (!split_inline_words(line, unquoted_, arguments_)) {
        return fail("unbalanced quotes in request");
    }
    return complete(end + 1);
}

// Finds `end` at or after position_. A multibulk header counts as there when one byte more has
// come, the place of its LF. A zero byte hides all that follows it, since Redis looks for C
// strings: such a line never ends, and is too big one day.
ParseStatus RequestParser::find_line_end(std::string_view input, char end, std::size_t limit,
                                         std::string_view too_big, std::size_t& found) {
    std::size_t const from = std::min(std::max(scanned_, position_), input.size());
    std::string_view const unseen = input.substr(from);
    std::size_t const at = unseen.find(end);
    std::size_t const zero = unseen.substr(0, at).find('\0');
    if (at == std::string_view::npos || zero != std::string_view::npos) {
        scanned_ = zero != std::string_view::npos ? from + zero : input.size();
        bool const over = input.size() > position_ && input.size() - position_ > limit;
        return over ? fail(too_big) : ParseStatus::need_more;
    }
    scanned_ = found = from + at;
    bool const is_whole = end == '\n' || found + 1 < input.size();
    return is_whole ? ParseStatus::complete : ParseStatus::need_more;
}

ParseStatus RequestParser::complete(std::size_t consumed) {
    state_ = State::complete;
    consumed_ = consumed;
    return ParseStatus::complete;
}

ParseStatus RequestParser::fail(std::string_view what) {
    state_ = State::failed;
    error_line_.assign("ERR Protocol error: ").append(what);
    // Redis keeps an error on one line.
    std::replace_if(
        error_line_.begin(), error_line_.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
    return ParseStatus::error;
}

}  // namespace keyslot::protocol
