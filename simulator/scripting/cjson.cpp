#include "simulator/scripting/cjson.hpp"

#include <climits>
#include <new>
#include <type_traits>

namespace keyslot::sim::lua {

namespace {

// The options are a value of Lua that all functions of one library share as their upvalue.
static_assert(std::is_trivially_destructible_v<CjsonOptions>);

CjsonOptions& options_of(lua_State* state) {
    return *static_cast<CjsonOptions*>(lua_touserdata(state, lua_upvalueindex(1)));
}

/// The optional arguments that a setting has; it answers with what holds now.
CjsonOptions& settings(lua_State* state, int arguments_max) {
    luaL_argcheck(state, lua_gettop(state) <= arguments_max, arguments_max + 1,
                  "found too many arguments");
    lua_settop(state, arguments_max);
    return options_of(state);
}

void integer_option(lua_State* state, int index, int& value, int low, int high) {
    if (lua_isnil(state, index) == 0) {
        auto const number = luaL_checkinteger(state, index);
        lua_pushfstring(state, "expected integer between %d and %d", low, high);
        luaL_argcheck(state, number >= low && number <= high, 1, lua_tostring(state, -1));
        lua_pop(state, 1);
        value = static_cast<int>(number);
    }
    lua_pushinteger(state, value);
}

void boolean_option(lua_State* state, int index, bool& value) {
    if (lua_isboolean(state, index) != 0) {
        value = lua_toboolean(state, index) != 0;
    } else if (lua_isnil(state, index) == 0) {
        static char const* const names[] = {"off", "on", nullptr};
        value = luaL_checkoption(state, index, nullptr, names) == 1;
    }
    lua_pushboolean(state, value ? 1 : 0);
}

int encode(lua_State* state) { return encode_json(state, options_of(state)); }
int decode(lua_State* state) { return decode_json(state, options_of(state)); }

int encode_sparse_array(lua_State* state) {
    CjsonOptions& options = settings(state, 3);
    boolean_option(state, 1, options.convert_sparse);
    integer_option(state, 2, options.sparse_ratio, 0, INT_MAX);
    integer_option(state, 3, options.sparse_safe, 0, INT_MAX);
    return 3;
}

int encode_max_depth(lua_State* state) {
    integer_option(state, 1, settings(state, 1).encode_depth_max, 1, INT_MAX);
    return 1;
}

int decode_max_depth(lua_State* state) {
    integer_option(state, 1, settings(state, 1).decode_depth_max, 1, INT_MAX);
    return 1;
}

int encode_number_precision(lua_State* state) {
    integer_option(state, 1, settings(state, 1).precision, 1, 14);
    return 1;
}

int encode_keep_buffer(lua_State* state) {
    boolean_option(state, 1, settings(state, 1).keep_buffer);
    return 1;
}

int encode_invalid_numbers(lua_State* state) {
    using Kind = CjsonOptions::InvalidNumbers;
    Kind& kind = settings(state, 1).encode_invalid;
    if (lua_isboolean(state, 1) != 0) {
        kind = lua_toboolean(state, 1) != 0 ? Kind::allow : Kind::refuse;
    } else if (lua_isnil(state, 1) == 0) {
        static char const* const names[] = {"off", "on", "null", nullptr};
        kind = static_cast<Kind>(luaL_checkoption(state, 1, nullptr, names));
    }
    if (kind == Kind::null) {
        push(state, "null");
    } else {
        lua_pushboolean(state, kind == Kind::allow ? 1 : 0);
    }
    return 1;
}

int decode_invalid_numbers(lua_State* state) {
    boolean_option(state, 1, settings(state, 1).decode_invalid);
    return 1;
}

int make_library(lua_State* state);

constexpr luaL_Reg functions[] = {
    {"encode", encode},
    {"decode", decode},
    {"encode_sparse_array", encode_sparse_array},
    {"encode_max_depth", encode_max_depth},
    {"decode_max_depth", decode_max_depth},
    {"encode_number_precision", encode_number_precision},
    {"encode_keep_buffer", encode_keep_buffer},
    {"encode_invalid_numbers", encode_invalid_numbers},
    {"decode_invalid_numbers", decode_invalid_numbers},
    {"new", make_library},
};

int make_library(lua_State* state) {
    lua_newtable(state);
    new (lua_newuserdata(state, sizeof(CjsonOptions))) CjsonOptions{};
    for (luaL_Reg const& function : functions) {
        lua_pushvalue(state, -1);
        lua_pushcclosure(state, function.func, 1);
        lua_setfield(state, -3, function.name);
    }
    lua_pop(state, 1);
    lua_pushlightuserdata(state, nullptr);
    set_field(state, "null");
    push(state, "cjson");
    set_field(state, "_NAME");
    push(state, "2.1.0");
    set_field(state, "_VERSION");
    return 1;
}

}  // namespace

void open_cjson(lua_State* state) { make_library(state); }

}  // namespace keyslot::sim::lua
