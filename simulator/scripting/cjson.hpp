#pragma once

#include "simulator/scripting/cjson_options.hpp"
#include "simulator/scripting/lua_support.hpp"

namespace keyslot::sim::lua {

/// cjson.encode and cjson.decode: functions of Lua but for the options.
int encode_json(lua_State* state, CjsonOptions const& options);
int decode_json(lua_State* state, CjsonOptions const& options);

}  // namespace keyslot::sim::lua
