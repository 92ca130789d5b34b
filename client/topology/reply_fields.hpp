#pragma once

#include "client/topology/slot_map.hpp"

#include <keyslot/reply.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keyslot::topology {

/// What CLUSTER SLOTS and CLUSTER SHARDS have in common.

bool is_list(ReplyView reply);    ///< array, set or push
bool is_string(ReplyView reply);  ///< simple, bulk or verbatim
std::optional<std::uint16_t> slot_number(ReplyView reply);
/// 0 for what is no port: such a node cannot be dialled.
std::uint16_t port_number(ReplyView reply);

/// One line on a reply that is none of its kind: the error it is, or its type.
std::string unexpected(std::string_view command, ReplyView reply);

}  // namespace keyslot::topology
