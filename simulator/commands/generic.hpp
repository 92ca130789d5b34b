#pragma once

#include "simulator/commands/command_context.hpp"

/// The generic commands that have files of their own.
namespace keyslot::sim {

// generic_expiry.cpp
void expire(CommandContext& context);
void expireat(CommandContext& context);
void pexpire(CommandContext& context);
void pexpireat(CommandContext& context);
void ttl(CommandContext& context);
void pttl(CommandContext& context);
void expiretime(CommandContext& context);
void pexpiretime(CommandContext& context);
void persist(CommandContext& context);

// generic_scan.cpp
void keys(CommandContext& context);
void scan(CommandContext& context);
void randomkey(CommandContext& context);

// generic_object.cpp
void object_encoding(CommandContext& context);
void object_freq(CommandContext& context);
void object_help(CommandContext& context);
void object_idletime(CommandContext& context);
void object_refcount(CommandContext& context);

// sort.cpp
void sort(CommandContext& context);
void sort_ro(CommandContext& context);

}  // namespace keyslot::sim
