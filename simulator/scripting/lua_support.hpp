#pragma once

#include <cstddef>
#include <lua.hpp>
#include <string>
#include <string_view>

/// Small things that every file about Lua needs. Lua is built as C++ here: its errors are exceptions, and
/// what stands on the stack between is destroyed.
namespace keyslot::sim::lua {

inline void push(lua_State* state, std::string_view text) {
    lua_pushlstring(state, text.data(), text.size());
}

/// The string at `index`; valid as long as it stays there.
inline std::string_view text_at(lua_State* state, int index) {
    std::size_t length = 0;
    char const* const text = lua_tolstring(state, index, &length);
    return {text, length};
}

/// Argument `index`, a string or a number, else the usual error.
inline std::string_view text_argument(lua_State* state, int index) {
    std::size_t length = 0;
    char const* const text = luaL_checklstring(state, index, &length);
    return {text, length};
}

inline void set_field(lua_State* state, std::string_view name) {
    // value -> (nothing), in the table below it; raw
    push(state, name);
    lua_insert(state, -2);
    lua_rawset(state, -3);
}

inline void set_function(lua_State* state, std::string_view name, lua_CFunction function) {
    lua_pushcfunction(state, function);
    set_field(state, name);
}

/// Pushes the field of the table at `index`, past any metatable.
inline int raw_field(lua_State* state, int index, std::string_view name) {
    int const table =
        index > 0 || index <= LUA_REGISTRYINDEX ? index : lua_gettop(state) + index + 1;
    push(state, name);
    lua_rawget(state, table);
    return lua_type(state, -1);
}

/// Pushes what redis.call raises and redis.pcall gives: a table with `err`. "-CODE text" keeps its
/// code, any other text is one of ERR.
void push_error(lua_State* state, std::string_view text);
/// The same for an error that INFO errorstats has counted already.
void push_counted_error(lua_State* state, std::string_view text);

/// Compiles a text. Unlike luaL_loadbuffer it takes no compiled chunk for one: what is pushed then is
/// the error of a text that starts with that character.
int load_text(lua_State* state, std::string_view source, char const* name);

// The libraries of a script. Each pushes its table.
void open_redis(lua_State* state);
void open_bit(lua_State* state);
void open_cjson(lua_State* state);
void open_cmsgpack(lua_State* state);
void open_struct(lua_State* state);

/// The globals of a script: the libraries of Lua without what reaches the outside, those of Redis, and
/// no way to change any of it.
void open_sandbox(lua_State* state);
/// Sets a global of all scripts, which they cannot change: value -> (nothing).
void set_global(lua_State* state, std::string_view name);

}  // namespace keyslot::sim::lua
