// The formats are those of the RDB file, version 10: types of values, lengths, texts as integers.
#include "simulator/node/rdb_value.hpp"

#include "simulator/node/integer_text.hpp"
#include "simulator/node/listpack.hpp"
#include "simulator/node/lzf.hpp"
#include "simulator/node/packed.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

namespace keyslot::sim::rdb {
namespace {

enum Type : unsigned char {
    string_type = 0,
    list_type = 1,
    set_type = 2,
    texts_sorted_set_type = 3,  // the first one: scores as texts
    hash_type = 4,
    sorted_set_type = 5,  // the second one: scores in binary
    intset_type = 11,
    hash_listpack_type = 16,
    sorted_set_listpack_type = 17,
    quicklist_type = 18  // of listpacks
};

// A first byte with both high bits set is no length: the text is an integer, or compressed.
constexpr unsigned special = 0xc0;
constexpr unsigned is_int8 = 0, is_int16 = 1, is_int32 = 2, is_compressed = 3;
constexpr unsigned length_of_32_bits = 0x80, length_of_64_bits = 0x81;

constexpr std::uint64_t plain_container = 1, packed_container = 2;
constexpr std::size_t quicklist_node_bytes_max = 8192;  // list-max-listpack-size -2
constexpr std::size_t quicklist_element_overhead = 8;   // as Redis estimates it
constexpr std::size_t integer_text_max = 11;

// ---- writing

void put_byte(std::string& out, unsigned byte) { out += static_cast<char>(byte); }

void put_big_endian(std::string& out, std::uint64_t number, unsigned bytes) {
    for (unsigned left = bytes; left-- > 0;) {
        put_byte(out, static_cast<unsigned>(number >> (8 * left) & 0xff));
    }
}

void put_length(std::string& out, std::uint64_t length) {
    if (length < 1u << 6) {
        put_byte(out, static_cast<unsigned>(length));
    } else if (length < 1u << 14) {
        put_big_endian(out, 0x4000 | length, 2);
    } else if (length <= UINT32_MAX) {
        put_byte(out, length_of_32_bits);
        put_big_endian(out, length, 4);
    } else {
        put_byte(out, length_of_64_bits);
        put_big_endian(out, length, 8);
    }
}

void put_raw_text(std::string& out, std::string_view text) {
    put_length(out, text.size());
    out += text;
}

void put_text(std::string& out, std::string_view text) {
    auto const integer = text.size() <= integer_text_max ? parse_integer(text) : std::nullopt;
    if (!integer || *integer < INT32_MIN || *integer > INT32_MAX) {
        put_raw_text(out, text);
        return;
    }
    unsigned const kind = *integer >= INT8_MIN && *integer <= INT8_MAX     ? is_int8
                          : *integer >= INT16_MIN && *integer <= INT16_MAX ? is_int16
                                                                           : is_int32;
    put_byte(out, special | kind);
    packed::put_number(out, static_cast<std::uint64_t>(*integer), std::size_t{1} << kind);
}

std::string score_text(double score) {
    constexpr double exact = 4503599627370496;  // beyond 2^52 not every integer is a double
    char text[40];
    bool const is_integer = std::fabs(score) < exact && std::trunc(score) == score;
    bool const is_negative_zero = score == 0 && std::signbit(score);
    if (is_integer && !is_negative_zero) {
        return std::to_string(static_cast<long long>(score));
    }
    std::snprintf(text, sizeof text, "%.17g", score);
    return text;
}

void put_intset(std::string& out, SetValue const& set) {
    std::size_t bytes = 2;
    set.for_each([&](std::string_view member) {
        std::int64_t const value = parse_integer(member).value_or(0);
        bytes = std::max<std::size_t>(bytes, value < INT32_MIN || value > INT32_MAX   ? 8
                                             : value < INT16_MIN || value > INT16_MAX ? 4
                                                                                      : 2);
    });
    std::string packed;
    packed::put_number(packed, bytes, 4);
    packed::put_number(packed, set.size(), 4);
    set.for_each([&](std::string_view member) {
        packed::put_number(packed, static_cast<std::uint64_t>(parse_integer(member).value_or(0)),
                           bytes);
    });
    put_raw_text(out, packed);
}

struct ValueWriter {
    std::string& out;

    void operator()(StringValue const& string) const {
        put_byte(out, string_type);
        put_text(out, string.view());
    }

    void operator()(ListValue const& list) const {
        std::string nodes;
        std::uint64_t count = 0;
        listpack::Writer node;
        auto const end_node = [&] {
            if (!node.empty()) {
                put_length(nodes, packed_container);
                put_raw_text(nodes, node.finish());
                ++count;
            }
        };
        for (std::string const& element : list.elements) {
            if (node.size() + element.size() + quicklist_element_overhead >
                quicklist_node_bytes_max) {
                end_node();
            }
            node.append(element);
        }
        end_node();
        put_byte(out, quicklist_type);
        put_length(out, count);
        out += nodes;
    }

