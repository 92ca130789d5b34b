#pragma once

#include <span>
#include <string_view>

namespace keyslot::protocol {
struct CommandInfo;
class RespWriter;
}  // namespace keyslot::protocol

namespace keyslot::sim {

/// What COMMAND DOCS says of one command or subcommand, its own subcommands left out. `text` is a map in
/// RESP3, one element per line: the type, then the text or the number of what follows.
struct CommandDocs {
    std::string_view name;
    std::string_view text;
};

/// By name.
std::span<CommandDocs const> all_command_docs();

/// Name and documentation, a container with all its subcommands.
void write_command_docs(protocol::RespWriter& reply, protocol::CommandInfo const& info);

}  // namespace keyslot::sim
