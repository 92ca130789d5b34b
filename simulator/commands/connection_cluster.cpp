#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

namespace keyslot::sim {

namespace {

/// False: answered.
bool needs_cluster(ServerCommand& command) {
    if (!command.server.config.cluster_enabled) {
        command.reply.error("ERR This instance has cluster support disabled");
    }
    return command.server.config.cluster_enabled;
}

void asking(ServerCommand& command) {
    if (needs_cluster(command)) {
        command.session.asking = true;
        command.reply.ok();
    }
}

void readonly(ServerCommand& command) {
    if (needs_cluster(command)) {
        command.session.readonly = true;
        command.reply.ok();
    }
}

void readwrite(ServerCommand& command) {
    if (needs_cluster(command)) {
        command.session.readonly = false;
        command.reply.ok();
    }
}

void cluster(ServerCommand& command) {
    if (needs_cluster(command)) {
        command.server.cluster.cluster_command(command.arguments, command.reply);
    }
}

constexpr ServerCommandEntry entries[] = {
    {"asking", asking},
    {"readonly", readonly},
    {"readwrite", readwrite},
    {"cluster|addslots", cluster},
    {"cluster|addslotsrange", cluster},
    {"cluster|bumpepoch", cluster},
    {"cluster|count-failure-reports", cluster},
    {"cluster|countkeysinslot", cluster},
    {"cluster|delslots", cluster},
    {"cluster|delslotsrange", cluster},
    {"cluster|failover", cluster},
    {"cluster|flushslots", cluster},
    {"cluster|forget", cluster},
    {"cluster|getkeysinslot", cluster},
    {"cluster|help", cluster},
    {"cluster|info", cluster},
    {"cluster|keyslot", cluster},
    {"cluster|links", cluster},
    {"cluster|meet", cluster},
    {"cluster|myid", cluster},
    {"cluster|nodes", cluster},
    {"cluster|replicas", cluster},
    {"cluster|replicate", cluster},
    {"cluster|reset", cluster},
    {"cluster|saveconfig", cluster},
    {"cluster|set-config-epoch", cluster},
    {"cluster|setslot", cluster},
    {"cluster|shards", cluster},
    {"cluster|slaves", cluster},
    {"cluster|slots", cluster},
};

}  // namespace

std::span<ServerCommandEntry const> cluster_commands() { return entries; }

}  // namespace keyslot::sim