    void operator()(HashValue const& hash) const {
        if (hash.is_compact()) {
            listpack::Writer pack;
            hash.fields().for_each([&](std::string_view field, std::string const& value) {
                pack.append(field);
                pack.append(value);
            });
            put_byte(out, hash_listpack_type);
            put_raw_text(out, pack.finish());
            return;
        }
        put_byte(out, hash_type);
        put_length(out, hash.size());
        hash.fields().for_each([&](std::string_view field, std::string const& value) {
            put_text(out, field);
            put_text(out, value);
        });
    }

    void operator()(SetValue const& set) const {
        if (set.is_intset()) {
            put_byte(out, intset_type);
            put_intset(out, set);
            return;
        }
        put_byte(out, set_type);
        put_length(out, set.size());
        set.for_each([&](std::string_view member) { put_text(out, member); });
    }

    void operator()(SortedSetValue const& sorted_set) const {
        std::vector<ScoredMember> const members = sorted_set.members();
        if (sorted_set.is_compact()) {
            listpack::Writer pack;
            for (ScoredMember const& member : members) {
                pack.append(member.member);
                pack.append(score_text(member.score));
            }
            put_byte(out, sorted_set_listpack_type);
            put_raw_text(out, pack.finish());
            return;
        }
        put_byte(out, sorted_set_type);
        put_length(out, members.size());
        // The highest score first, as Redis does.
        for (std::size_t left = members.size(); left-- > 0;) {
            put_text(out, members[left].member);
            packed::put_number(out, std::bit_cast<std::uint64_t>(members[left].score), 8);
        }
    }
};

// ---- reading

class ValueReader {
public:
    ValueReader(std::string_view bytes, EncodingLimits const& limits)
        : rest_(bytes), limits_(limits) {}

    std::optional<Value> read() {
        std::optional<Value> value = of_type(rest_.number(1));
        return goes_on() ? std::move(value) : std::nullopt;
    }

private:
    std::optional<Value> of_type(std::uint64_t type) {
        switch (type) {
            case string_type: return StringValue::stored(text());
            case list_type: return list();
            case quicklist_type: return quicklist();
            case set_type: return set();
            case intset_type: return intset();
            case hash_type: return hash([this] { return text(); }, length());
            case hash_listpack_type: return packed_hash();
            case texts_sorted_set_type: return sorted_set([this] { return text_score(); });
            case sorted_set_type: return sorted_set([this] { return binary_score(); });
            case sorted_set_listpack_type: return packed_sorted_set();
            default: return std::nullopt;
        }
    }

    void fail() { failed_ = true; }
    bool goes_on() const { return !failed_ && !rest_.failed(); }

    std::uint64_t big_endian(unsigned bytes) {
        std::uint64_t number = 0;
        for (unsigned n = 0; n < bytes; ++n) {
            number = number << 8 | rest_.number(1);
        }
        return number;
    }

    /// Of what follows; a special kind of text is left in `kind`, if that is expected.
    std::uint64_t length(std::optional<unsigned>* kind = nullptr) {
        auto const first = static_cast<unsigned>(rest_.number(1));
        if (first < 0x40) {
            return first;
        }
        if (first < 0x80) {
            return (first & 0x3f) << 8 | rest_.number(1);
        }
        if (first == length_of_32_bits) {
            return big_endian(4);
        }
        if (first == length_of_64_bits) {
            return big_endian(8);
        }
        if (first >= special && kind != nullptr) {
            *kind = first & 0x3f;
        } else {
            fail();
        }
        return 0;
    }

    std::string text() {
        std::optional<unsigned> kind;
        std::uint64_t const size = length(&kind);
        if (!kind) {
            return std::string(rest_.take(size));
        }
        switch (*kind) {
            case is_int8: return std::to_string(static_cast<std::int8_t>(rest_.number(1)));
            case is_int16: return std::to_string(static_cast<std::int16_t>(rest_.number(2)));
            case is_int32: return std::to_string(static_cast<std::int32_t>(rest_.number(4)));
            case is_compressed: return compressed();
            default: fail(); return {};
        }
    }

    std::string compressed() {
        std::uint64_t const size = length();
        std::uint64_t const full_size = length();
        auto result = lzf_expanded(rest_.take(size), full_size);
        if (!result) {
            fail();
        }
        return result.value_or("");
    }

    std::optional<Value> list() {
        ListValue list;
        for (std::uint64_t left = length(); left > 0 && goes_on(); --left) {
            list.elements.push_back(text());
        }
        return filled(std::move(list), list.elements.empty());
    }

    std::optional<Value> quicklist() {
        ListValue list;
        for (std::uint64_t left = length(); left > 0 && goes_on(); --left) {
            std::uint64_t const container = length();
            std::string node = text();
            if (container == plain_container) {
                list.elements.push_back(std::move(node));
            } else if (container == packed_container) {
                each_of(node,
                        [&](std::string element) { list.elements.push_back(std::move(element)); });
            } else {
                fail();
            }
        }
        return filled(std::move(list), list.elements.empty());
    }

