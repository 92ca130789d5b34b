#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace keyslot::sim {

/// What a script says of itself in its first line: "#!lua flags=no-writes,allow-stale".
struct ScriptHeader {
    /// There is no such line: the rules of old hold, under which a script may do what its commands may.
    bool legacy = true;
    bool no_writes = false;
    bool allow_oom = false;
    bool allow_stale = false;
    bool no_cluster = false;
    bool allow_cross_slot_keys = false;
    /// Bytes of that line, without the newline: the lines of the script keep their numbers.
    std::size_t bytes = 0;
};

/// The header of a script, or the error line of EVAL and SCRIPT LOAD.
std::variant<ScriptHeader, std::string> read_script_header(std::string_view source);

}  // namespace keyslot::sim
