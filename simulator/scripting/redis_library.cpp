#include "simulator/scripting/conversion.hpp"
#include "simulator/scripting/runtime.hpp"
#include "simulator/scripting/sha.hpp"

#include <cstdint>
#include <cstdio>
#include <vector>

namespace keyslot::sim::lua {

namespace {

constexpr int replicate_to_file = 1;
constexpr int replicate_to_replicas = 2;
constexpr int log_warning = 3;  // the highest level

int raise(lua_State* state, std::string_view text) {
    push_error(state, text);
    return lua_error(state);
}

/// The arguments of the function as the words of a command.
struct Words {
    std::vector<std::string> numbers;
    std::vector<std::string_view> words;
    std::string_view problem;
};

Words words_of(lua_State* state) {
    Words result;
    int const count = lua_gettop(state);
    if (count == 0) {
        result.problem = "Please specify at least one argument for this redis lib call";
        return result;
    }
    result.numbers.reserve(static_cast<std::size_t>(count));
    for (int n = 1; n <= count; ++n) {
        if (lua_type(state, n) == LUA_TNUMBER) {
            char text[64];
            int const length = std::snprintf(text, sizeof text, "%.17g", lua_tonumber(state, n));
            result.words.emplace_back(
                result.numbers.emplace_back(text, static_cast<std::size_t>(length)));
        } else if (lua_type(state, n) == LUA_TSTRING) {
            result.words.push_back(text_at(state, n));
        } else {
            result.problem = "Lua redis lib command arguments must be strings or integers";
            return result;
        }
    }
    return result;
}

/// Pushes what the command gave.
void run_command(lua_State* state) {
    Words const words = words_of(state);
    if (!words.problem.empty()) {
        return push_error(state, words.problem);
    }
    Runtime& runtime = Runtime::of(state);
    std::string reply;
    runtime.host.call(words.words, runtime.script_protocol, reply);
    push_reply(state, reply, runtime.script_protocol);
}

bool is_error(lua_State* state) {
    if (lua_istable(state, -1) == 0) {
        return false;
    }
    bool const has_error = raw_field(state, -1, "err") == LUA_TSTRING;
    lua_pop(state, 1);
    return has_error;
}

int call(lua_State* state) {
    run_command(state);
    return is_error(state) ? lua_error(state) : 1;
}

int pcall(lua_State* state) {
    run_command(state);
    return 1;
}

bool has_one_string(lua_State* state) {
    return lua_gettop(state) == 1 && lua_type(state, 1) == LUA_TSTRING;
}

int error_reply(lua_State* state) {
    if (!has_one_string(state)) {
        push_error(state, "wrong number or type of arguments");
        return 1;
    }
    std::string_view const text = text_at(state, 1);
    push_error(state, text.starts_with('-') ? std::string(text) : "-" + std::string(text));
    return 1;
}

int status_reply(lua_State* state) {
    if (!has_one_string(state)) {
        push_error(state, "wrong number or type of arguments");
        return 1;
    }
    lua_newtable(state);
    lua_pushvalue(state, 1);
    set_field(state, "ok");
    return 1;
}

int sha1hex(lua_State* state) {
    if (lua_gettop(state) != 1) {
        return raise(state, "wrong number of arguments");
    }
    push(state, sha1_hex(text_at(state, 1)));  // of what is no text: of nothing
    return 1;
}

// A node keeps no log.
int log(lua_State* state) {
    if (lua_gettop(state) < 2) {
        return raise(state, "redis.log() requires two arguments or more.");
    }
    if (lua_isnumber(state, 1) == 0) {
        return raise(state, "First argument must be a number (log level).");
    }
    int const level = static_cast<int>(lua_tointeger(state, 1));
    if (level < 0 || level > log_warning) {
        return raise(state, "Invalid debug level.");
    }
    return 0;
}

int setresp(lua_State* state) {
    if (lua_gettop(state) != 1) {
        return raise(state, "redis.setresp() requires one argument.");
    }
    int const protocol = static_cast<int>(lua_tointeger(state, 1));
    if (protocol != 2 && protocol != 3) {
        return raise(state, "RESP version must be 2 or 3.");
    }
    Runtime::of(state).script_protocol = protocol;
    return 0;
}

int set_repl(lua_State* state) {
    if (lua_gettop(state) != 1) {
        return raise(state, "redis.set_repl() requires two arguments.");
    }
    int const flags = static_cast<int>(lua_tointeger(state, 1));
    if ((flags & ~(replicate_to_file | replicate_to_replicas)) != 0) {
        return raise(state,
                     "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or "
                     "REPL_NONE.");
    }
    Runtime::of(state).host.set_replicated((flags & replicate_to_replicas) != 0);
    return 0;
}

// What is replicated has been the effects since Redis 5.
int replicate_commands(lua_State* state) {
    lua_pushboolean(state, 1);
    return 1;
}

// There is no debugger to stop.
int breakpoint(lua_State* state) {
    lua_pushboolean(state, 0);
    return 1;
}

int debug(lua_State*) { return 0; }

int acl_check_cmd(lua_State* state) {
    Words const words = words_of(state);
    if (!words.problem.empty()) {
        return raise(state, words.problem);
    }
    auto const may_call = Runtime::of(state).host.may_call(words.words);
    if (!may_call) {
        return raise(state, "Invalid command passed to redis.acl_check_cmd()");
    }
    lua_pushboolean(state, *may_call ? 1 : 0);
    return 1;
}

constexpr luaL_Reg functions[] = {
    {"call", call},
    {"pcall", pcall},
    {"error_reply", error_reply},
    {"status_reply", status_reply},
    {"sha1hex", sha1hex},
    {"log", log},
    {"setresp", setresp},
    {"set_repl", set_repl},
    {"replicate_commands", replicate_commands},
    {"breakpoint", breakpoint},
    {"debug", debug},
    {"acl_check_cmd", acl_check_cmd},
};

constexpr std::pair<std::string_view, int> numbers[] = {
    {"LOG_DEBUG", 0},
    {"LOG_VERBOSE", 1},
    {"LOG_NOTICE", 2},
    {"LOG_WARNING", log_warning},
    {"REPL_NONE", 0},
    {"REPL_AOF", replicate_to_file},
    {"REPL_SLAVE", replicate_to_replicas},
    {"REPL_REPLICA", replicate_to_replicas},
    {"REPL_ALL", replicate_to_file | replicate_to_replicas},
    {"REDIS_VERSION_NUM", 0x0007000f},
};

void push_error_table(lua_State* state, std::string_view text) {
    std::string line = "ERR " + std::string(text);
    if (text.starts_with('-')) {
        text.remove_prefix(1);
        while (text.ends_with('\n') || text.ends_with('\r')) {
            text.remove_suffix(1);
        }
        // One word alone is no code.
        line = (text.find(' ') == std::string_view::npos ? "ERR " : "") + std::string(text);
    }
    lua_newtable(state);
    push(state, line);
    set_field(state, "err");
}

}  // namespace

void push_error(lua_State* state, std::string_view text) { push_error_table(state, text); }

void push_counted_error(lua_State* state, std::string_view text) {
    push_error_table(state, text);
    lua_pushboolean(state, 1);
    set_field(state, "ignore_error_stats_update");
}

void open_redis(lua_State* state) {
    lua_newtable(state);
    for (luaL_Reg const& function : functions) {
        set_function(state, function.name, function.func);
    }
    for (auto const& [name, value] : numbers) {
        lua_pushnumber(state, value);
        set_field(state, name);
    }
    push(state, "7.0.15");
    set_field(state, "REDIS_VERSION");
}

}  // namespace keyslot::sim::lua
