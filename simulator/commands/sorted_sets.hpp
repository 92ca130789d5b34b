#pragma once

#include "simulator/commands/command_context.hpp"

#include <span>

/// The sorted set commands that have files of their own, and what those share.
namespace keyslot::sim {

/// Members, with their scores if those were asked for: pairs in RESP3, one after the other in RESP2.
void answer_members(CommandContext& context, std::span<ScoredMember const> members,
                    bool with_scores);

// sorted_sets_add.cpp
void zadd(CommandContext& context);
void zincrby(CommandContext& context);

// sorted_sets_range.cpp
void zrange(CommandContext& context);
void zrangebylex(CommandContext& context);
void zrangebyscore(CommandContext& context);
void zrangestore(CommandContext& context);
void zrevrange(CommandContext& context);
void zrevrangebylex(CommandContext& context);
void zrevrangebyscore(CommandContext& context);

// sorted_sets_within.cpp
void zcount(CommandContext& context);
void zlexcount(CommandContext& context);
void zremrangebylex(CommandContext& context);
void zremrangebyrank(CommandContext& context);
void zremrangebyscore(CommandContext& context);

// sorted_sets_algebra.cpp
void zdiff(CommandContext& context);
void zdiffstore(CommandContext& context);
void zinter(CommandContext& context);
void zintercard(CommandContext& context);
void zinterstore(CommandContext& context);
void zunion(CommandContext& context);
void zunionstore(CommandContext& context);

// sorted_sets_pop.cpp
void bzmpop(CommandContext& context);
void bzpopmax(CommandContext& context);
void bzpopmin(CommandContext& context);
void zmpop(CommandContext& context);
void zpopmax(CommandContext& context);
void zpopmin(CommandContext& context);

}  // namespace keyslot::sim
