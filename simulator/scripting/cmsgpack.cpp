#include "simulator/scripting/lua_support.hpp"

#include <bit>
#include <climits>
#include <cmath>
#include <cstdint>

namespace keyslot::sim::lua {

namespace {

constexpr int nesting_max = 16;

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        out += static_cast<char>((value >> shift) & 0xff);
    }
}

class Packer {
public:
    explicit Packer(lua_State* state) : state_(state) {}

    std::string text;

    /// The value on top of the stack, which it takes away.
    void value(int depth) {
        switch (lua_type(state_, -1)) {
            case LUA_TSTRING: string(text_at(state_, -1)); break;
            case LUA_TBOOLEAN: text += lua_toboolean(state_, -1) != 0 ? '\xc3' : '\xc2'; break;
            case LUA_TNUMBER: number(lua_tonumber(state_, -1)); break;
            case LUA_TTABLE:
                if (depth < nesting_max) {
                    table(depth);
                } else {
                    text += '\xc0';
                }
                break;
            default: text += '\xc0'; break;
        }
        lua_pop(state_, 1);
    }

private:
    void typed(unsigned type, std::uint64_t value, int bytes) {
        text += static_cast<char>(type);
        append_big_endian(text, value, bytes);
    }

    void string(std::string_view bytes) {
        if (bytes.size() < 32) {
            text += static_cast<char>(0xa0 | bytes.size());
        } else if (bytes.size() <= 0xff) {
            typed(0xd9, bytes.size(), 1);
        } else if (bytes.size() <= 0xffff) {
            typed(0xda, bytes.size(), 2);
        } else {
            typed(0xdb, bytes.size(), 4);
        }
        text += bytes;
    }

    void number(double value) {
        constexpr double limit = 9223372036854775808.0;
        if (value >= -limit && value < limit && std::floor(value) == value) {
            return integer(static_cast<std::int64_t>(value));
        }
        auto const narrow = static_cast<float>(value);
        if (double{narrow} == value) {
            typed(0xca, std::bit_cast<std::uint32_t>(narrow), 4);
        } else {
            typed(0xcb, std::bit_cast<std::uint64_t>(value), 8);
        }
    }

    void integer(std::int64_t value) {
        auto const bits = static_cast<std::uint64_t>(value);
        if (value >= 0) {
            value <= 0x7f         ? append_big_endian(text, bits, 1)
            : value <= 0xff       ? typed(0xcc, bits, 1)
            : value <= 0xffff     ? typed(0xcd, bits, 2)
            : value <= 0xffffffff ? typed(0xce, bits, 4)
                                  : typed(0xcf, bits, 8);
        } else {
            value >= -32         ? append_big_endian(text, bits, 1)
            : value >= -128      ? typed(0xd0, bits, 1)
            : value >= -32768    ? typed(0xd1, bits, 2)
            : value >= INT32_MIN ? typed(0xd2, bits, 4)
                                 : typed(0xd3, bits, 8);
        }
    }

    void header(std::size_t count, unsigned small, unsigned medium) {
        if (count <= 15) {
            text += static_cast<char>(small | count);
        } else if (count <= 0xffff) {
            typed(medium, count, 2);
        } else {
            typed(medium + 1, count, 4);
        }
    }

    /// An array if its keys are 1 to n, in whatever order; so an empty table is one.
    void table(int depth) {
        std::size_t count = 0;
        double highest = 0;
        bool is_array = true;
        for (lua_pushnil(state_); lua_next(state_, -2) != 0; lua_pop(state_, 1)) {
            ++count;
            double const key = lua_type(state_, -2) == LUA_TNUMBER ? lua_tonumber(state_, -2) : 0;
            is_array = is_array && key > 0 && std::floor(key) == key;
            highest = std::max(highest, key);
        }
        luaL_checkstack(state_, 3, "in function cmsgpack.pack");
        if (is_array && highest == static_cast<double>(count)) {
            header(count, 0x90, 0xdc);
            for (std::size_t n = 1; n <= count; ++n) {
                lua_rawgeti(state_, -1, static_cast<int>(n));
                value(depth + 1);
            }
            return;
        }
        header(count, 0x80, 0xde);
        for (lua_pushnil(state_); lua_next(state_, -2) != 0;) {
            lua_pushvalue(state_, -2);
            value(depth + 1);
            value(depth + 1);
        }
    }

    lua_State* state_;
};

class Unpacker {
public:
    Unpacker(lua_State* state, std::string_view bytes) : state_(state), rest_(bytes) {}

    std::size_t left() const { return rest_.size(); }

