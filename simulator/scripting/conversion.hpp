#pragma once

#include "simulator/scripting/lua_support.hpp"

#include <string>
#include <string_view>

namespace keyslot::sim::lua {

/// Pushes the value of Lua that stands for a reply written in this protocol.
void push_reply(lua_State* state, std::string_view reply, int protocol);

/// Takes the value on top of the stack and appends the reply that it stands for. `client_protocol`: how
/// the client wants it; `script_protocol`: what the script chose by redis.setresp, which decides whether
/// a boolean is one.
void append_reply(lua_State* state, std::string& out, int client_protocol, int script_protocol);

}  // namespace keyslot::sim::lua
