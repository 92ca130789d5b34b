#pragma once

#include "client/protocol/command_table.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// A key among a command's arguments, and what the command does to it: the flags of COMMAND
/// GETKEYSANDFLAGS ("RW", "access", "update").
struct KeyAccess {
    std::uint32_t position = 0;
    std::span<std::string_view const> flags;

    bool reads() const;
    bool writes() const;
};

/// The keys as ACLs and COMMAND GETKEYS see them: by the key specifications where these tell all, else
/// by the command's own rule. Channels are no keys here. False: the arguments make no sense.
bool find_keys(protocol::CommandInfo const& command, std::span<std::string_view const> arguments,
               std::vector<KeyAccess>& keys);

/// Whether the command may have keys at all.
bool has_keys(protocol::CommandInfo const& command);

/// The channels that a command subscribes to or publishes on: first and last word, and whether they
/// are patterns. `first` 0: none.
struct ChannelArguments {
    std::uint32_t first = 0;
    bool only_one = false;
    bool patterns = false;
};
ChannelArguments channel_arguments(protocol::CommandInfo const& command);

}  // namespace keyslot::sim
