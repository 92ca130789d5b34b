#pragma once

#include "simulator/commands/command_context.hpp"

/// The hash commands that have files of their own.
namespace keyslot::sim {

// hashes_number.cpp
void hincrby(CommandContext& context);
void hincrbyfloat(CommandContext& context);

// hashes_read.cpp
void hgetall(CommandContext& context);
void hkeys(CommandContext& context);
void hvals(CommandContext& context);
void hrandfield(CommandContext& context);
void hscan(CommandContext& context);

}  // namespace keyslot::sim
