#include "simulator/scripting/cjson.hpp"

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

namespace keyslot::sim::lua {

namespace {

class Encoder {
public:
    Encoder(lua_State* state, CjsonOptions const& options) : state_(state), options_(options) {}

    std::string const& text() const { return text_; }

    /// The value on top of the stack, which stays there.
    void value(int depth) {
        switch (lua_type(state_, -1)) {
            case LUA_TSTRING: return string();
            case LUA_TNUMBER: return number();
            case LUA_TBOOLEAN: text_ += lua_toboolean(state_, -1) != 0 ? "true" : "false"; return;
            case LUA_TTABLE: return table(depth + 1);
            case LUA_TNIL: text_ += "null"; return;
            case LUA_TLIGHTUSERDATA:
                if (lua_touserdata(state_, -1) == nullptr) {
                    text_ += "null";
                    return;
                }
                [[fallthrough]];
            default: fail("type not supported");
        }
    }

private:
    [[noreturn]] void fail(char const* reason) {
        luaL_error(state_, "Cannot serialise %s: %s", luaL_typename(state_, -1), reason);
        std::abort();  // luaL_error() throws
    }

    void string() {
        text_ += '"';
        for (char const c : text_at(state_, -1)) {
            character(c);
        }
        text_ += '"';
    }

    void character(char c) {
        switch (c) {
            case '"': text_ += "\\\""; return;
            case '\\': text_ += "\\\\"; return;
            case '/': text_ += "\\/"; return;
            case '\b': text_ += "\\b"; return;
            case '\t': text_ += "\\t"; return;
            case '\n': text_ += "\\n"; return;
            case '\f': text_ += "\\f"; return;
            case '\r': text_ += "\\r"; return;
            default: break;
        }
        constexpr char del = 127;
        if (static_cast<unsigned char>(c) < ' ' || c == del) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
            text_ += escape;
        } else {
            text_ += c;
        }
    }

    void number() {
        double const number = lua_tonumber(state_, -1);
        if (std::isfinite(number)) {
            char digits[64];
            std::snprintf(digits, sizeof digits, "%.*g", options_.precision, number);
            text_ += digits;
        } else if (options_.encode_invalid == CjsonOptions::InvalidNumbers::null) {
            text_ += "null";
        } else if (options_.encode_invalid == CjsonOptions::InvalidNumbers::refuse) {
            fail("must not be NaN or Inf");
        } else if (std::isnan(number)) {
            text_ += "nan";
        } else {
            text_ += number > 0 ? "inf" : "-inf";
        }
    }

    void table(int depth) {
        if (depth > options_.encode_depth_max || lua_checkstack(state_, 3) == 0) {
            luaL_error(state_, "Cannot serialise, excessive nesting (%d)", depth);
        }
        auto const length = array_length();
        if (length && *length > 0) {
            array(*length, depth);
        } else {
            object(depth);
        }
    }

    /// The highest index if all keys are indices; nullopt: it is an object.
    std::optional<int> array_length() {
        double highest = 0;
        int count = 0;
        for (lua_pushnil(state_); lua_next(state_, -2) != 0; lua_pop(state_, 1)) {
            double const key = lua_type(state_, -2) == LUA_TNUMBER ? lua_tonumber(state_, -2) : 0;
            if (!(key >= 1 && key <= INT_MAX) || std::floor(key) != key) {
                lua_pop(state_, 2);
                return std::nullopt;
            }
            highest = std::max(highest, key);
            ++count;
        }
        // Mostly holes?
        if (options_.sparse_ratio > 0 && highest > 1.0 * options_.sparse_ratio * count &&
            highest > options_.sparse_safe) {
            if (!options_.convert_sparse) {
                fail("excessively sparse array");
            }
            return std::nullopt;
        }
        return static_cast<int>(highest);
    }

    void array(int length, int depth) {
        text_ += '[';
        for (int n = 1; n <= length; ++n) {
            if (n > 1) {
                text_ += ',';
            }
            lua_rawgeti(state_, -1, n);
            value(depth);
            lua_pop(state_, 1);
        }
        text_ += ']';
    }

    void object(int depth) {
        text_ += '{';
        bool is_first = true;
        for (lua_pushnil(state_); lua_next(state_, -2) != 0; lua_pop(state_, 1)) {
            if (!std::exchange(is_first, false)) {
                text_ += ',';
            }
            key();
            text_ += ':';
            value(depth);
        }
        text_ += '}';
    }

    /// Below the value on top of the stack.
    void key() {
        lua_pushvalue(state_, -2);
        if (lua_type(state_, -1) == LUA_TNUMBER) {
            text_ += '"';
            number();
            text_ += '"';
        } else if (lua_type(state_, -1) == LUA_TSTRING) {
            string();
        } else {
            fail("table key must be a number or string");
        }
        lua_pop(state_, 1);
    }

    lua_State* state_;
    CjsonOptions const& options_;
    std::string text_;
};

}  // namespace

int encode_json(lua_State* state, CjsonOptions const& options) {
    luaL_argcheck(state, lua_gettop(state) == 1, 1, "expected 1 argument");
    Encoder encoder(state, options);
    encoder.value(0);
    push(state, encoder.text());
    return 1;
}

}  // namespace keyslot::sim::lua
