#pragma once

#include "client/routing/scan_plan.hpp"

#include <keyslot/reply.hpp>

#include <optional>
#include <string>

namespace keyslot::detail {

/// Reads CLUSTER NODES; nullopt, and `problem`, if it is none.
std::optional<routing::ScanNodeState> scan_state(ReplyView reply, std::string& problem);

}  // namespace keyslot::detail
