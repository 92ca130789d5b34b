#include "simulator/scripting/protection.hpp"

#include <array>

namespace keyslot::sim::lua {

namespace {

// In the registry: the real tables, by their stand-ins; the globals; the metatables that can be seen.
constexpr std::string_view real_tables = "keyslot.real_tables";
constexpr std::string_view globals = "keyslot.globals";
constexpr std::string_view globals_metatable = "keyslot.globals_metatable";
constexpr std::string_view string_metatable = "keyslot.string_metatable";

constexpr std::string_view readonly = "Attempt to modify a readonly table";
constexpr std::array protected_libraries{"string", "table", "math",     "coroutine", "redis",
                                         "bit",    "cjson", "cmsgpack", "struct"};

// From a function of C: no line of a script to tell.
int refuse(lua_State* state) {
    push(state, readonly);
    return lua_error(state);
}

int refuse_assignment(lua_State* state) {
    luaL_where(state, 1);
    push(state, readonly);
    lua_concat(state, 2);
    return lua_error(state);
}

void put_aside(lua_State* state, std::string_view name) {
    push(state, name);
    lua_insert(state, -2);
    lua_rawset(state, LUA_REGISTRYINDEX);
}

/// Pushes the real table of the stand-in at `index`, or nothing. True: it is one.
bool push_real(lua_State* state, int index) {
    raw_field(state, LUA_REGISTRYINDEX, real_tables);
    lua_pushvalue(state, index);
    lua_rawget(state, -2);
    lua_remove(state, -2);
    if (lua_isnil(state, -1) == 0) {
        return true;
    }
    lua_pop(state, 1);
    return false;
}

bool is_stand_in(lua_State* state, int index) {
    bool const is_one = push_real(state, index);
    if (is_one) {
        lua_pop(state, 1);
    }
    return is_one;
}

/// table -> its stand-in
void protect(lua_State* state) {
    lua_newtable(state);
    lua_createtable(state, 0, 2);
    lua_pushvalue(state, -3);
    set_field(state, "__index");
    set_function(state, "__newindex", refuse_assignment);
    lua_setmetatable(state, -2);

    raw_field(state, LUA_REGISTRYINDEX, real_tables);
    lua_pushvalue(state, -2);
    lua_pushvalue(state, -4);
    lua_rawset(state, -3);
    lua_pop(state, 1);
    lua_remove(state, -2);
}

int next(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    lua_settop(state, 2);
    if (push_real(state, 1)) {
        lua_replace(state, 1);
    }
    if (lua_next(state, 1) != 0) {
        return 2;
    }
    lua_pushnil(state);
    return 1;
}

int pairs(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    lua_pushcfunction(state, next);
    lua_pushvalue(state, 1);
    lua_pushnil(state);
    return 3;
}

int raw_get(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    luaL_checkany(state, 2);
    lua_settop(state, 2);
    if (push_real(state, 1)) {
        lua_replace(state, 1);
    }
    lua_rawget(state, 1);
    return 1;
}

int raw_set(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    luaL_checkany(state, 2);
    luaL_checkany(state, 3);
    lua_settop(state, 3);
    if (is_stand_in(state, 1)) {
        return refuse(state);
    }
    lua_rawset(state, 1);
    return 1;
}

int set_metatable(lua_State* state) {
    int const type = lua_type(state, 2);
    luaL_checktype(state, 1, LUA_TTABLE);
    luaL_argcheck(state, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table expected");
    if (is_stand_in(state, 1)) {
        return refuse(state);
    }
    if (luaL_getmetafield(state, 1, "__metatable") != 0) {
        return luaL_error(state, "cannot change a protected metatable");
    }
    lua_settop(state, 2);
    lua_setmetatable(state, 1);
    return 1;
}

int get_metatable(lua_State* state) {
    luaL_checkany(state, 1);
    if (lua_type(state, 1) == LUA_TSTRING) {
        raw_field(state, LUA_REGISTRYINDEX, string_metatable);
        return 1;
    }
    if (push_real(state, 1)) {
        raw_field(state, LUA_REGISTRYINDEX, globals);
        bool const is_globals = lua_rawequal(state, -1, -2) != 0;
        if (is_globals) {
            raw_field(state, LUA_REGISTRYINDEX, globals_metatable);
        } else {
            lua_pushnil(state);
        }
        return 1;
    }
    if (lua_getmetatable(state, 1) == 0) {
        lua_pushnil(state);
        return 1;
    }
    luaL_getmetafield(state, 1, "__metatable");  // if there is one, instead of the table itself
    return 1;
}

// As table.insert of Lua does it, which would write into a stand-in.
int insert(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    if (is_stand_in(state, 1)) {
        return refuse(state);
    }
    int const size = static_cast<int>(lua_objlen(state, 1));
    int position = size + 1;
    int const count = lua_gettop(state);
    if (count == 3) {
        position = luaL_checkint(state, 2);
        for (int n = size > position - 1 ? size + 1 : position; n > position; --n) {
            lua_rawgeti(state, 1, n - 1);
            lua_rawseti(state, 1, n);
        }
    } else if (count != 2) {
        return luaL_error(state, "wrong number of arguments to 'insert'");
    }
    lua_rawseti(state, 1, position);
    return 0;
}

// Walks the real table.
int for_each(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    luaL_checktype(state, 2, LUA_TFUNCTION);
    if (push_real(state, 1)) {
        lua_replace(state, 1);
    }
    for (lua_pushnil(state); lua_next(state, 1) != 0; lua_pop(state, 2)) {
        lua_pushvalue(state, 2);
        lua_pushvalue(state, -3);
        lua_pushvalue(state, -3);
        lua_call(state, 2, 1);
        if (lua_isnil(state, -1) == 0) {
            return 1;
        }
    }
    return 0;
}

void protect_string_metatable(lua_State* state) {
    push(state, "");
    lua_getmetatable(state, -1);
    raw_field(state, -3, "string");  // by now the stand-in
    set_field(state, "__index");
    protect(state);
    put_aside(state, string_metatable);
    lua_pop(state, 1);
}

}  // namespace

void protect_globals(lua_State* state, lua_CFunction missing) {
    lua_newtable(state);
    put_aside(state, real_tables);

    set_function(state, "next", next);
    set_function(state, "pairs", pairs);
    set_function(state, "rawget", raw_get);
    set_function(state, "rawset", raw_set);
    set_function(state, "setmetatable", set_metatable);
    set_function(state, "getmetatable", get_metatable);
    raw_field(state, -1, "table");
    set_function(state, "insert", insert);
    set_function(state, "foreach", for_each);
    lua_pop(state, 1);

    for (char const* const name : protected_libraries) {
        raw_field(state, -1, name);
        protect(state);
        set_field(state, name);
    }
    protect_string_metatable(state);

    lua_newtable(state);
    set_function(state, "__index", missing);
    lua_pushvalue(state, -1);
    protect(state);
    put_aside(state, globals_metatable);
    lua_setmetatable(state, -2);

    lua_pushvalue(state, -1);
    put_aside(state, globals);
    lua_pushvalue(state, -1);
    protect(state);
    lua_pushvalue(state, -1);
    lua_replace(state, LUA_GLOBALSINDEX);
    set_field(state, "_G");
    lua_pop(state, 1);
}

void set_global(lua_State* state, std::string_view name) {
    raw_field(state, LUA_REGISTRYINDEX, globals);
    lua_insert(state, -2);
    set_field(state, name);
    lua_pop(state, 1);
}

}  // namespace keyslot::sim::lua
