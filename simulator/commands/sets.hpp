#pragma once

#include "simulator/commands/command_context.hpp"

/// The set commands that have files of their own.
namespace keyslot::sim {

// sets_algebra.cpp
void sdiff(CommandContext& context);
void sdiffstore(CommandContext& context);
void sinter(CommandContext& context);
void sintercard(CommandContext& context);
void sinterstore(CommandContext& context);
void sunion(CommandContext& context);
void sunionstore(CommandContext& context);

// sets_random.cpp
void spop(CommandContext& context);
void srandmember(CommandContext& context);

}  // namespace keyslot::sim
