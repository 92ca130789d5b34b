#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

// SAVE and its kin: nothing is written anywhere, and a save is over at once.
namespace keyslot::sim {

namespace {

void lastsave(ServerCommand& command) {
    command.reply.integer(command.server.statistics.last_save_s);
}

void mark_saved(ServerCommand& command) {
    command.server.statistics.last_save_s = command.server.unix_time_ms() / 1000;
}

void save(ServerCommand& command) {
    mark_saved(command);
    command.reply.ok();
}

void bgsave(ServerCommand& command) {
    if (command.count() > 2 || (command.count() == 2 && !command.is(1, "schedule"))) {
        return command.syntax_error();
    }
    mark_saved(command);
    command.reply.simple("Background saving started");
}

void bgrewriteaof(ServerCommand& command) {
    command.reply.simple("Background append only file rewriting started");
}

void lolwut(ServerCommand& command) {
    if (command.count() >= 3 && command.is(1, "version") && !parse_integer(command.argument(2))) {
        return command.reply.error(errors::not_an_integer);
    }
    command.reply.verbatim("txt", "Redis ver. 7.0.15\n");
}

void module_list(ServerCommand& command) { command.reply.array(0); }

void module_help(ServerCommand& command) {
    static constexpr std::string_view lines[] = {
        "MODULE <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "LIST",
        "    Return a list of loaded modules.",
        "LOAD <path> [<arg> ...]",
        "    Load a module library from <path>, passing to it any optional arguments.",
        "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
        "    Load a module library from <path>, while passing it module configurations and "
        "optional arguments.",
        "UNLOAD <name>",
        "    Unload a module.",
        "HELP",
        "    Prints this help.",
    };
    command.help(lines);
}

constexpr ServerCommandEntry entries[] = {
    {"bgrewriteaof", bgrewriteaof},
    {"bgsave", bgsave},
    {"lastsave", lastsave},
    {"lolwut", lolwut},
    {"module|help", module_help},
    {"module|list", module_list},
    {"save", save},
};

}  // namespace

std::span<ServerCommandEntry const> persistence_commands() { return entries; }

}  // namespace keyslot::sim
