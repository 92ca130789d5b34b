#pragma once

#include <keyslot/reply.hpp>

#include <string>

namespace keyslot::conformance {

/// A reply in one line, the same in RESP2 and RESP3: OK, 1, (nil), [a, b].
std::string reply_line(ReplyView reply);

}  // namespace keyslot::conformance
