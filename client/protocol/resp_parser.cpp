#include "client/protocol/resp_parser.hpp"

#include "client/protocol/numbers.hpp"
#include "client/protocol/plain_bulk.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace keyslot::protocol {
namespace {

// No 64-bit number is longer. A header is short enough to be read again from its start when the rest of
// it comes; only lines of text remember how far they were searched.
constexpr std::size_t digits_max = 19;
// "txt:" before the text of a verbatim string.
constexpr std::size_t verbatim_prefix = 4;
// The shortest element: "_\r\n", "+\r\n".
constexpr std::size_t element_bytes_min = 3;
// A parser that once saw a huge reply does not hold its memory for ever.
constexpr std::size_t nodes_kept_max = 64 * 1024;
constexpr std::size_t text_kept_max = 1024 * 1024;

bool is_keyed(ReplyType type) { return type == ReplyType::map || type == ReplyType::attribute; }

bool is_big_number(std::string_view text) {
    std::string_view const digits = text.substr(text.starts_with('-') || text.starts_with('+'));
    return !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

RespParser::RespParser(RespLimits limits) : limits_(limits) {
    // A node counts in 32 bits, itself and the closing node included.
    constexpr std::size_t count_max = std::numeric_limits<std::uint32_t>::max() - 2;
    limits_.elements_max = std::min(limits_.elements_max, count_max);
    limits_.bulk_bytes_max = std::min(limits_.bulk_bytes_max, count_max);
    limits_.line_bytes_max = std::min(limits_.line_bytes_max, count_max);
    takes_plain_bulks_ =
        limits_.bulk_bytes_max >= plain_bulk_bytes_max && limits_.line_bytes_max >= digits_max;
}

ReplyView RespParser::reply() const {
    assert(state_ == State::complete || state_ == State::inner_push);
    return {&nodes_[shown_], is_assembled_ ? assembled_.data() : input_.data()};
}

std::size_t RespParser::consumed() const { return consumed_; }

std::size_t RespParser::bytes_missing() const { return bytes_missing_; }

RespError const& RespParser::error() const { return error_; }

void RespParser::reset() {
    begin_reply();
    state_ = State::start;
    error_ = {};
}

ParseStatus RespParser::parse(std::string_view input) {
    input_ = input;
    switch (state_) {
        case State::failed: return ParseStatus::error;
        case State::start:
        case State::complete: begin_reply(); break;
        case State::inner_push: drop_inner_push(); break;
        case State::parsing: break;
    }
    while (state_ == State::parsing) {
        if (position_ < input_.size() && input_[position_] == '$' && take_plain_bulks()) {
            continue;
        }
        ParseStatus const status = is_in_chunks_ ? parse_chunk() : parse_element();
        if (status != ParseStatus::complete) {
            return status;
        }
    }
    finish();
    return ParseStatus::complete;
}

void RespParser::begin_reply() {
    if (nodes_.size() > nodes_kept_max) {
        nodes_ = {};
    }
    nodes_.clear();
    stack_.clear();
    if (has_streamed_) {
        forget_streamed();
    }
    position_ = scanned_ = 0;
    is_attributed_ = is_in_chunks_ = is_assembled_ = has_streamed_ = false;
    state_ = State::parsing;
}

void RespParser::forget_streamed() {
    streamed_.clear();
    for (std::string* text : {&chunks_, &assembled_}) {
        if (text->capacity() > text_kept_max) {
            *text = {};
        }
        text->clear();
    }
}

void RespParser::drop_inner_push() {
    nodes_.resize(shown_);
    while (!streamed_.empty() && streamed_.back() >= shown_) {
        streamed_.pop_back();
    }
    is_assembled_ = false;
    state_ = State::parsing;
}

// Most of what a server sends are bulk strings that are there as a whole: this takes as many of them as
// follow one another in an aggregate that was announced, a third of the work of parse_element() for each.
// Anything out of the ordinary is left to that one, and so is every decision about errors. False if
// there was none.
bool RespParser::take_plain_bulks() {
    std::uint32_t left = stack_.empty() ? 1 : stack_.back().left;
    if (is_attributed_ || is_in_chunks_ || !takes_plain_bulks_ ||
        nodes_.size() + left > limits_.elements_max) {
        return false;
    }
    std::string_view const within_limits = input_.substr(0, limits_.reply_bytes_max);
    std::size_t at = position_;
    std::uint32_t const left_before = left;
    for (; left != 0; --left) {
        PlainBulk const bulk = read_plain_bulk(within_limits, at);
        if (bulk.end == 0) {
            break;
        }
        nodes_.push_back({.type = ReplyType::bulk_string,
                          .length = bulk.length,
                          .value = static_cast<std::int64_t>(bulk.start)});
        at = bulk.end;
    }
    // A streamed aggregate has no elements left to come, and its elements are counted one by one.
    if (left == left_before) {
        return false;
    }
    position_ = at;
    if (!stack_.empty()) {
        stack_.back().left = left + 1;  // the last one taken ends below
    } else {
        root_ = static_cast<std::uint32_t>(nodes_.size() - 1);
    }
    end_element();
    return true;
}

// --- One element -------------------------------------------------------------------------------------

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

// --- Lengths, lines and payloads ---------------------------------------------------------------------

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

// --- The tree ----------------------------------------------------------------------------------------

ParseStatus RespParser::add_node(ReplyNode node, std::size_t end) {
    if (nodes_.size() >= limits_.elements_max) {
        return fail_limit("more elements than the limit of ", limits_.elements_max);
    }
    if (end > limits_.reply_bytes_max) {
        return fail_limit("reply longer than the limit of ", limits_.reply_bytes_max);
    }
    if (stack_.empty()) {
        root_ = static_cast<std::uint32_t>(nodes_.size());
    }
    node.has_attribute = is_attributed_;
    is_attributed_ = false;
    nodes_.push_back(node);
    position_ = end;
    return ParseStatus::complete;
}

ParseStatus RespParser::add_scalar(ReplyNode const& node, std::size_t end) {
    ParseStatus const status = add_node(node, end);
    if (status == ParseStatus::complete) {
        end_element();
    }
    return status;
}

ParseStatus RespParser::open_aggregate(ReplyNode const& node, Frame frame, std::size_t end) {
    if (stack_.size() >= limits_.depth_max) {
        return fail_limit("aggregates nested deeper than the limit of ", limits_.depth_max);
    }
    frame.node = static_cast<std::uint32_t>(nodes_.size());
    if (node.type == ReplyType::push && !stack_.empty()) {
        frame.inner_push = true;
        frame.attributed = std::exchange(is_attributed_, false);
    }
    if (ParseStatus const status = add_node(node, end); status != ParseStatus::complete) {
        return status;
    }
    // Room for what was announced, but for no more than the bytes at hand can hold.
    std::size_t const at_hand = (input_.size() - position_) / element_bytes_min;
    std::size_t const wanted = nodes_.size() + std::min<std::size_t>(frame.left, at_hand) + 1;
    if (wanted > nodes_.capacity()) {
        nodes_.reserve(std::max(wanted, 2 * nodes_.capacity()));
    }
    stack_.push_back(frame);
    if (frame.left == 0 && !frame.streamed && end_aggregate()) {
        end_element();
    }
    return ParseStatus::complete;
}

// The innermost aggregate has all its elements. False if it is not an element of the one around it.
bool RespParser::end_aggregate() {
    Frame const frame = stack_.back();
    stack_.pop_back();
    ReplyNode& node = nodes_[frame.node];
    node.descendants = static_cast<std::uint32_t>(nodes_.size() - frame.node - 1);
    if (node.type == ReplyType::attribute) {
        is_attributed_ = true;
        return false;
    }
    if (frame.inner_push) {
        shown_ = frame.node;
        is_attributed_ = frame.attributed;
        state_ = State::inner_push;
        return false;
    }
    return true;
}

// One element is complete, and so may be the aggregates around it that it was the last of.
void RespParser::end_element() {
    while (!stack_.empty()) {
        Frame& around = stack_.back();
        if (around.streamed) {
            ++nodes_[around.node].children;
            return;
        }
        if (--around.left != 0 || !end_aggregate()) {
            return;
        }
    }
    shown_ = root_;
    state_ = State::complete;
}

void RespParser::finish() {
    if (nodes_.size() > 1) {
        nodes_.push_back({});  // closes the tree: an iterator at its end looks at this node
    }
    // The attribute of the whole reply stands before its root; that of an inner push is not its own.
    std::uint32_t const first = state_ == State::complete ? 0 : shown_;
    if (has_streamed_ && !streamed_.empty() && streamed_.back() >= first) {
        assemble(first);
    }
    // An inner push consumes nothing: the reply around it begins before it.
    consumed_ = state_ == State::complete ? position_ : 0;
}

// Copies every text of the finished tree, from the input or from the chunks, behind one another.
void RespParser::assemble(std::size_t first) {
    assembled_.clear();
    auto next_streamed = std::lower_bound(streamed_.begin(), streamed_.end(), first);
    for (std::size_t n = first; n < nodes_.size(); ++n) {
        ReplyNode& node = nodes_[n];
        bool const is_streamed = next_streamed != streamed_.end() && *next_streamed == n;
        next_streamed += is_streamed ? 1 : 0;
        bool const has_text = node.length != 0 || node.type == ReplyType::verbatim_string;
        if (!has_text) {
            continue;
        }
        std::size_t const skipped =
            node.type == ReplyType::verbatim_string ? verbatim_prefix : 0;
        std::string_view const from = is_streamed ? std::string_view(chunks_) : input_;
        auto const start = static_cast<std::size_t>(node.value) - skipped;
        node.value = static_cast<std::int64_t>(assembled_.size() + skipped);
        assembled_.append(from.substr(start, node.length + skipped));
    }
    is_assembled_ = true;
}

// --- What parse() answers otherwise ------------------------------------------------------------------

ParseStatus RespParser::need_more(std::size_t bytes) {
    bytes_missing_ = bytes;
    return ParseStatus::need_more;
}

ParseStatus RespParser::fail(std::string what, std::size_t offset) {
    error_.what = std::move(what);
    error_.offset = offset;
    error_.byte = offset < input_.size() ? static_cast<unsigned char>(input_[offset]) : -1;
    state_ = State::failed;
    return ParseStatus::error;
}

ParseStatus RespParser::fail_limit(char const* what, std::size_t limit) {
    fail(what + std::to_string(limit), position_);
    error_.byte = -1;
    return ParseStatus::error;
}

std::string RespError::message() const {
    std::string text = what + " at offset " + std::to_string(offset);
    if (byte < 0) {
        return text;
    }
    constexpr std::string_view hex = "0123456789abcdef";
    auto const value = static_cast<unsigned>(byte);
    text.append(" (byte 0x").append(1, hex[value / 16]).append(1, hex[value % 16]);
    if (value > ' ' && value < 0x7f) {
        text.append(" '").append(1, static_cast<char>(value)).append(1, '\'');
    }
    return text + ")";
}

}  // namespace keyslot::protocol
