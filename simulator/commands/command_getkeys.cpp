#include "simulator/acl/key_access.hpp"
#include "simulator/commands/server_command.hpp"
#include "simulator/node/binding.hpp"

#include <optional>
#include <vector>

/// COMMAND GETKEYS and GETKEYSANDFLAGS: the keys by the key specifications, which say nearly, not quite,
/// what the server routes by (facts 8).
namespace keyslot::sim {

namespace {

using protocol::CommandInfo;

/// nullopt: answered.
std::optional<std::vector<KeyAccess>> keys_of_line(ServerCommand& command) {
    Arguments const line = command.arguments.subspan(2);
    Binding const* const binding = find_binding(line).binding;
    if (binding == nullptr) {
        command.reply.error("ERR Invalid command specified");
        return std::nullopt;
    }
    CommandInfo const& info = *binding->info;
    if (!has_keys(info)) {
        command.reply.error("ERR The command has no key arguments");
        return std::nullopt;
    }
    if (!info.accepts_arity(line.size())) {
        command.reply.error("ERR Invalid number of arguments specified for command");
        return std::nullopt;
    }
    std::vector<KeyAccess> keys;
    find_keys(info, line, keys);
    if (keys.empty() && !info.has(protocol::flag_no_mandatory_keys)) {
        command.reply.error("ERR Invalid arguments specified for command");
        return std::nullopt;
    }
    return keys;
}

void getkeys(ServerCommand& command) {
    auto const keys = keys_of_line(command);
    if (!keys) {
        return;
    }
    command.reply.array(keys->size());
    for (KeyAccess const& key : *keys) {
        command.reply.bulk(command.argument(key.position + 2));
    }
}

void getkeysandflags(ServerCommand& command) {
    auto const keys = keys_of_line(command);
    if (!keys) {
        return;
    }
    command.reply.array(keys->size());
    for (KeyAccess const& key : *keys) {
        command.reply.array(2);
        command.reply.bulk(command.argument(key.position + 2));
        command.reply.set(key.flags.size());
        for (std::string_view const flag : key.flags) {
            command.reply.simple(flag);
        }
    }
}

constexpr ServerCommandEntry entries[] = {
    {"command|getkeys", getkeys},
    {"command|getkeysandflags", getkeysandflags},
};

}  // namespace

std::span<ServerCommandEntry const> getkeys_commands() { return entries; }

}  // namespace keyslot::sim
