#pragma once

#include "client/protocol/command_table.hpp"

#include <keyslot/reply.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace keyslot::routing {

/// Whether a command without keys is answered by several nodes, whose replies merge() can make one of:
/// its request policy says so, and its response policy is one that a client can carry out. (`special`
/// would have to know what INFO means; such a command goes to one node.)
bool is_for_several_nodes(protocol::CommandInfo const& command);

/// One reply of the replies of all nodes that were asked, none of which is an error, as the command's
/// response policy says; without one, arrays are joined, and of scalars one that is not null is drawn
/// with `random`. nullopt: the replies do not fit the policy.
std::optional<Reply> merge(protocol::CommandInfo const& command, std::span<Reply const> replies,
                           std::uint64_t random);

}  // namespace keyslot::routing
