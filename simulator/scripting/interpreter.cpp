#include "simulator/scripting/interpreter.hpp"

#include "client/protocol/resp_writer.hpp"
#include "simulator/scripting/conversion.hpp"
#include "simulator/scripting/fiber.hpp"
#include "simulator/scripting/runtime.hpp"

#include <cassert>
#include <new>
#include <utility>

namespace keyslot::sim {

namespace {

using lua::Runtime;

/// How often the instructions are counted.
constexpr int instructions_per_count = 1000;
constexpr char const* chunk_name = "@user_script";
constexpr std::string_view killed = "Script killed by user with SCRIPT KILL...";

std::string registry_name(std::string_view sha) { return "f_" + std::string(sha); }

// Where an error happened: in the function that raised it, or in the caller of a function of C.
int add_place(lua_State* state) {
    lua_Debug place{};
    int level = 1;
    bool known = lua_getstack(state, level, &place) != 0 && lua_getinfo(state, "Sl", &place) != 0;
    if (known && std::string_view(place.what) == "C") {
        ++level;
        known = lua_getstack(state, level, &place) != 0 && lua_getinfo(state, "Sl", &place) != 0;
    }
    if (lua_istable(state, 1) == 0) {
        std::string text = "nil";
        if (lua_isstring(state, 1) != 0) {
            text = lua::text_at(state, 1);
        } else if (lua_isboolean(state, 1) != 0) {
            text = lua_toboolean(state, 1) != 0 ? "true" : "false";
        }
        lua_newtable(state);
        lua::push(state, "ERR " + text);
        lua::set_field(state, "err");
        lua_replace(state, 1);
    }
    lua_settop(state, 1);
    if (known) {
        lua_pushstring(state, place.source);
        lua::set_field(state, "source");
        lua_pushinteger(state, place.currentline);
        lua::set_field(state, "line");
    }
    return 1;
}

std::string string_field(lua_State* state, std::string_view name) {
    lua::raw_field(state, -1, name);
    std::string text(lua_isstring(state, -1) != 0 ? lua::text_at(state, -1) : "");
    lua_pop(state, 1);
    return text;
}

}  // namespace

struct Interpreter::Impl : Runtime {
    Impl(ScriptHost& script_host, ScriptRandom& numbers)
        : Runtime{script_host, numbers}, fiber([this] { serve(); }) {
        // A state finds its runtime by its allocator.
        state = lua_newstate(&allocate, static_cast<Runtime*>(this));
        if (state == nullptr) {
            throw std::bad_alloc{};
        }
        lua::open_sandbox(state);
        lua_pushcfunction(state, add_place);
        lua::set_global(state, "__redis__err__handler");
    }
    // The state is not closed: a script may be in the middle of something. All of it is in the heap.

    static void* allocate(void* runtime, void* block, std::size_t old_bytes,
                          std::size_t new_bytes) {
        return static_cast<Runtime*>(runtime)->heap.reallocate(block, old_bytes, new_bytes);
    }

    static Impl& of(lua_State* any) { return static_cast<Impl&>(Runtime::of(any)); }

    static void on_count(lua_State* running, lua_Debug*) { of(running).count(running); }

    void count(lua_State* running) {
        if (!is_killed) {
            spent += instructions_per_count;
            if (spent >= allowed) {
                fiber.suspend();
            }
        }
        if (is_killed) {
            // Nothing but a line each: the script may not catch this one and go on.
            lua_sethook(running, on_count, LUA_MASKLINE, 0);
            lua::push_error(running, killed);
            lua_error(running);
        }
    }

    /// The life of the fiber: one script after the other.
    void serve() {
        for (;;) {
            execute();
            is_over = true;
            fiber.suspend();
        }
    }

    void execute() {
        lua_settop(state, 0);
        lua_sethook(state, on_count, LUA_MASKCOUNT, instructions_per_count);
        lua_pushcfunction(state, add_place);
        lua::raw_field(state, LUA_REGISTRYINDEX, registry_name(sha));
        bool const failed = lua_pcall(state, 0, 1, 1) != 0;
        lua_sethook(state, nullptr, 0, 0);
        reply = {};
        if (failed) {
            fail();
        } else {
            reply.error_is_counted = is_counted_error();
            lua::append_reply(state, reply.bytes, client_protocol, script_protocol);
        }
        lua_settop(state, 0);
    }

    bool is_counted_error() {
        if (lua_istable(state, -1) == 0) {
            return false;
        }
        lua::raw_field(state, -1, "ignore_error_stats_update");
        bool const counted = lua_toboolean(state, -1) != 0;
        lua_pop(state, 1);
        return counted;
    }

    void fail() {
        std::string line;
        if (lua_istable(state, -1) == 0) {  // out of memory, or an error within the handler
            line = "ERR " + std::string(lua::text_at(state, -1));
        } else {
            line = string_field(state, "err");
        }
        line += " script: " + sha;
        if (lua_istable(state, -1) != 0) {
            std::string const source = string_field(state, "source");
            std::string const number = string_field(state, "line");
            if (!source.empty() && !number.empty()) {
                line += ", on " + source + ":" + number + ".";
            }
            reply.error_is_counted = is_counted_error();
        }
        protocol::RespWriter(reply.bytes).error(line);
    }

    void set_words(std::string_view name, std::span<std::string_view const> words) {
        lua_createtable(state, static_cast<int>(words.size()), 0);
        int n = 0;
        for (std::string_view const word : words) {
            lua::push(state, word);
            lua_rawseti(state, -2, ++n);
        }
        lua::set_global(state, name);
    }

    lua_State* state = nullptr;
    Fiber fiber;
    std::string sha;
    int client_protocol = 2;
    std::uint64_t spent = 0;
    std::uint64_t allowed = 0;
    bool is_killed = false;
    bool is_over = true;
    ScriptReply reply;
};

Interpreter::Interpreter(ScriptHost& host, ScriptRandom& random)
    : impl_(std::make_unique<Impl>(host, random)) {}

Interpreter::~Interpreter() = default;

std::optional<std::string> Interpreter::define(std::string_view sha, std::string_view source) {
    lua_State* const state = impl_->state;
    lua_settop(state, 0);
    if (lua::load_text(state, source, chunk_name) != 0) {
        std::string error = "ERR Error compiling script (new function): ";
        error += lua::text_at(state, -1);
        lua_settop(state, 0);
        return error;
    }
    lua_setfield(state, LUA_REGISTRYINDEX, registry_name(sha).c_str());
    return std::nullopt;
}

void Interpreter::begin(Run const& run) {
    assert(impl_->is_over);
    impl_->sha = run.sha;
    impl_->client_protocol = run.protocol;
    impl_->script_protocol = 2;
    impl_->spent = 0;
    impl_->allowed = 0;
    impl_->is_killed = false;
    impl_->is_over = false;
    impl_->set_words("KEYS", run.keys);
    impl_->set_words("ARGV", run.arguments);
}

bool Interpreter::resume(std::uint64_t instructions) {
    impl_->allowed = impl_->spent + instructions;
    impl_->fiber.resume();
    return impl_->is_over;
}

void Interpreter::suspend() { impl_->fiber.suspend(); }

void Interpreter::kill() { impl_->is_killed = true; }

ScriptReply Interpreter::take_reply() {
    assert(impl_->is_over);
    return std::exchange(impl_->reply, {});
}

}  // namespace keyslot::sim
