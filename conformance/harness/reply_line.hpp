#pragma once

#include <keyslot/reply.hpp>

#include <string>
#include <vector>

namespace keyslot::conformance {

/// A reply in one line, the same in RESP2 and RESP3: OK, 1, (nil), [a, b].
std::string reply_line(ReplyView reply);
/// "[a, b]"
std::string list_line(std::vector<std::string> const& elements);

}  // namespace keyslot::conformance
