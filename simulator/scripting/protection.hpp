#pragma once

#include "simulator/scripting/lua_support.hpp"

namespace keyslot::sim::lua {

/// Redis marks the tables of its sandbox as read-only, in a Lua that it has changed for that. Here the
/// script sees stand-ins: empty tables whose metatable looks up the real table and refuses writes. The
/// functions of Lua that go past metatables are replaced by such as know about stand-ins.
///
/// Takes the table of globals from the top of the stack and makes all that it holds read-only, itself
/// included. `missing` answers the use of a global that is not there.
void protect_globals(lua_State* state, lua_CFunction missing);

}  // namespace keyslot::sim::lua
