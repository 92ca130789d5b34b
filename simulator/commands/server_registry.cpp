#include "simulator/commands/server_command.hpp"

namespace keyslot::sim {

ServerCommandHandler find_server_handler(std::string_view name) {
    for (auto const family :
         {acl_commands(), connection_commands(), client_commands(), client_tracking_commands(),
          cluster_commands(), command_commands(), debug_commands(), getkeys_commands(),
          memory_commands(), observation_commands(), persistence_commands(), pubsub_commands(),
          replication_commands(), scripting_commands(), server_commands(), shutdown_commands(),
          transaction_commands(), migrate_commands()}) {
        for (ServerCommandEntry const& entry : family) {
            if (entry.name == name) {
                return entry.handler;
            }
        }
    }
    return nullptr;
}

}  // namespace keyslot::sim
