#include "simulator/node/listpack.hpp"

#include "simulator/node/integer_text.hpp"

namespace keyslot::sim::listpack {
namespace {

constexpr unsigned char end_mark = 0xff;
constexpr std::size_t count_max = 65535;  // then the count is "unknown"

/// Every entry ends with its own length, for walking backwards.
std::size_t back_length_bytes(std::size_t entry_bytes) {
    if (entry_bytes <= 127) {
        return 1;
    }
    if (entry_bytes < 16383) {
        return 2;
    }
    if (entry_bytes < 2097151) {
        return 3;
    }
    return entry_bytes < 268435455 ? 4 : 5;
}

void put_back_length(std::string& out, std::size_t entry_bytes) {
    for (std::size_t left = back_length_bytes(entry_bytes); left-- > 0;) {
        bool const first = left + 1 == back_length_bytes(entry_bytes);
        auto const digit = static_cast<unsigned char>(entry_bytes >> (7 * left) & 127);
        out += static_cast<char>(first ? digit : digit | 128);
    }
}

void put_integer(std::string& out, std::int64_t value) {
    auto const bits = static_cast<std::uint64_t>(value);
    if (value >= 0 && value <= 127) {
        packed::put_number(out, bits, 1);
    } else if (value >= -4096 && value <= 4095) {
        packed::put_number(out, 0xc0 | (bits >> 8 & 31), 1);
        packed::put_number(out, bits, 1);
    } else if (value >= INT16_MIN && value <= INT16_MAX) {
        packed::put_number(out, 0xf1, 1);
        packed::put_number(out, bits, 2);
    } else if (value >= -8388608 && value <= 8388607) {
        packed::put_number(out, 0xf2, 1);
        packed::put_number(out, bits, 3);
    } else if (value >= INT32_MIN && value <= INT32_MAX) {
        packed::put_number(out, 0xf3, 1);
        packed::put_number(out, bits, 4);
    } else {
        packed::put_number(out, 0xf4, 1);
        packed::put_number(out, bits, 8);
    }
}

void put_text(std::string& out, std::string_view text) {
    if (text.size() < 64) {
        packed::put_number(out, 0x80 | text.size(), 1);
    } else if (text.size() < 4096) {
        packed::put_number(out, 0xe0 | text.size() >> 8, 1);
        packed::put_number(out, text.size(), 1);
    } else {
        packed::put_number(out, 0xf0, 1);
        packed::put_number(out, text.size(), 4);
    }
    out += text;
}

std::int64_t sign_extended(std::uint64_t number, unsigned bits) {
    unsigned const unused = 64 - bits;
    return static_cast<std::int64_t>(number << unused) >> unused;
}

}  // namespace

void Writer::append(std::string_view element) {
    std::size_t const before = entries_.size();
    if (auto const integer = parse_integer(element)) {
        put_integer(entries_, *integer);
    } else {
        put_text(entries_, element);
    }
    put_back_length(entries_, entries_.size() - before);
    ++count_;
}

std::string Writer::finish() {
    std::string out;
    packed::put_number(out, size(), 4);
    packed::put_number(out, count_ < count_max ? count_ : count_max, 2);
    out += entries_;
    out += static_cast<char>(end_mark);
    *this = {};
    return out;
}

Reader::Reader(std::string_view bytes) : rest_(bytes) {
    failed_ = rest_.number(4) != bytes.size();
    rest_.number(2);
}

std::optional<std::string> Reader::fail() {
    failed_ = true;
    return std::nullopt;
}

std::optional<std::string> Reader::next() {
    if (failed_ || ended_) {
        return std::nullopt;
    }
    auto const first = static_cast<unsigned>(rest_.number(1));
    if (rest_.failed()) {
        return fail();
    }
    if (first < 0x80) {
        skip_back_length(1);
        return std::to_string(first);
    }
    if (first < 0xc0) {
        return text(1, first & 63);
    }
    if (first < 0xe0) {
        std::uint64_t const number = (first & 31) << 8 | rest_.number(1);
        skip_back_length(2);
        return std::to_string(sign_extended(number, 13));
    }
    if (first < 0xf0) {
        std::size_t const high = (first & 15) << 8;
        return text(2, high | rest_.number(1));
    }
    switch (first) {
        case 0xf0: return text(5, rest_.number(4));
        case 0xf1: return integer(2);
        case 0xf2: return integer(3);
        case 0xf3: return integer(4);
        case 0xf4: return integer(8);
        case end_mark:
            ended_ = true;
            failed_ = !rest_.at_end();
            return std::nullopt;
        default: return fail();
    }
}

std::optional<std::string> Reader::text(std::size_t encoding_bytes, std::size_t size) {
    std::string element(rest_.take(size));
    skip_back_length(encoding_bytes + size);
    return rest_.failed() ? fail() : std::optional(std::move(element));
}

std::optional<std::string> Reader::integer(std::size_t bytes) {
    std::uint64_t const number = rest_.number(bytes);
    skip_back_length(1 + bytes);
    if (rest_.failed()) {
        return fail();
    }
    return std::to_string(sign_extended(number, static_cast<unsigned>(8 * bytes)));
}

void Reader::skip_back_length(std::size_t entry_bytes) {
    rest_.take(back_length_bytes(entry_bytes));
}

}  // namespace keyslot::sim::listpack