    /// Pushes the next value.
    void value() {
        luaL_checkstack(state_, 4,
                        "too many return values at once; use unpack_one or unpack_limit "
                        "instead.");
        auto const type = static_cast<unsigned>(number(1));
        if (type <= 0x7f) {
            return lua_pushnumber(state_, type);
        }
        if (type >= 0xe0) {
            return lua_pushnumber(state_, static_cast<std::int8_t>(type));
        }
        if (type <= 0x8f) {
            return map(type & 0xf);
        }
        if (type <= 0x9f) {
            return array(type & 0xf);
        }
        if (type <= 0xbf) {
            return push(state_, take(type & 0x1f));
        }
        long_form(type);
    }

private:
    void long_form(unsigned type) {
        switch (type) {
            case 0xc0: return lua_pushnil(state_);
            case 0xc2: return lua_pushboolean(state_, 0);
            case 0xc3: return lua_pushboolean(state_, 1);
            case 0xca:
                return lua_pushnumber(state_,
                                      std::bit_cast<float>(static_cast<std::uint32_t>(number(4))));
            case 0xcb: return lua_pushnumber(state_, std::bit_cast<double>(number(8)));
            case 0xcc: return lua_pushnumber(state_, static_cast<double>(number(1)));
            case 0xcd: return lua_pushnumber(state_, static_cast<double>(number(2)));
            case 0xce: return lua_pushnumber(state_, static_cast<double>(number(4)));
            case 0xcf: return lua_pushnumber(state_, static_cast<double>(number(8)));
            case 0xd0: return lua_pushnumber(state_, static_cast<std::int8_t>(number(1)));
            case 0xd1: return lua_pushnumber(state_, static_cast<std::int16_t>(number(2)));
            case 0xd2: return lua_pushnumber(state_, static_cast<std::int32_t>(number(4)));
            case 0xd3:
                return lua_pushnumber(state_,
                                      static_cast<double>(static_cast<std::int64_t>(number(8))));
            case 0xd9: return push(state_, take(number(1)));
            case 0xda: return push(state_, take(number(2)));
            case 0xdb: return push(state_, take(number(4)));
            case 0xdc: return array(number(2));
            case 0xdd: return array(number(4));
            case 0xde: return map(number(2));
            case 0xdf: return map(number(4));
            default: luaL_error(state_, "Bad data format in input.");
        }
    }

    std::string_view take(std::uint64_t bytes) {
        if (bytes > rest_.size()) {
            luaL_error(state_, "Missing bytes in input.");
        }
        std::string_view const taken = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return taken;
    }

    std::uint64_t number(std::size_t bytes) {
        std::uint64_t value = 0;
        for (char const c : take(bytes)) {
            value = value << 8 | static_cast<unsigned char>(c);
        }
        return value;
    }

    void array(std::uint64_t count) {
        lua_newtable(state_);
        for (std::uint64_t n = 1; n <= count; ++n) {
            lua_pushnumber(state_, static_cast<double>(n));
            value();
            lua_rawset(state_, -3);
        }
    }

    void map(std::uint64_t count) {
        lua_newtable(state_);
        for (std::uint64_t n = 0; n < count; ++n) {
            value();
            value();
            lua_rawset(state_, -3);
        }
    }

    lua_State* state_;
    std::string_view rest_;
};

int pack(lua_State* state) {
    int const count = lua_gettop(state);
    if (count == 0) {
        return luaL_argerror(state, 0, "MessagePack pack needs input.");
    }
    luaL_checkstack(state, count, "Too many arguments for MessagePack pack.");
    Packer packer(state);
    for (int n = 1; n <= count; ++n) {
        lua_pushvalue(state, n);
        packer.value(0);
    }
    push(state, packer.text);
    return 1;
}

/// `limit` 0: all there is. With a limit the first result is where to go on, -1 at the end.
int unpack_some(lua_State* state, int limit, int offset) {
    std::string_view const bytes = text_argument(state, 1);
    if (offset < 0 || limit < 0) {
        return luaL_error(state, "Invalid request to unpack with offset of %d and limit of %d.",
                          offset, static_cast<int>(bytes.size()));
    }
    auto const start = static_cast<std::size_t>(offset);
    if (start > bytes.size()) {
        return luaL_error(state, "Start offset %d greater than input length %d.", offset,
                          static_cast<int>(bytes.size()));
    }
    bool const takes_all = limit == 0 && offset == 0;
    int const wanted = limit == 0 ? INT_MAX : limit;
    Unpacker unpacker(state, bytes.substr(start));
    int count = 0;
    for (; unpacker.left() > 0 && count < wanted; ++count) {
        unpacker.value();
    }
    if (takes_all) {
        return count;
    }
    bool const at_end = unpacker.left() == 0;
    lua_pushnumber(state, at_end ? -1 : static_cast<double>(bytes.size() - unpacker.left()));
    lua_insert(state, -(count + 1));
    return count + 1;
}

int unpack(lua_State* state) { return unpack_some(state, 0, 0); }

int unpack_one(lua_State* state) {
    int const offset = static_cast<int>(luaL_optinteger(state, 2, 0));
    lua_settop(state, 1);
    return unpack_some(state, 1, offset);
}

int unpack_limit(lua_State* state) {
    int const limit = static_cast<int>(luaL_checkinteger(state, 2));
    int const offset = static_cast<int>(luaL_optinteger(state, 3, 0));
    lua_settop(state, 1);
    return unpack_some(state, limit, offset);
}

}  // namespace

void open_cmsgpack(lua_State* state) {
    lua_newtable(state);
    set_function(state, "pack", pack);
    set_function(state, "unpack", unpack);
    set_function(state, "unpack_one", unpack_one);
    set_function(state, "unpack_limit", unpack_limit);
    push(state, "cmsgpack");
    set_field(state, "_NAME");
    push(state, "lua-cmsgpack 0.4.0");
    set_field(state, "_VERSION");
    push(state, "Copyright (C) 2012, Salvatore Sanfilippo");
    set_field(state, "_COPYRIGHT");
    push(state, "MessagePack C implementation for Lua");
    set_field(state, "_DESCRIPTION");
}

}  // namespace keyslot::sim::lua
