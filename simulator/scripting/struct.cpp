#include "simulator/scripting/lua_support.hpp"

#include <algorithm>
#include <bit>
#include <cctype>
#include <climits>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace keyslot::sim::lua {

namespace {

constexpr int integer_bytes_max = 32;
constexpr std::size_t native_alignment = 8;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// One option of a format: a letter and the bytes it stands for.
struct Option {
    char kind = 0;
    std::size_t bytes = 0;
    std::size_t padding = 0;  ///< before it, so that it is aligned
};

/// Walks over a format. Byte order and alignment hold from where they are set.
class Format {
public:
    Format(lua_State* state, char const* text) : state_(state), at_(text) {}

    bool big_endian = false;

    bool at_end() const { return *at_ == '\0'; }

    /// The next option; `total`: how many bytes come before it.
    Option next(std::size_t total) {
        Option option;
        option.kind = *at_++;
        option.bytes = size_of(option.kind);
        std::size_t align = option.bytes;
        if (align != 0 && option.kind != 'c') {
            align = std::min(align, max_alignment_);
            if (align > 1) {
                option.padding = (align - (total & (align - 1))) & (align - 1);
            }
        }
        return option;
    }

    /// An option that sets something. False: it is none, nor a blank.
    bool control(char kind) {
        switch (kind) {
            case ' ': return true;
            case '>': big_endian = true; return true;
            case '<': big_endian = false; return true;
            case '!': {
                int const wanted = count(static_cast<int>(native_alignment));
                if (wanted == 0 || !std::has_single_bit(static_cast<unsigned>(wanted))) {
                    luaL_error(state_, "alignment %d is not a power of 2", wanted);
                }
                max_alignment_ = static_cast<std::size_t>(wanted);
                return true;
            }
            default: return false;
        }
    }

private:
    int count(int otherwise) {
        if (!is_digit(*at_)) {
            return otherwise;
        }
        int number = 0;
        for (; is_digit(*at_); ++at_) {
            int const digit = *at_ - '0';
            if (number > (INT_MAX - digit) / 10) {
                luaL_error(state_, "integral size overflow");
            }
            number = number * 10 + digit;
        }
        return number;
    }

    std::size_t size_of(char kind) {
        switch (kind) {
            case 'b':
            case 'B':
            case 'x': return 1;
            case 'h':
            case 'H': return sizeof(short);
            case 'l':
            case 'L': return sizeof(long);
            case 'T': return sizeof(std::size_t);
            case 'f': return sizeof(float);
            case 'd': return sizeof(double);
            case 'c': return static_cast<std::size_t>(count(1));
            case 'i':
            case 'I': {
                int const bytes = count(sizeof(int));
                if (bytes > integer_bytes_max) {
                    luaL_error(state_, "integral size %d is larger than limit of %d", bytes,
                               integer_bytes_max);
                }
                return static_cast<std::size_t>(bytes);
            }
            default: return 0;
        }
    }

    lua_State* state_;
    char const* at_;
    std::size_t max_alignment_ = 1;
};

bool is_integer(char kind) { return std::string_view("bBhHlLTiI").find(kind) < 9; }

void bad_option(lua_State* state, char kind) {
    lua_pushfstring(state, "invalid format option '%c'", kind);
    luaL_argerror(state, 1, lua_tostring(state, -1));
}

void append_integer(std::string& out, std::int64_t value, std::size_t bytes, bool big_endian) {
    auto bits = static_cast<std::uint64_t>(value);
    std::string text;
    for (std::size_t n = 0; n < bytes; ++n, bits >>= 8) {
        text += static_cast<char>(bits & 0xff);
    }
    if (big_endian) {
        std::ranges::reverse(text);
    }
    out += text;
}

/// Numbers beyond 64 bits wrap, those below zero keep their two's complement.
std::int64_t integer_argument(lua_State* state, int index) {
    constexpr double limit = 9223372036854775808.0;
    double const number = luaL_checknumber(state, index);
    if (number >= limit && number < 2 * limit) {
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(number));
    }
    return number >= -limit && number < limit ? static_cast<std::int64_t>(number) : INT64_MIN;
}

template <class Number, class Bits>
void append_real(std::string& out, double number, bool big_endian) {
    auto const bits = std::bit_cast<Bits>(static_cast<Number>(number));
    append_integer(out, static_cast<std::int64_t>(bits), sizeof(Bits), big_endian);
}

void pack_string(lua_State* state, int index, Option const& option, std::string& out) {
    std::string_view const text = text_argument(state, index);
    std::size_t const bytes = option.kind == 's' || option.bytes == 0 ? text.size() : option.bytes;
    luaL_argcheck(state, text.size() >= bytes, index + 1, "string too short");
    out += text.substr(0, bytes);
    if (option.kind == 's') {
        out += '\0';
    }
}

