#pragma once

#include "simulator/scripting/interpreter.hpp"
#include "simulator/scripting/lua_heap.hpp"
#include "simulator/scripting/lua_support.hpp"

namespace keyslot::sim::lua {

/// What the functions of one Lua state share.
struct Runtime {
    ScriptHost& host;
    ScriptRandom& random;
    LuaHeap heap{};
    int script_protocol =
        2;  ///< redis.setresp: how replies become values of Lua, and some values replies

    /// Of any coroutine of the state.
    static Runtime& of(lua_State* state) {
        void* runtime = nullptr;
        lua_getallocf(state, &runtime);
        return *static_cast<Runtime*>(runtime);
    }
};

}  // namespace keyslot::sim::lua
