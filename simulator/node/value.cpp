#include "simulator/node/value.hpp"

#include "simulator/node/packed.hpp"

namespace keyslot::sim {

namespace {

// Longest string that Redis keeps in one allocation with its object header.
constexpr std::size_t embedded_bytes_max = 44;
constexpr std::int64_t shared_integers = 10000;

constexpr char string_type = 's';
constexpr char list_type = 'l';
constexpr char hash_type = 'h';
constexpr char set_type = 'u';  // unordered
constexpr char sorted_set_type = 'z';

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
        std::string_view operator()(HashValue const&) const { return "hash"; }
        std::string_view operator()(SetValue const&) const { return "set"; }
        std::string_view operator()(SortedSetValue const&) const { return "zset"; }
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
        std::string_view operator()(HashValue const& hash) const {
            return hash.is_compact() ? "listpack" : "hashtable";
        }
        std::string_view operator()(SetValue const& set) const {
            return set.is_intset() ? "intset" : "hashtable";
        }
        std::string_view operator()(SortedSetValue const& sorted_set) const {
            return sorted_set.is_compact() ? "listpack" : "skiplist";
        }
    };
    return std::visit(Name{}, value);
}

Value duplicate(Value const& value) {
    auto const* const string = std::get_if<StringValue>(&value);
    return string != nullptr ? Value{string->duplicate()} : value;
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
        void operator()(HashValue const& hash) const {
            bytes += hash_type;
            hash.serialise(bytes);
        }
        void operator()(SetValue const& set) const {
            bytes += set_type;
            set.serialise(bytes);
        }
        void operator()(SortedSetValue const& sorted_set) const {
            bytes += sorted_set_type;
            sorted_set.serialise(bytes);
        }
    };
    std::visit(Writer{out}, value);
}

std::optional<Value> deserialise(std::string_view bytes, EncodingLimits const& limits) {
    if (bytes.empty()) {
        return std::nullopt;
    }
    std::string_view const content = bytes.substr(1);
    switch (bytes[0]) {
        case string_type: return StringValue::stored(std::string(content));
        case list_type: return read_list(content);
        case hash_type: return HashValue::deserialise(packed::Reader(content), limits);
        case set_type: return SetValue::deserialise(packed::Reader(content), limits);
        case sorted_set_type: return SortedSetValue::deserialise(packed::Reader(content), limits);
        default: return std::nullopt;
    }
}

}  // namespace keyslot::sim
