#include <keyslot/commands/bitmaps.hpp>

namespace keyslot {

void BitRange::append_to(detail::ArgumentList& words) const {
    words.add(start).add(end).add_flag("BIT", unit == BitUnit::bit);
}

std::string_view word_of(BitOperation operation) {
    switch (operation) {
        case BitOperation::and_: return "AND";
        case BitOperation::or_: return "OR";
        case BitOperation::xor_: return "XOR";
        case BitOperation::not_: return "NOT";
    }
    return "AND";
}

namespace {

std::string_view word_of(BitOverflow how) {
    switch (how) {
        case BitOverflow::wrap: return "WRAP";
        case BitOverflow::sat: return "SAT";
        case BitOverflow::fail: return "FAIL";
    }
    return "WRAP";
}

}  // namespace

void BitField::Offset::append_to(detail::ArgumentList& words) const {
    if (text_.empty()) {
        words.add(bits_);
    } else {
        words.add(text_);
    }
}

BitField BitField::get(std::string_view type, Offset offset) {
    BitField step;
    step.type_ = type;
    step.offset_ = offset;
    return step;
}

BitField BitField::set(std::string_view type, Offset offset, long long value) {
    BitField step = get(type, offset);
    step.name_ = "SET";
    step.value_ = value;
    return step;
}

BitField BitField::incrby(std::string_view type, Offset offset, long long amount) {
    BitField step = set(type, offset, amount);
    step.name_ = "INCRBY";
    return step;
}

BitField BitField::overflow(BitOverflow how) {
    BitField step;
    step.name_ = "OVERFLOW";
    step.type_ = word_of(how);
    return step;
}

void BitField::append_to(detail::ArgumentList& words) const {
    words.add(name_).add(type_);
    if (name_ != "OVERFLOW") {
        words.add(offset_).add_optional(value_);
    }
}

}  // namespace keyslot
