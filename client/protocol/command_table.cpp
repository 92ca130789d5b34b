#include "client/protocol/command_table.hpp"

#include "client/protocol/ascii.hpp"
#include "client/protocol/command_index.hpp"

namespace keyslot::protocol {

CommandInfo const* find_command(std::string_view name) { return command_index.find(name); }

CommandInfo const* find_subcommand(CommandInfo const& container, std::string_view name) {
    std::size_t const prefix = container.name.size() + 1;  // "cluster|"
    for (CommandInfo const& subcommand : container.subcommands) {
        if (equals_ignoring_case(name, subcommand.name.substr(prefix))) {
            return &subcommand;
        }
    }
    return nullptr;
}

CommandInfo const* lookup_command(std::span<std::string_view const> arguments) {
    if (arguments.empty()) {
        return nullptr;
    }
    CommandInfo const* command = find_command(arguments[0]);
    if (command == nullptr || command->subcommands.empty() || arguments.size() < 2) {
        return command;
    }
    CommandInfo const* subcommand = find_subcommand(*command, arguments[1]);
    return subcommand != nullptr ? subcommand : command;
}

}  // namespace keyslot::protocol
