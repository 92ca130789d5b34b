#pragma once

#include "client/protocol/command_table.hpp"
#include "simulator/commands/command_context.hpp"
#include "simulator/commands/server_command.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// Commands that the dispatcher itself treats differently from the rest.
enum class Special : std::uint8_t {
    none,
    exec,
    discard,
    multi,
    watch,
    quit,
    reset,
    asking,
    migrate,
    restore_asking,
    script,  ///< EVAL and its family: what it does is the script's to say
    shard_pubsub,
    switched_off,  ///< DEBUG, MODULE LOAD: need an option that is off
};

/// A command of the table together with what runs it here.
struct Binding {
    protocol::CommandInfo const* info = nullptr;
    ServerCommandHandler server_handler = nullptr;
    CommandHandler data_handler = nullptr;
    Special special = Special::none;
    std::size_t number = 0;  ///< command_number()
    bool keyed = false;  ///< has key specs, or keys that move: the cluster decides where it runs
    bool one_key_first = false;  ///< its only key is its first argument
    std::vector<Binding> subcommands;

    bool is_container() const { return !subcommands.empty(); }
    bool runnable() const { return server_handler != nullptr || data_handler != nullptr; }
};

/// What the words of a command stand for.
struct BoundCommand {
    Binding const* binding = nullptr;  ///< nullptr: there is no such command, or no such subcommand
    Binding const* container = nullptr;  ///< the second word is no subcommand of this one
};
BoundCommand find_binding(Arguments arguments);
/// By name, whatever its case: "get", "config|set"; nullptr: no such command.
Binding const* find_binding(std::string_view name);

}  // namespace keyslot::sim