int pack(lua_State* state) {
    Format format(state, luaL_checkstring(state, 1));
    std::string out;
    int index = 2;
    lua_pushnil(state);  // what is missing is nil
    while (!format.at_end()) {
        Option const option = format.next(out.size());
        out.append(option.padding, '\0');
        if (is_integer(option.kind)) {
            append_integer(out, integer_argument(state, index++), option.bytes, format.big_endian);
        } else if (option.kind == 'x') {
            out += '\0';
        } else if (option.kind == 'f') {
            append_real<float, std::uint32_t>(out, luaL_checknumber(state, index++),
                                              format.big_endian);
        } else if (option.kind == 'd') {
            append_real<double, std::uint64_t>(out, luaL_checknumber(state, index++),
                                               format.big_endian);
        } else if (option.kind == 'c' || option.kind == 's') {
            pack_string(state, index++, option, out);
        } else if (!format.control(option.kind)) {
            bad_option(state, option.kind);
        }
    }
    push(state, out);
    return 1;
}

std::uint64_t read_bits(std::string_view bytes, bool big_endian) {
    std::uint64_t bits = 0;
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        char const c = bytes[big_endian ? n : bytes.size() - 1 - n];
        bits = bits << 8 | static_cast<unsigned char>(c);
    }
    return bits;
}

double read_integer(std::string_view bytes, char kind, bool big_endian) {
    std::uint64_t const bits = read_bits(bytes, big_endian);
    bool const is_signed = std::islower(static_cast<unsigned char>(kind)) != 0;
    if (!is_signed) {
        return static_cast<double>(bits);
    }
    std::size_t const size = std::min<std::size_t>(bytes.size(), 8) * 8;
    if (size == 0) {
        return 0;
    }
    int const unused = static_cast<int>(64 - size);
    return static_cast<double>(static_cast<std::int64_t>(bits << unused) >> unused);
}

class Reader {
public:
    Reader(lua_State* state, std::string_view data, std::size_t position)
        : state_(state), data_(data), position_(position) {}

    std::size_t position() const { return position_; }

    void read(Option const& option, Format& format) {
        position_ += option.padding;
        luaL_argcheck(state_, position_ <= data_.size() && option.bytes <= data_.size() - position_,
                      2, "data string too short");
        luaL_checkstack(state_, 2, "too many results");
        std::string_view const bytes = data_.substr(position_, option.bytes);
        position_ += option.bytes;
        if (is_integer(option.kind)) {
            give(read_integer(bytes, option.kind, format.big_endian));
        } else if (option.kind == 'f') {
            give(std::bit_cast<float>(
                static_cast<std::uint32_t>(read_bits(bytes, format.big_endian))));
        } else if (option.kind == 'd') {
            give(std::bit_cast<double>(read_bits(bytes, format.big_endian)));
        } else if (option.kind == 'c') {
            sized_string(bytes);
        } else if (option.kind == 's') {
            ended_string();
        } else if (option.kind != 'x' && !format.control(option.kind)) {
            bad_option(state_, option.kind);
        }
    }

    int results = 0;

private:
    void give(double number) {
        lua_pushnumber(state_, number);
        ++results;
    }

    /// "c0" takes as many bytes as the number before it says.
    void sized_string(std::string_view bytes) {
        if (bytes.empty()) {
            if (results == 0 || lua_isnumber(state_, -1) == 0) {
                luaL_error(state_, "format 'c0' needs a previous size");
            }
            auto const size = static_cast<std::size_t>(lua_tonumber(state_, -1));
            lua_pop(state_, 1);
            --results;
            luaL_argcheck(state_, size <= data_.size() - position_, 2, "data string too short");
            bytes = data_.substr(position_, size);
            position_ += size;
        }
        push(state_, bytes);
        ++results;
    }

    void ended_string() {
        std::size_t const end = data_.find('\0', position_);
        if (end == std::string_view::npos) {
            luaL_error(state_, "unfinished string in data");
        }
        push(state_, data_.substr(position_, end - position_));
        position_ = end + 1;
        ++results;
    }

    lua_State* state_;
    std::string_view data_;
    std::size_t position_;
};

int unpack(lua_State* state) {
    Format format(state, luaL_checkstring(state, 1));
    std::string_view const data = text_argument(state, 2);
    auto const offset = luaL_optinteger(state, 3, 1);
    luaL_argcheck(state, offset != 0, 3, "offset must be 1 or greater");
    lua_settop(state, 2);
    // A negative one is beyond any end.
    Reader reader(state, data, static_cast<std::size_t>(offset - 1));
    while (!format.at_end()) {
        reader.read(format.next(reader.position()), format);
    }
    lua_pushinteger(state, static_cast<lua_Integer>(reader.position() + 1));
    return reader.results + 1;
}

int size(lua_State* state) {
    Format format(state, luaL_checkstring(state, 1));
    std::size_t total = 0;
    while (!format.at_end()) {
        Option const option = format.next(total);
        total += option.padding + option.bytes;
        if (option.kind == 's') {
            luaL_argerror(state, 1, "option 's' has no fixed size");
        } else if (option.kind == 'c' && option.bytes == 0) {
            luaL_argerror(state, 1, "option 'c0' has no fixed size");
        }
        format.control(option.kind);  // what is no option has no size
    }
    lua_pushinteger(state, static_cast<lua_Integer>(total));
    return 1;
}

}  // namespace

void open_struct(lua_State* state) {
    lua_newtable(state);
    set_function(state, "pack", pack);
    set_function(state, "unpack", unpack);
    set_function(state, "size", size);
}

}  // namespace keyslot::sim::lua
