#include "simulator/node/server.hpp"
#include "simulator/commands/server_command.hpp"
#include "simulator/node/info.hpp"

#include <map>
#include <string>

namespace keyslot::sim {

namespace {

void info(ServerCommand& command) {
    command.reply.verbatim("txt", info_text(command.server, command.arguments.subspan(1)));
}

void time(ServerCommand& command) {
    std::int64_t const us = command.server.unix_time_us();
    command.reply.array(2);
    command.reply.bulk(std::to_string(us / 1'000'000));
    command.reply.bulk(std::to_string(us % 1'000'000));
}

void config_get(ServerCommand& command) {
    std::map<std::string, std::string> found;
    for (std::string_view const pattern : command.arguments.subspan(2)) {
        for (auto& [name, value] : command.server.parameters.get(pattern)) {
            found.emplace(std::move(name), std::move(value));
        }
    }
    command.reply.map(found.size());
    for (auto const& [name, value] : found) {
        command.reply.bulk(name);
        command.reply.bulk(value);
    }
}

void config_failed(ServerCommand& command, std::string_view name, std::string_view why) {
    command.reply.error("ERR CONFIG SET failed (possibly related to argument '" +
                        std::string(name) + "') - " + std::string(why));
}

/// Unknown, fixed and repeated names are found before anything is set. False: answered.
bool settable(ServerCommand& command) {
    for (std::size_t n = 2; n < command.count(); n += 2) {
        std::string_view const name = command.argument(n);
        ParameterSpec const* const spec = find_parameter(name);
        if (spec == nullptr) {
            command.reply.error("ERR Unknown option or number of arguments for CONFIG SET - '" +
                                std::string(name) + "'");
            return false;
        }
        if (spec->access != ParameterAccess::modifiable) {
            bool const immutable = spec->access == ParameterAccess::immutable;
            config_failed(command, name,
                          immutable ? "can't set immutable config" : "can't set protected config");
            return false;
        }
        for (std::size_t before = 2; before < n; before += 2) {
            if (command.is(before, name)) {
                config_failed(command, name, "duplicate parameter");
                return false;
            }
        }
    }
    return true;
}

bool listens_as_told(Server& server, NodeConfig const& former) {
    NodeConfig const& wanted = server.config;
    bool const is_told = wanted.port != former.port || wanted.bind != former.bind;
    return !is_told || server.host.listen_on(wanted.bind, wanted.port);
}

/// Each parameter is applied in its turn, and the first that matters meets what another makes impossible.
void cannot_listen(ServerCommand& command) {
    bool const tls = command.server.config.tls;
    for (std::size_t n = 2; n < command.count(); n += 2) {
        if (command.is(n, "bind")) {
            return config_failed(command, "bind", "Failed to bind to specified addresses.");
        }
        if (std::string_view const port = tls ? "tls-port" : "port"; command.is(n, port)) {
            return config_failed(command, port,
                                 "Unable to listen on this port. Check server logs.");
        }
    }
}

void config_set(ServerCommand& command) {
    if (command.count() % 2 != 0) {
        return command.syntax_error();
    }
    if (!settable(command)) {
        return;
    }
    Server& server = command.server;
    NodeConfig const former_config = server.config;
    Parameters const former = server.parameters;
    for (std::size_t n = 2; n < command.count(); n += 2) {
        ParameterSpec const& spec = *find_parameter(command.argument(n));
        if (auto const why = server.parameters.set(spec, command.argument(n + 1))) {
            server.parameters.restore(former, former_config);
            return config_failed(command, spec.name, *why);
        }
    }
    if (!listens_as_told(server, former_config)) {
        server.parameters.restore(former, former_config);
        return cannot_listen(command);
    }
    if (server.config.password != former_config.password) {
        server.users.set_default_password(server.config.password);
    }
    server.apply_parameters();
    command.reply.ok();
}

void config_resetstat(ServerCommand& command) {
    std::int64_t const last_save_s = command.server.statistics.last_save_s;
    command.server.statistics = {};
    command.server.statistics.last_save_s = last_save_s;
    command.reply.ok();
}

void config_rewrite(ServerCommand& command) {
    command.reply.error("ERR The server is running without a config file");
}

void config_help(ServerCommand& command) {
    static constexpr std::string_view lines[] = {
        "CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GET <pattern>",
        "    Return parameters matching the glob-like <pattern> and their values.",
        "SET <directive> <value>",
        "    Set the configuration <directive> to <value>.",
        "RESETSTAT",
        "    Reset statistics reported by the INFO command.",
        "REWRITE",
        "    Rewrite the configuration file.",
        "HELP",
        "    Prints this help.",
    };
    command.help(lines);
}

constexpr ServerCommandEntry entries[] = {
    {"config|get", config_get},
    {"config|help", config_help},
    {"config|resetstat", config_resetstat},
    {"config|rewrite", config_rewrite},
    {"config|set", config_set},
    {"info", info},
    {"time", time},
};

}  // namespace

std::span<ServerCommandEntry const> server_commands() { return entries; }

}  // namespace keyslot::sim
