#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

#include <chrono>
#include <limits>

namespace keyslot::sim {

namespace {

void psync(ServerCommand& command) {
    auto const from = parse_integer(command.argument(2));
    if (!from) {
        return command.reply.error(errors::not_an_integer);
    }
    command.server.feed.attach(command.session, command.argument(1), *from);
}

/// REPLCONF ACK, the only form without a reply. Anyone but a replica who sends it is passed over.
void take_acknowledgement(ServerCommand& command, std::string_view offset) {
    auto const number = parse_integer(offset);
    if (command.session.replica && number) {
        command.server.feed.acknowledge(command.session, *number);
    }
}

void replconf(ServerCommand& command) {
    if (command.count() % 2 == 0) {
        return command.syntax_error();
    }
    for (std::size_t n = 1; n < command.count(); n += 2) {
        std::string_view const value = command.argument(n + 1);
        if (command.is(n, "listening-port")) {
            auto const port = parse_integer(value);
            if (!port) {
                return command.reply.error(errors::not_an_integer);
            }
            command.session.replica_port = static_cast<std::uint16_t>(*port);
        } else if (command.is(n, "ip-address")) {
            if (value.size() >= 255) {
                return command.reply.error(
                    "ERR REPLCONF ip-address provided by replica instance is too long: " +
                    std::to_string(value.size()) + " bytes");
            }
            command.session.replica_ip = value;
        } else if (command.is(n, "ack")) {
            return take_acknowledgement(command, value);
        } else if (command.is(n, "getack")) {
            return;  // a master's word to its replica, which MasterLink takes: nothing to a session
        } else if (command.is(n, "capa")) {
            command.session.takes_endless_data =
                command.session.takes_endless_data || same_word(value, "eof");
        } else if (!command.is(n, "rdb-only")) {
            return command.reply.error("ERR Unrecognized REPLCONF option: " +
                                       std::string(command.argument(n)));
        }
    }
    command.reply.ok();
}

void wait(ServerCommand& command) {
    if (command.server.is_replica()) {
        return command.reply.error(
            "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 "
            "if a replica is configured to be writable (which is not the default) writes to "
            "replicas "
            "are just local and are not propagated.");
    }
    auto const wanted = parse_integer(command.argument(1));
    if (!wanted) {
        return command.reply.error(errors::not_an_integer);
    }
    auto const timeout_ms = parse_integer(command.argument(2));
    constexpr std::int64_t timeout_ms_max = std::numeric_limits<std::int64_t>::max() / 2'000'000;
    if (!timeout_ms || *timeout_ms > timeout_ms_max) {
        return command.reply.error("ERR timeout is not an integer or out of range");
    }
    if (*timeout_ms < 0) {
        return command.reply.error("ERR timeout is negative");
    }
    Session& session = command.session;
    std::size_t const have = command.server.feed.count_acknowledged(session.write_offset);
    if (*wanted <= static_cast<std::int64_t>(have) || session.transaction.open) {
        return command.reply.integer(static_cast<std::int64_t>(have));
    }
    command.server.feed.wait(session, static_cast<std::size_t>(*wanted),
                             std::chrono::milliseconds{*timeout_ms});
}

void role(ServerCommand& command) {
    Server& server = command.server;
    protocol::RespWriter& reply = command.reply;
    if (server.is_replica()) {
        reply.array(5);
        reply.bulk("slave");
        reply.bulk(server.master_link.master_ip());
        reply.integer(server.master_link.master_port());
        reply.bulk(server.master_link.state_name());
        reply.integer(server.master_link.is_up() ? server.feed.log().offset() : -1);
        return;
    }
    std::vector<Session*> online;
    for (Session* replica : server.feed.replicas()) {
        if (replica->replica->online) {
            online.push_back(replica);
        }
    }
    reply.array(3);
    reply.bulk("master");
    reply.integer(server.feed.log().offset());
    reply.array(online.size());
    for (Session const* replica : online) {
        reply.array(3);
        reply.bulk(replica->replica_ip.empty() ? replica->ip() : replica->replica_ip);
        reply.bulk(std::to_string(replica->replica_port));
        reply.bulk(std::to_string(replica->replica->acknowledged));
    }
}

void replicaof(ServerCommand& command) {
    command.reply.error("ERR REPLICAOF not allowed in cluster mode.");
}

void failover(ServerCommand& command) {
    command.reply.error(
        "ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead.");
}

constexpr ServerCommandEntry entries[] = {
    {"failover", failover},   {"psync", psync}, {"replconf", replconf},
    {"replicaof", replicaof}, {"role", role},   {"slaveof", replicaof},
    {"wait", wait},
};

}  // namespace

std::span<ServerCommandEntry const> replication_commands() { return entries; }

}  // namespace keyslot::sim
