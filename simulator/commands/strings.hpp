#pragma once

#include "simulator/commands/command_context.hpp"

/// The string commands that have files of their own, and what those share.
namespace keyslot::sim {

/// GET: the value, null, or WRONGTYPE. Returns the entry if there was a value.
Entry* answer_string(CommandContext& context, std::string_view key);

// strings_set.cpp
void set(CommandContext& context);
void setnx(CommandContext& context);
void setex(CommandContext& context);
void psetex(CommandContext& context);
void getset(CommandContext& context);
void getex(CommandContext& context);
void mset(CommandContext& context);
void msetnx(CommandContext& context);

// strings_number.cpp
void incr(CommandContext& context);
void decr(CommandContext& context);
void incrby(CommandContext& context);
void decrby(CommandContext& context);
void incrbyfloat(CommandContext& context);

// strings_lcs.cpp
void lcs(CommandContext& context);

}  // namespace keyslot::sim
