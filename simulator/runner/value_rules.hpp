#pragma once

#include "simulator/runner/oracle.hpp"

#include <vector>

namespace keyslot::sim {

/// Checks that every reply is one its command can give (reply-matches), and that every value read
/// was written to that key by a call that may have run and had begun before (value-was-written).
/// Knows GET, SET with and without GET, GETSET, MGET, MSET, DEL, INCR, DECR, APPEND, RPUSH, BLPOP of one
/// key, and EVAL, taken for a script that counts its one key up; keys that other writes touched are not
/// judged by value, and other commands not at all; nor are calls that name a key of a misled request.
void judge_values(History const& history, std::vector<std::vector<std::string>> const& misled,
                  std::vector<Violation>& violations);

}  // namespace keyslot::sim
