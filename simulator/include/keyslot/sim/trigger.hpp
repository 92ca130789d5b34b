#pragma once

#include <keyslot/sim/fault_spec.hpp>
#include <keyslot/time.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace keyslot::sim {

enum class NodeState : std::uint8_t {
    master,   ///< its role, by its own view
    replica,
    ok,       ///< its cluster_state
    fail,
};

/// Something that happens in a run, as the moment for something else: exactly one of received (or
/// after), answered, connected, becomes, step, started and ended says what.
///
/// A pattern of a command is its first words, whatever their case, with wildcards as in KEYS: "GET",
/// "SET user:*", "CLUSTER SLOTS".
struct Trigger {
    /// A node has received such a command and has not executed it: what the trigger sets off (without
    /// `delay`) happens before.
    std::string received = {};
    /// A node has executed such a command; its reply is on the way.
    std::string answered = {};
    /// Only the next command on a connection after such a one. Alone: whichever command that is.
    std::string after = {};
    bool connected = false;  ///< a client connection to a node was opened
    std::optional<NodeState> becomes = {};  ///< a node changed to that
    std::optional<MigrationStep> step = {};  ///< a migration is about to take this step
    std::string started = {};  ///< a fault of that name began
    std::string ended = {};  ///< a fault of that name is over, whatever came of it

    HostName node = {};  ///< only at this node; empty: at any
    HostName from = {};  ///< only on connections from this host; empty: from any
    std::uint32_t nth = 1;  ///< the n-th time since the trigger was set
    Duration delay{};  ///< and so much later
    friend bool operator==(Trigger const&, Trigger const&) = default;
};

/// What set a trigger off.
struct Occurrence {
    std::string node = {};  ///< its host's name; empty: no node in particular
    std::string client = {};  ///< the host at the other end of the connection; empty: there is none
    Instant at{};
};

}  // namespace keyslot::sim
