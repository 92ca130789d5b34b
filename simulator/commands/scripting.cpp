#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

namespace keyslot::sim {

namespace {

constexpr std::string_view help_lines[] = {
    "SCRIPT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "DEBUG (YES|SYNC|NO)",
    "    Set the debug mode for subsequent scripts executed.",
    "EXISTS <sha1> [<sha1> ...]",
    "    Return information about the existence of the scripts in the script cache.",
    "FLUSH [ASYNC|SYNC]",
    "    Flush the Lua scripts cache. Very dangerous on replicas.",
    "    When called without the optional mode argument, the behavior is determined by the",
    "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
    "    * ASYNC: Asynchronously flush the scripts cache.",
    "    * SYNC: Synchronously flush the scripts cache.",
    "KILL",
    "    Kill the currently executing Lua script.",
    "LOAD <script>",
    "    Load a script into the scripts cache without executing it.",
    "HELP",
    "    Prints this help.",
};

void eval(ServerCommand& command) { command.server.scripts.eval(command); }

void script_load(ServerCommand& command) { command.server.scripts.load(command); }

void script_exists(ServerCommand& command) {
    command.reply.array(command.count() - 2);
    for (std::string_view const sha : command.arguments.subspan(2)) {
        command.reply.integer(command.server.scripts.knows(sha) ? 1 : 0);
    }
}

void script_flush(ServerCommand& command) {
    bool const is_known =
        command.count() == 2 ||
        (command.count() == 3 && (command.is(2, "sync") || command.is(2, "async")));
    if (!is_known) {
        return command.reply.error("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
    }
    command.server.scripts.flush();
    command.reply.ok();
}

void script_kill(ServerCommand& command) { command.server.scripts.kill(command); }

// There is no debugger behind it: scripts run as if nothing had been asked for.
void script_debug(ServerCommand& command) {
    if (!command.is(2, "yes") && !command.is(2, "sync") && !command.is(2, "no")) {
        return command.reply.error("ERR Use SCRIPT DEBUG YES/SYNC/NO");
    }
    command.reply.ok();
}

void script_help(ServerCommand& command) { command.help(help_lines); }

constexpr ServerCommandEntry entries[] = {
    {"eval", eval},
    {"eval_ro", eval},
    {"evalsha", eval},
    {"evalsha_ro", eval},
    {"script|debug", script_debug},
    {"script|exists", script_exists},
    {"script|flush", script_flush},
    {"script|help", script_help},
    {"script|kill", script_kill},
    {"script|load", script_load},
};

}  // namespace

std::span<ServerCommandEntry const> scripting_commands() { return entries; }

}  // namespace keyslot::sim
