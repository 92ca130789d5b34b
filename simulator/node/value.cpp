#include "simulator/node/value.hpp"

#include "simulator/node/packed.hpp"

#include <charconv>
#include <limits>

namespace keyslot::sim {

namespace {

// Longest string that Redis keeps in one allocation with its object header.
constexpr std::size_t embedded_bytes_max = 44;
// Longest decimal of an int64, its sign included.
constexpr std::size_t integer_digits_max = 20;
constexpr std::int64_t shared_integers = 10000;

constexpr char string_type = 's';
constexpr char list_type = 'l';

StringEncoding plain_encoding(std::string_view bytes) {
    return bytes.size() <= embedded_bytes_max ? StringEncoding::embedded : StringEncoding::raw;
}

std::optional<Value> read_list(std::string_view bytes) {
    packed::Reader reader(bytes);
    ListValue list;
    while (!reader.at_end()) {
        list.elements.emplace_back(reader.text());
    }
    if (reader.failed() || list.elements.empty()) {
        return std::nullopt;
    }
    return list;
}

}  // namespace

StringValue StringValue::stored(std::string bytes) {
    StringEncoding const encoding =
        parse_integer(bytes) ? StringEncoding::integer : plain_encoding(bytes);
    return {std::move(bytes), encoding};
}

StringValue StringValue::number(std::int64_t value) {
    return {std::to_string(value), StringEncoding::integer};
}

StringValue StringValue::text(std::string bytes) {
    StringEncoding const encoding = plain_encoding(bytes);
    return {std::move(bytes), encoding};
}

bool StringValue::is_shared() const {
    if (encoding_ != StringEncoding::integer || own_copy_) {
        return false;
    }
    auto const number = parse_integer(bytes_);
    return number && *number >= 0 && *number < shared_integers;
}

StringValue StringValue::duplicate() const {
    StringValue copy = *this;
    copy.own_copy_ = true;
    return copy;
}

std::string_view type_name(Value const& value) {
    struct Name {
        std::string_view operator()(StringValue const&) const { return "string"; }
        std::string_view operator()(ListValue const&) const { return "list"; }
    };
    return std::visit(Name{}, value);
}

std::string_view encoding_name(Value const& value) {
    struct Name {
        std::string_view operator()(StringValue const& string) const {
            switch (string.encoding()) {
                case StringEncoding::integer: return "int";
                case StringEncoding::embedded: return "embstr";
                case StringEncoding::raw: break;
            }
            return "raw";
        }
        std::string_view operator()(ListValue const&) const { return "quicklist"; }
    };
    return std::visit(Name{}, value);
}

Value duplicate(Value const& value) {
    return std::visit([](auto const& held) { return Value{held.duplicate()}; }, value);
}

void serialise(Value const& value, std::string& out) {
    struct Writer {
        std::string& bytes;
        void operator()(StringValue const& string) const {
            bytes += string_type;
            bytes += string.view();
        }
        void operator()(ListValue const& list) const {
            bytes += list_type;
            for (std::string const& element : list.elements) {
                packed::put_text(bytes, element);
            }
        }
    };
    std::visit(Writer{out}, value);
}

std::optional<Value> deserialise(std::string_view bytes) {
    if (bytes.empty()) {
        return std::nullopt;
    }
    std::string_view const content = bytes.substr(1);
    switch (bytes[0]) {
        // As loading from RDB does: the encoding is chosen anew.
        case string_type: return StringValue::stored(std::string(content));
        case list_type: return read_list(content);
        default: return std::nullopt;
    }
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    if (text.empty() || text.size() > integer_digits_max) {
        return std::nullopt;
    }
    std::size_t const first_digit = text[0] == '-' ? 1 : 0;
    // No second spelling of the same number: "01", "-0", "-".
    if (text.size() > 1 && (first_digit == text.size() || text[first_digit] == '0')) {
        return std::nullopt;
    }
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

}  // namespace keyslot::sim
