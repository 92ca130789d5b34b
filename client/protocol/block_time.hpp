#pragma once

#include "client/protocol/command_table.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace keyslot::protocol {

/// How long a command may block at the server, and where its words say so.
struct BlockTime {
    std::size_t word = 0;     ///< the position of the time
    bool in_seconds = false;  ///< with a fraction; else whole milliseconds
    std::optional<std::chrono::milliseconds> time;  ///< nullopt: for ever
    friend bool operator==(BlockTime const&, BlockTime const&) = default;
};

/// nullopt: the command does not block, or its time makes no sense, which the server will say.
std::optional<BlockTime> block_time(CommandInfo const& command,
                                    std::span<std::string_view const> words);

/// The word that asks for `left`: at least a millisecond, because 0 is for ever.
std::string block_word(BlockTime const& block, std::chrono::milliseconds left);

}  // namespace keyslot::protocol
