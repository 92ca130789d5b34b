#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

#include <algorithm>

namespace keyslot::sim {

namespace {

constexpr std::string_view server_version = "7.0.15";
constexpr std::string_view wrong_password =
    "WRONGPASS invalid username-password pair or user is disabled.";

void ping(ServerCommand& command) {
    if (command.count() > 2) {
        return command.reply.error("ERR wrong number of arguments for 'ping' command");
    }
    Session const& session = command.session;
    if (session.is_subscriber() && session.protocol == 2) {  // looks like what it gets anyway
        command.reply.array(2);
        command.reply.bulk("pong");
        command.reply.bulk(command.count() == 2 ? command.argument(1) : "");
    } else if (command.count() == 2) {
        command.reply.bulk(command.argument(1));
    } else {
        command.reply.simple("PONG");
    }
}

void echo(ServerCommand& command) { command.reply.bulk(command.argument(1)); }

bool log_in(ServerCommand& command, std::string_view user, std::string_view password) {
    if (command.server.log_in(command.session, user, password, command.arguments)) {
        return true;
    }
    command.reply.error(wrong_password);
    return false;
}

void auth(ServerCommand& command) {
    if (command.count() > 3) {
        return command.syntax_error();
    }
    if (command.count() == 2 && command.server.users.default_user().has_no_password()) {
        return command.reply.error(
            "ERR AUTH <password> called without any password configured for the default user. Are "
            "you sure your configuration is correct?");
    }
    bool const named = command.count() == 3;
    if (log_in(command, named ? command.argument(1) : "default", command.argument(named ? 2 : 1))) {
        command.reply.ok();
    }
}

/// Options take effect from left to right, even those before one that is wrong (facts 7.1). False:
/// answered.
bool take_hello_options(ServerCommand& command) {
    for (std::size_t n = 2; n < command.count(); ++n) {
        std::size_t const more = command.count() - 1 - n;
        if (command.is(n, "auth") && more >= 2) {
            if (!log_in(command, command.argument(n + 1), command.argument(n + 2))) {
                return false;
            }
            n += 2;
        } else if (command.is(n, "setname") && more >= 1) {
            if (!set_client_name(command, command.argument(n + 1))) {
                return false;
            }
            n += 1;
        } else {
            command.reply.error("ERR Syntax error in HELLO option '" +
                                std::string(command.argument(n)) + "'");
            return false;
        }
    }
    return true;
}

void hello(ServerCommand& command) {
    Session& session = command.session;
    int protocol = session.protocol;
    if (command.count() > 1) {
        auto const wanted = parse_integer(command.argument(1));
        if (!wanted) {
            return command.reply.error("ERR Protocol version is not an integer or out of range");
        }
        if (*wanted != 2 && *wanted != 3) {
            return command.reply.error("NOPROTO unsupported protocol version");
        }
        protocol = static_cast<int>(*wanted);
    }
    if (!take_hello_options(command)) {
        return;
    }
    if (command.server.must_log_in(session)) {
        return command.reply.error(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the "
            "HELLO "
            "AUTH <user> <pass> option can be used to authenticate the client and select the RESP "
            "protocol version at the same time");
    }
    session.protocol = protocol;
    protocol::RespWriter& reply = command.reply;
    reply.set_protocol(protocol);
    reply.map(7);
    reply.bulk("server");
    reply.bulk("redis");
    reply.bulk("version");
    reply.bulk(server_version);
    reply.bulk("proto");
    reply.integer(protocol);
    reply.bulk("id");
    reply.integer(session.client_id);
    reply.bulk("mode");
    reply.bulk(command.server.config.cluster_enabled ? "cluster" : "standalone");
    reply.bulk("role");
    reply.bulk(command.server.is_replica() ? "replica" : "master");
    reply.bulk("modules");
    reply.array(0);
}

void select(ServerCommand& command) {
    auto const database = parse_integer(command.argument(1));
    if (!database) {
        return command.reply.error(errors::not_an_integer);
    }
    if (*database != static_cast<std::int32_t>(*database)) {
        return command.reply.error(
            "ERR value is out of range, value must between -2147483648 and 2147483647");
    }
    if (*database == 0) {
        return command.reply.ok();
    }
    command.reply.error(command.server.config.cluster_enabled
                            ? "ERR SELECT is not allowed in cluster mode"
                            : "ERR DB index is out of range");
}

void quit(ServerCommand& command) {
    command.reply.ok();
    command.server.close_after_reply(command.session);
}

void reset(ServerCommand& command) {
    Session& session = command.session;
    command.server.discard_transaction(session);
    command.server.pubsub.forget(session);
    command.server.tracking.disable(session);
    command.server.stop_monitoring(session);
    session.protocol = 2;
    command.server.log_out(session);
    session.name.clear();
    session.asking = false;
    session.readonly = false;
    session.no_evict = false;
    session.reply_off = false;
    session.reply_skip = false;
    session.reply_skip_next = false;
    command.reply.set_protocol(2);
    command.reply.simple("RESET");
}

constexpr ServerCommandEntry entries[] = {
    {"auth", auth}, {"echo", echo},   {"hello", hello},   {"ping", ping},
    {"quit", quit}, {"reset", reset}, {"select", select},
};

}  // namespace

bool set_client_name(ServerCommand& command, std::string_view name) {
    if (!std::ranges::all_of(name, [](char c) { return c >= '!' && c <= '~'; })) {
        command.reply.error(
            "ERR Client names cannot contain spaces, newlines or special characters.");
        return false;
    }
    command.session.name = name;
    return true;
}

std::span<ServerCommandEntry const> connection_commands() { return entries; }

}  // namespace keyslot::sim
