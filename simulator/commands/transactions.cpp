#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

namespace keyslot::sim {

namespace {

void multi(ServerCommand& command) {
    if (command.session.transaction.open) {
        return command.reply.error("ERR MULTI calls can not be nested");
    }
    command.session.transaction.open = true;
    command.reply.ok();
}

void discard(ServerCommand& command) {
    if (!command.session.transaction.open) {
        return command.reply.error("ERR DISCARD without MULTI");
    }
    command.server.discard_transaction(command.session);
    command.reply.ok();
}

void exec(ServerCommand& command) {
    Session& session = command.session;
    Server& server = command.server;
    if (!session.transaction.open) {
        return command.reply.error("ERR EXEC without MULTI");
    }
    bool const rejected = session.transaction.rejected;
    if (rejected || session.watch_touched ||
        WatchTable::any_expired(session, server.keyspace, server.expiry_rule())) {
        server.discard_transaction(session);
        if (rejected) {
            return command.reply.error(
                "EXECABORT Transaction discarded because of previous errors.");
        }
        return command.reply.null_array();
    }
    server.watches.unwatch(session);
    command.reply.array(session.transaction.commands.size());
    server.run_transaction(session);
}

void watch(ServerCommand& command) {
    Session& session = command.session;
    if (session.transaction.open) {
        return command.reply.error("ERR WATCH inside MULTI is not allowed");
    }
    if (!session.watch_touched) {  // else EXEC will fail anyway
        for (std::string_view const key : command.arguments.subspan(1)) {
            command.server.watches.watch(session, key, command.server.keyspace,
                                         command.server.expiry_rule());
        }
    }
    command.reply.ok();
}

void unwatch(ServerCommand& command) {
    command.server.watches.unwatch(command.session);
    command.reply.ok();
}

constexpr ServerCommandEntry entries[] = {
    {"discard", discard}, {"exec", exec}, {"multi", multi}, {"unwatch", unwatch}, {"watch", watch},
};

}  // namespace

std::span<ServerCommandEntry const> transaction_commands() { return entries; }

}  // namespace keyslot::sim
