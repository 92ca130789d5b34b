#include "client/protocol/numbers.hpp"
#include "client/protocol/resp_parser.hpp"

#include <algorithm>
#include <limits>

// Each type of element, and the lengths, lines and payloads they are made of. Every function reads
// at position_ and either takes the whole of what it is named after or leaves the parser where it
// was.

namespace keyslot::protocol {
namespace {

// No 64-bit number is longer. A header is short enough to be read again from its start when the
// rest of it comes; only lines of text remember how far they were searched.
constexpr std::size_t digits_max = 19;

bool is_keyed(ReplyType type) { return type == ReplyType::map || type == ReplyType::attribute; }

bool is_big_number(std::string_view text) {
    std::string_view const digits = text.substr(text.starts_with('-') || text.starts_with('+'));
    return !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

ParseStatus RespParser::parse_element() {
    if (position_ >= input_.size()) {
        return need_more(position_ - input_.size() + element_bytes_min);
    }
    switch (input_[position_]) {
        case '$': return parse_blob(ReplyType::bulk_string);
        case ':': return parse_integer();
        case '*': return parse_aggregate(ReplyType::array);
        case '+': return parse_line(ReplyType::simple_string);
        case '-': return parse_line(ReplyType::error);
        case '_': return parse_null();
        case '#': return parse_boolean();
        case ',': return parse_line(ReplyType::double_number);
        case '(': return parse_line(ReplyType::big_number);
        case '!': return parse_blob(ReplyType::bulk_error);
        case '=': return parse_blob(ReplyType::verbatim_string);
        case '%': return parse_aggregate(ReplyType::map);
        case '~': return parse_aggregate(ReplyType::set);
        case '|': return parse_aggregate(ReplyType::attribute);
        case '>': return parse_aggregate(ReplyType::push);
        case '.': return parse_stream_end();
        default: return fail("no type of reply begins with this byte", position_);
    }
}

ParseStatus RespParser::parse_blob(ReplyType type) {
    Length length;
    if (ParseStatus const status = read_length(length); status != ParseStatus::complete) {
        return status;
    }
    if (length.kind != Length::Kind::number) {
        if (type != ReplyType::bulk_string) {
            return fail("length is not a number", position_ + 1);
        }
        if (length.kind == Length::Kind::null) {
            return add_scalar({}, length.end);
        }
        streamed_.push_back(static_cast<std::uint32_t>(nodes_.size()));
        is_in_chunks_ = has_streamed_ = true;
        auto const offset = static_cast<std::int64_t>(chunks_.size());
        return add_node({.type = type, .value = offset}, length.end);
    }
    if (ParseStatus const status = check_payload(length.end, length.value);
        status != ParseStatus::complete) {
        return status;
    }
    std::size_t const bytes = length.value;
    std::size_t const skipped = type == ReplyType::verbatim_string ? verbatim_prefix : 0;
    if (skipped != 0 && (bytes < skipped || input_[length.end + skipped - 1] != ':')) {
        return fail("verbatim string without a format of three bytes and ':'", length.end);
    }
    return add_scalar({.type = type,
                       .length = static_cast<std::uint32_t>(bytes - skipped),
                       .value = static_cast<std::int64_t>(length.end + skipped)},
                      length.end + bytes + 2);
}

ParseStatus RespParser::parse_aggregate(ReplyType type) {
    Length length;
    if (ParseStatus const status = read_length(length); status != ParseStatus::complete) {
        return status;
    }
    if (length.kind == Length::Kind::null) {
        if (type != ReplyType::array) {
            return fail("length is not a number", position_ + 1);
        }
        return add_scalar({.null_array = true}, length.end);
    }
    bool const is_streamed = length.kind == Length::Kind::streamed;
    std::uint64_t const factor = is_keyed(type) ? 2 : 1;
    // As many as announced must fit, before room is made for them.
    if (length.value > (limits_.elements_max - nodes_.size()) / factor) {
        return fail_limit("more elements than the limit of ", limits_.elements_max);
    }
    auto const elements = static_cast<std::uint32_t>(length.value * factor);
    return open_aggregate({.type = type, .children = elements},
                          {.left = elements, .streamed = is_streamed}, length.end);
}

ParseStatus RespParser::parse_integer() {
    std::size_t at = position_ + 1;
    bool const is_signed = at < input_.size() && (input_[at] == '-' || input_[at] == '+');
    bool const is_negative = is_signed && input_[at] == '-';
    at += is_signed ? 1 : 0;
    std::size_t const first = at;
    std::uint64_t magnitude = 0;
    for (; at < input_.size() && at - first <= digits_max; ++at) {
        unsigned const digit = static_cast<unsigned char>(input_[at]) - unsigned{'0'};
        if (digit > 9) {
            break;
        }
        magnitude = magnitude * 10 + digit;
    }
    constexpr std::uint64_t positive_max = std::numeric_limits<std::int64_t>::max();
    if (at - first > digits_max || magnitude > positive_max + (is_negative ? 1 : 0)) {
        return fail("integer does not fit in 64 bits", position_ + 1);
    }
    if (at - position_ - 1 > limits_.line_bytes_max) {
        return fail_limit("line longer than the limit of ", limits_.line_bytes_max);
    }
    ParseStatus const status =
        read_line_end(at, at == first ? "integer without digits" : "not a digit of an integer");
    if (status != ParseStatus::complete) {
        return status;
    }
    if (at == first) {
        return fail("integer without digits", at);
    }
    auto const value = static_cast<std::int64_t>(is_negative ? 0 - magnitude : magnitude);
    return add_scalar({.type = ReplyType::integer, .value = value}, at + 2);
}

ParseStatus RespParser::parse_null() {
    ParseStatus const status = read_line_end(position_ + 1, "null is not empty");
    return status == ParseStatus::complete ? add_scalar({}, position_ + 3) : status;
}

ParseStatus RespParser::parse_boolean() {
    if (input_.size() - position_ < 2) {
        return need_more(3);
    }
    char const value = input_[position_ + 1];
    if (value != 't' && value != 'f') {
        return fail("boolean is neither t nor f", position_ + 1);
    }
    ParseStatus const status = read_line_end(position_ + 2, "boolean is longer than one byte");
    if (status != ParseStatus::complete) {
        return status;
    }
    return add_scalar({.type = ReplyType::boolean, .value = value == 't'}, position_ + 4);
}

ParseStatus RespParser::parse_line(ReplyType type) {
    std::size_t end = 0;
    if (ParseStatus const status = find_line_end(end); status != ParseStatus::complete) {
        return status;
    }
    std::size_t const start = position_ + 1;
    std::string_view const text = input_.substr(start, end - start);
    if (type == ReplyType::double_number && !read_double(text).is_number) {
        return fail("not a floating-point number", start);
    }
    if (type == ReplyType::big_number && !is_big_number(text)) {
        return fail("not a big number", start);
    }
    return add_scalar({.type = type,
                       .length = static_cast<std::uint32_t>(text.size()),
                       .value = static_cast<std::int64_t>(start)},
                      end + 2);
}

ParseStatus RespParser::parse_stream_end() {
    if (stack_.empty() || !stack_.back().streamed) {
        return fail("end of a streamed aggregate where none is open", position_);
    }
    if (is_attributed_) {
        return fail("attribute without an element that it describes", position_);
    }
    ReplyNode const& node = nodes_[stack_.back().node];
    if (is_keyed(node.type) && node.children % 2 != 0) {
        return fail("streamed map ends with a key that has no value", position_);
    }
    ParseStatus const status = read_line_end(position_ + 1, "end of a stream is not empty");
    if (status != ParseStatus::complete) {
        return status;
    }
    position_ += 3;
    if (end_aggregate()) {
        end_element();
    }
    return ParseStatus::complete;
}

ParseStatus RespParser::parse_chunk() {
    if (position_ >= input_.size()) {
        return need_more(position_ - input_.size() + 4);
    }
    if (input_[position_] != ';') {
        return fail("not a chunk of a streamed string", position_);
    }
    Length length;
    if (ParseStatus const status = read_length(length); status != ParseStatus::complete) {
        return status;
    }
    if (length.kind != Length::Kind::number) {
        return fail("length is not a number", position_ + 1);
    }
    if (length.value == 0) {
        position_ = length.end;
        is_in_chunks_ = false;
        end_element();
        return ParseStatus::complete;
    }
    ReplyNode& node = nodes_[streamed_.back()];
    if (length.value > limits_.bulk_bytes_max - node.length) {
        return fail_limit("string longer than the limit of ", limits_.bulk_bytes_max);
    }
    if (ParseStatus const status = check_payload(length.end, length.value);
        status != ParseStatus::complete) {
        return status;
    }
    chunks_.append(input_.substr(length.end, length.value));
    node.length += static_cast<std::uint32_t>(length.value);
    position_ = length.end + length.value + 2;
    return ParseStatus::complete;
}

// The line after the type byte at position_: "16", "-1" for a null, "?" for what is streamed.
ParseStatus RespParser::read_length(Length& length) {
    std::size_t const first = position_ + 1;
    std::size_t at = first;
    std::uint64_t value = 0;
    for (; at < input_.size() && at - first <= digits_max; ++at) {
        unsigned const digit = static_cast<unsigned char>(input_[at]) - unsigned{'0'};
        if (digit > 9) {
            break;
        }
        value = value * 10 + digit;
    }
    if (at == first) {
        return read_special_length(at, length);
    }
    if (at - first > std::min(digits_max, limits_.line_bytes_max)) {
        return fail_limit("length longer than the limit of ",
                          std::min(digits_max, limits_.line_bytes_max));
    }
    length = {Length::Kind::number, value, at + 2};
    return read_line_end(at, "not a digit of a length");
}

ParseStatus RespParser::read_special_length(std::size_t at, Length& length) {
    if (at == input_.size()) {
        return need_more(element_bytes_min);
    }
    if (input_[at] == '?') {
        length = {Length::Kind::streamed, 0, at + 3};
        return read_line_end(at + 1, "not a digit of a length");
    }
    if (input_[at] != '-') {
        return fail("length is not a number", at);
    }
    if (at + 1 == input_.size()) {
        return need_more(element_bytes_min);
    }
    if (input_[at + 1] != '1') {
        return fail("negative length is not -1", at + 1);
    }
    length = {Length::Kind::null, 0, at + 4};
    return read_line_end(at + 2, "negative length is not -1");
}

// CRLF stands at `at`; `otherwise` says what is wrong with another byte in place of the CR.
ParseStatus RespParser::read_line_end(std::size_t at, char const* otherwise) {
    if (at >= input_.size()) {
        return need_more(at - input_.size() + 2);
    }
    if (input_[at] != '\r') {
        return fail(otherwise, at);
    }
    if (at + 1 == input_.size()) {
        return need_more(1);
    }
    return input_[at + 1] == '\n' ? ParseStatus::complete : fail("CR without LF", at + 1);
}

// The CR of the line of text at position_.
ParseStatus RespParser::find_line_end(std::size_t& end) {
    std::size_t const first = position_ + 1;
    std::size_t const over = first + limits_.line_bytes_max + 1;
    std::size_t const stop = std::min(input_.size(), over);
    end = std::max(first, scanned_);
    while (end < stop && input_[end] != '\r' && input_[end] != '\n') {
        ++end;
    }
    if (end == over) {
        return fail_limit("line longer than the limit of ", limits_.line_bytes_max);
    }
    scanned_ = end;
    return read_line_end(end, "LF without CR");
}

// `length` bytes from `start` on, and CRLF.
ParseStatus RespParser::check_payload(std::size_t start, std::uint64_t length) {
    if (length > limits_.bulk_bytes_max) {
        return fail_limit("string longer than the limit of ", limits_.bulk_bytes_max);
    }
    std::size_t const end = start + length;
    if (end + 2 > limits_.reply_bytes_max) {
        return fail_limit("reply longer than the limit of ", limits_.reply_bytes_max);
    }
    return read_line_end(end, "string does not end where its length says");
}

}  // namespace keyslot::protocol
