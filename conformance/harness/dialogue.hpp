#pragma once

#include "conformance/harness/case.hpp"

#include "simulator/world/session_tap.hpp"

#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::conformance {

/// One request of the client under test, as the node saw it.
struct Exchange {
    Instant at;
    std::string node;         ///< "node-1"
    std::size_t connection;   ///< index in Dialogue::connections
    std::vector<std::string> words;
    std::string answer = {};  ///< first line of what was said at once; empty: nothing
    bool scripted = false;    ///< the case had its hands in it
};

struct ConnectionSeen {
    Instant opened;
    std::string node;
    std::string peer;
    std::size_t last_exchange = SIZE_MAX;  ///< index of the latest request on it
    bool deaf = false;  ///< by a script: the node hears nothing of it any more
    bool mute = false;  ///< by a script: it hears nothing of the node any more
};

/// All that the client under test said to the nodes, in the order in which they heard it.
struct Dialogue {
    std::vector<Exchange> exchanges;
    std::vector<ConnectionSeen> connections;
};

bool matches(Pattern const& pattern, std::string_view node, std::span<std::string const> words);
bool matches(Pattern const& pattern, std::string_view node,
             std::span<std::string_view const> words);
bool is_topology_fetch(std::span<std::string const> words);
/// '*' in the pattern stands for any text.
bool matches_text(std::string_view pattern, std::string_view text);

/// The dialogue as text, one line per request: for reports.
std::string to_string(Dialogue const& dialogue);
/// "SET k v", long ones cut short.
std::string in_one_line(std::span<std::string const> words);

}  // namespace keyslot::conformance
