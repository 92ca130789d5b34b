#pragma once

#include "simulator/scripting/script_random.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// What a running script wants of its server.
class ScriptHost {
public:
    virtual ~ScriptHost() = default;
    /// redis.call and redis.pcall: appends the reply in RESP, errors and refusals included.
    virtual void call(std::span<std::string_view const> words, int protocol,
                      std::string& reply) = 0;
    /// redis.acl_check_cmd; nullopt: there is no such command.
    virtual std::optional<bool> may_call(std::span<std::string_view const> words) = 0;
    /// redis.set_repl: whether what the script writes from here on goes to the replicas.
    virtual void set_replicated(bool replicated) = 0;
};

/// What a script came to.
struct ScriptReply {
    std::string bytes;  ///< RESP
    /// The error was one of redis.call, which INFO errorstats counted when it happened.
    bool error_is_counted = false;
};

/// Lua as a redis-server has it: an interpreter with the scripts it has compiled. One script runs at a
/// time, in pieces if it takes long; nothing in here knows of sessions, slots or clocks.
class Interpreter {
public:
    Interpreter(ScriptHost& host, ScriptRandom& random);
    ~Interpreter();
    Interpreter(Interpreter const&) = delete;
    Interpreter& operator=(Interpreter const&) = delete;

    /// Compiles a script under its SHA-1. `source` without the text of its header line, but with the
    /// newline. The error line of EVAL, if it does not compile.
    std::optional<std::string> define(std::string_view sha, std::string_view source);

    struct Run {
        std::string_view sha;
        std::span<std::string_view const> keys;
        std::span<std::string_view const> arguments;
        int protocol = 2;  ///< of the client's reply
    };
    /// Makes a defined script ready to run; the words of `run` are copied.
    void begin(Run const& run);
    /// Runs on for about so many instructions of Lua's virtual machine. True: the script is over.
    bool resume(std::uint64_t instructions);
    /// For ScriptHost::call() alone, when it cannot answer yet: sets the script aside. resume() goes on there.
    void suspend();
    /// From here on each line of the script raises the error of SCRIPT KILL.
    void kill();
    /// Once it is over.
    ScriptReply take_reply();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace keyslot::sim