    std::optional<Value> set() {
        SetValue set;
        for (std::uint64_t left = length(); left > 0 && goes_on(); --left) {
            if (!set.add(text(), limits_)) {
                fail();  // twice the same
            }
        }
        return filled(std::move(set), set.empty());
    }

    std::optional<Value> intset() {
        std::string const packed = text();
        packed::Reader reader(packed);
        std::uint64_t const bytes = reader.number(4);
        std::uint64_t const count = reader.number(4);
        if ((bytes != 2 && bytes != 4 && bytes != 8) || packed.size() != 8 + bytes * count) {
            return std::nullopt;
        }
        SetValue set;
        for (std::uint64_t n = 0; n < count; ++n) {
            auto const unused = static_cast<unsigned>(64 - 8 * bytes);
            std::uint64_t const number = reader.number(bytes) << unused;
            set.add(std::to_string(static_cast<std::int64_t>(number) >> unused), limits_);
        }
        return filled(std::move(set), set.empty());
    }

    template <class Next>
    std::optional<Value> hash(Next next, std::uint64_t count) {
        HashValue hash;
        for (std::uint64_t left = count; left > 0 && goes_on(); --left) {
            std::string const field = next();
            std::string const value = next();
            if (!hash.set(field, value, limits_)) {
                fail();
            }
        }
        return filled(std::move(hash), hash.empty());
    }

    std::optional<Value> packed_hash() {
        std::vector<std::string> const elements = unpacked();
        auto next = elements.begin();
        return hash([&] { return *next++; }, elements.size() / 2);
    }

    double binary_score() { return std::bit_cast<double>(rest_.number(8)); }

    /// What no double has as its text are lengths that no such text has.
    double text_score() {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        switch (std::uint64_t const size = rest_.number(1)) {
            case 253: return std::numeric_limits<double>::quiet_NaN();
            case 254: return infinity;
            case 255: return -infinity;
            default: return std::strtod(std::string(rest_.take(size)).c_str(), nullptr);
        }
    }

    template <class Score>
    std::optional<Value> sorted_set(Score next_score) {
        SortedSetValue sorted_set;
        for (std::uint64_t left = length(); left > 0 && goes_on(); --left) {
            std::string const member = text();
            add_score(sorted_set, member, next_score());
        }
        return filled(std::move(sorted_set), sorted_set.empty());
    }

    std::optional<Value> packed_sorted_set() {
        std::vector<std::string> const elements = unpacked();
        SortedSetValue sorted_set;
        for (std::size_t n = 0; n + 1 < elements.size() && goes_on(); n += 2) {
            add_score(sorted_set, elements[n], std::strtod(elements[n + 1].c_str(), nullptr));
        }
        return filled(std::move(sorted_set), sorted_set.empty());
    }

    void add_score(SortedSetValue& sorted_set, std::string const& member, double score) {
        if (std::isnan(score) || !sorted_set.set(member, score, limits_)) {
            fail();
        }
    }

    /// In pairs. What is packed already stays so, however long its elements.
    std::vector<std::string> unpacked() {
        limits_.hash_max_listpack_value = INT64_MAX;
        limits_.zset_max_listpack_value = INT64_MAX;
        std::vector<std::string> elements;
        each_of(text(), [&](std::string element) { elements.push_back(std::move(element)); });
        if (elements.size() % 2 != 0) {
            fail();
        }
        return elements;
    }

    template <class Visit>
    void each_of(std::string const& pack, Visit visit) {
        listpack::Reader reader(pack);
        while (auto element = reader.next()) {
            visit(*std::move(element));
        }
        failed_ = failed_ || reader.failed();
    }

    /// What is empty is no value. By reference: it must not be moved before it is asked whether it is
    /// empty, and the order of arguments is the compiler's.
    template <class T>
    static std::optional<Value> filled(T&& value, bool is_empty) {
        return is_empty ? std::nullopt : std::optional<Value>(std::move(value));
    }

    packed::Reader rest_;
    EncodingLimits limits_;
    bool failed_ = false;
};

constexpr std::array<std::uint64_t, 256> checksum_table() {
    constexpr std::uint64_t reflected_polynomial = 0x95ac9329ac4bc9b5u;
    std::array<std::uint64_t, 256> table{};
    for (std::uint64_t n = 0; n < table.size(); ++n) {
        std::uint64_t sum = n;
        for (int bit = 0; bit < 8; ++bit) {
            sum = (sum & 1) != 0 ? sum >> 1 ^ reflected_polynomial : sum >> 1;
        }
        table[n] = sum;
    }
    return table;
}

}  // namespace

void write_value(Value const& value, std::string& out) { std::visit(ValueWriter{out}, value); }

std::optional<Value> read_value(std::string_view bytes, EncodingLimits const& limits) {
    return ValueReader(bytes, limits).read();
}

std::uint64_t checksum(std::string_view bytes) {
    static constexpr std::array<std::uint64_t, 256> table = checksum_table();
    std::uint64_t sum = 0;
    for (char const c : bytes) {
        sum = sum >> 8 ^ table[(sum ^ static_cast<unsigned char>(c)) & 0xff];
    }
    return sum;
}

}  // namespace keyslot::sim::rdb
