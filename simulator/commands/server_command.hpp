#pragma once

#include "client/protocol/command_table.hpp"
#include "client/protocol/resp_writer.hpp"
#include "simulator/commands/errors.hpp"
#include "simulator/node/session.hpp"
#include "simulator/node/words.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace keyslot::sim {

class Server;

/// What a command about the server or the connection sees while it runs: commands that need no more
/// than the keyspace are written against CommandContext.
struct ServerCommand {
    protocol::CommandInfo const& info;
    Arguments arguments;
    Server& server;
    Session& session;
    protocol::RespWriter& reply;

    std::string_view argument(std::size_t n) const { return arguments[n]; }
    std::size_t count() const { return arguments.size(); }
    bool is(std::size_t n, std::string_view word) const { return same_word(arguments[n], word); }
    void syntax_error() const { reply.error(errors::syntax); }
    /// The table lets this many arguments pass, the subcommand does not.
    void wrong_subcommand_arguments() const {
        std::string const container = uppered(info.name.substr(0, info.name.find('|')));
        reply.error("ERR unknown subcommand or wrong number of arguments for '" +
                    std::string(arguments[1]) + "'. Try " + container + " HELP.");
    }
    void help(std::span<std::string_view const> lines) const {
        reply.array(lines.size());
        for (std::string_view const line : lines) {
            reply.simple(line);
        }
    }
};

using ServerCommandHandler = void (*)(ServerCommand&);

struct ServerCommandEntry {
    std::string_view name;  ///< as in the command table: "client|list"
    ServerCommandHandler handler;
};

/// Each family has a file of its own in commands/ and one such function.
std::span<ServerCommandEntry const> acl_commands();
std::span<ServerCommandEntry const> connection_commands();
std::span<ServerCommandEntry const> client_commands();
std::span<ServerCommandEntry const> client_tracking_commands();
std::span<ServerCommandEntry const> cluster_commands();
std::span<ServerCommandEntry const> command_commands();
std::span<ServerCommandEntry const> pubsub_commands();
std::span<ServerCommandEntry const> debug_commands();
std::span<ServerCommandEntry const> getkeys_commands();
std::span<ServerCommandEntry const> memory_commands();
std::span<ServerCommandEntry const> observation_commands();
std::span<ServerCommandEntry const> persistence_commands();
std::span<ServerCommandEntry const> replication_commands();
std::span<ServerCommandEntry const> scripting_commands();
std::span<ServerCommandEntry const> server_commands();
std::span<ServerCommandEntry const> shutdown_commands();
std::span<ServerCommandEntry const> transaction_commands();
std::span<ServerCommandEntry const> migrate_commands();

/// CLIENT SETNAME and HELLO ... SETNAME. False: not a name; answered.
bool set_client_name(ServerCommand& command, std::string_view name);

/// A client as CLIENT LIST shows it, without the line end.
std::string describe_client(Server& server, Session const& session);

/// nullptr: not a command of this kind.
ServerCommandHandler find_server_handler(std::string_view name);

}  // namespace keyslot::sim
