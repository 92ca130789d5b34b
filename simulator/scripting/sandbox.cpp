#include "simulator/scripting/protection.hpp"
#include "simulator/scripting/runtime.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace keyslot::sim::lua {

namespace {

// What Lua has and a script has not: the file system, the environment of functions, the loader.
constexpr std::array removed_globals{"dofile",  "loadfile", "print",  "getfenv",
                                     "setfenv", "newproxy", "module", "require"};

constexpr char escape = '\x1b';  // the first byte of a compiled chunk

// Addresses look like those of a process; which they are is the same in every run.
constexpr std::uint64_t shown_base = 0x7f0000000000;

int access_missing_global(lua_State* state) {
    if (lua_isstring(state, 2) == 0) {
        return luaL_error(state, "Script attempted to access nonexistent global variable '%s'",
                          luaL_typename(state, 2));
    }
    return luaL_error(state, "Script attempted to access nonexistent global variable '%s'",
                      lua_tostring(state, 2));
}

int to_string(lua_State* state) {
    luaL_checkany(state, 1);
    if (luaL_callmeta(state, 1, "__tostring") != 0) {
        return 1;
    }
    switch (lua_type(state, 1)) {
        case LUA_TNIL: push(state, "nil"); break;
        case LUA_TBOOLEAN: push(state, lua_toboolean(state, 1) != 0 ? "true" : "false"); break;
        case LUA_TNUMBER:
            lua_pushvalue(state, 1);
            lua_tostring(state, -1);
            break;
        case LUA_TSTRING: lua_pushvalue(state, 1); break;
        case LUA_TLIGHTUSERDATA: push(state, "userdata: (nil)"); break;
        default: {
            std::array<char, 64> text;
            int const length = std::snprintf(
                text.data(), text.size(), "%s: 0x%llx", luaL_typename(state, 1),
                static_cast<unsigned long long>(
                    shown_base + Runtime::of(state).heap.offset_of(lua_topointer(state, 1))));
            push(state, {text.data(), static_cast<std::size_t>(length)});
        }
    }
    return 1;
}

// A caught error of redis.call is its text, not the table that it was raised as.
int protected_call(lua_State* state) {
    int const count = lua_gettop(state);
    if (count == 0) {
        lua_pushboolean(state, 0);
        return 1;
    }
    if (lua_pcall(state, count - 1, LUA_MULTRET, 0) == 0) {
        lua_pushboolean(state, 1);
        lua_insert(state, 1);
        return lua_gettop(state);
    }
    if (lua_istable(state, -1) != 0) {
        if (raw_field(state, -1, "err") == LUA_TSTRING) {
            lua_replace(state, -2);
        } else {
            lua_pop(state, 1);
        }
    }
    lua_pushboolean(state, 0);
    lua_insert(state, -2);
    return 2;
}

int loaded(lua_State* state, int status) {
    if (status == 0) {
        return 1;
    }
    lua_pushnil(state);
    lua_insert(state, -2);
    return 2;
}

int load_string(lua_State* state) {
    std::string_view const source = text_argument(state, 1);
    char const* const name = luaL_optstring(state, 2, source.data());
    return loaded(state, load_text(state, source, name));
}

int load_pieces(lua_State* state) {
    char const* const name = luaL_optstring(state, 2, "=(load)");
    luaL_checktype(state, 1, LUA_TFUNCTION);
    std::string source;
    for (;;) {
        lua_pushvalue(state, 1);
        if (int const status = lua_pcall(state, 0, 1, 0); status != 0) {
            return loaded(state, status);
        }
        if (lua_isnil(state, -1) != 0) {
            break;
        }
        if (lua_isstring(state, -1) == 0) {
            push(state, "reader function must return a string");
            return loaded(state, LUA_ERRRUN);
        }
        std::string_view const piece = text_at(state, -1);
        if (piece.empty()) {
            break;
        }
        source += piece;
        lua_pop(state, 1);
    }
    return loaded(state, load_text(state, source, name));
}

int random_number(lua_State* state) {
    constexpr double range = ScriptRandom::max;
    double const draw = (Runtime::of(state).random.next() % ScriptRandom::max) / range;
    switch (lua_gettop(state)) {
        case 0: lua_pushnumber(state, draw); return 1;
        case 1: {
            int const high = luaL_checkint(state, 1);
            luaL_argcheck(state, high >= 1, 1, "interval is empty");
            lua_pushnumber(state, std::floor(draw * high) + 1);
            return 1;
        }
        case 2: {
            int const low = luaL_checkint(state, 1);
            int const high = luaL_checkint(state, 2);
            luaL_argcheck(state, low <= high, 2, "interval is empty");
            double const width = static_cast<double>(high) - low + 1;
            lua_pushnumber(state, std::floor(draw * width) + low);
            return 1;
        }
        default: return luaL_error(state, "wrong number of arguments");
    }
}

int random_seed(lua_State* state) {
    Runtime::of(state).random.seed(luaL_checkint(state, 1));
    return 0;
}

void open(lua_State* state, lua_CFunction library, char const* name) {
    lua_pushcfunction(state, library);
    lua_pushstring(state, name);
    lua_call(state, 1, 0);
}

void open_lua(lua_State* state) {
    open(state, luaopen_base, "");  // coroutines are a part of it
    open(state, luaopen_table, LUA_TABLIBNAME);
    open(state, luaopen_string, LUA_STRLIBNAME);
    open(state, luaopen_math, LUA_MATHLIBNAME);
}

}  // namespace

int load_text(lua_State* state, std::string_view source, char const* name) {
    constexpr std::string_view refused{" \x1b"};
    std::string_view const text = source.starts_with(escape) ? refused : source;
    return luaL_loadbuffer(state, text.data(), text.size(), name);
}

void open_sandbox(lua_State* state) {
    open_lua(state);
    lua_pushvalue(state, LUA_GLOBALSINDEX);
    for (char const* const name : removed_globals) {
        lua_pushnil(state);
        set_field(state, name);
    }
    set_function(state, "tostring", to_string);
    set_function(state, "pcall", protected_call);
    set_function(state, "loadstring", load_string);
    set_function(state, "load", load_pieces);

    raw_field(state, -1, LUA_MATHLIBNAME);
    set_function(state, "random", random_number);
    set_function(state, "randomseed", random_seed);
    lua_pop(state, 1);

    constexpr std::pair<std::string_view, void (*)(lua_State*)> libraries[] = {
        {"redis", open_redis},       {"bit", open_bit},       {"cjson", open_cjson},
        {"cmsgpack", open_cmsgpack}, {"struct", open_struct},
    };
    for (auto const& [name, open_library] : libraries) {
        open_library(state);
        set_field(state, name);
    }
    protect_globals(state, access_missing_global);
}

}  // namespace keyslot::sim::lua
