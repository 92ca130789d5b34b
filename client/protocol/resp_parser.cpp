#include "client/protocol/resp_parser.hpp"

#include "client/protocol/plain_bulk.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace keyslot::protocol {
namespace {

// A parser that once saw a huge reply does not hold its memory for ever.
constexpr std::size_t nodes_kept_max = 64 * 1024;
constexpr std::size_t text_kept_max = 1024 * 1024;

}  // namespace

RespParser::RespParser(RespLimits limits) : limits_(limits) {
    // A node counts in 32 bits, itself and the closing node included.
    constexpr std::size_t count_max = std::numeric_limits<std::uint32_t>::max() - 2;
    limits_.elements_max = std::min(limits_.elements_max, count_max);
    limits_.bulk_bytes_max = std::min(limits_.bulk_bytes_max, count_max);
    limits_.line_bytes_max = std::min(limits_.line_bytes_max, count_max);
    takes_plain_bulks_ = limits_.bulk_bytes_max >= plain_bulk_bytes_max &&
                         limits_.line_bytes_max >= plain_bulk_digits_max;
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

// Most of what a server sends are bulk strings that are there as a whole: this takes as many of
// them as follow one another in an aggregate that was announced, a third of the work of
// parse_element() for each. Anything out of the ordinary is left to that one, and so is every
// decision about errors. False if there was none.
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
    // The attribute of the whole reply stands before its root; that of an inner push is not its
    // own.
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
        std::size_t const skipped = node.type == ReplyType::verbatim_string ? verbatim_prefix : 0;
        std::string_view const from = is_streamed ? std::string_view(chunks_) : input_;
        auto const start = static_cast<std::size_t>(node.value) - skipped;
        node.value = static_cast<std::int64_t>(assembled_.size() + skipped);
        assembled_.append(from.substr(start, node.length + skipped));
    }
    is_assembled_ = true;
}

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
