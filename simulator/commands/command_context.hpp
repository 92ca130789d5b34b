#pragma once

#include "client/protocol/command_table.hpp"
#include "client/protocol/resp_writer.hpp"
#include "simulator/node/keyspace.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

class Random;

/// What a command asks for that found nothing to do: to be run again as soon as one of these keys has a
/// value of that type.
struct BlockRequest {
    std::vector<std::string_view> keys;
    std::int64_t timeout_ms = 0;  ///< 0: for ever
    ValueType type{};
};

/// What a data command sees while it runs. The dispatcher (node/) has done the checks of facts 2.1
/// before: existence, arity, routing, READONLY and so on.
struct CommandContext {
    protocol::CommandInfo const& info;
    std::span<std::string_view const> arguments;
    Keyspace& keyspace;
    protocol::RespWriter& reply;
    Random& random;
    std::int64_t unix_time_ms;
    /// On a replica nothing expires by itself: an expired key only looks missing.
    bool is_replica = false;
    /// Set while a replica applies its master's stream, or a node receives RESTORE-ASKING.
    bool from_master = false;
    /// CLIENT PAUSE or a manual failover: expired keys look missing, but nothing is deleted (facts 5.4).
    bool is_paused = false;
    /// maxmemory-policy is an LFU one: keys have a frequency, and no idle time.
    bool is_frequency_tracked = false;

    /// Otherwise a blocking command behaves as if its time were up at once: in a transaction, in a script,
    /// in the master's stream.
    bool may_block = false;
    bool in_script = false;
    /// A blocked command is run again because this key of it has got a value; it passes over its others.
    std::optional<std::string_view> ready_key = {};
    /// Left by a command that may block and has not answered: the client waits. Nobody will answer for
    /// it but the command itself when it is run again, or the time being up: a null array.
    std::optional<BlockRequest> block = {};
    /// How long collections stay in their compact encodings.
    EncodingLimits encoding_limits = {};

    /// Set by a command that changed the data set: by default the command itself is propagated to the
    /// replicas. A command that must be propagated otherwise (relative times, random choices) fills
    /// `propagate_instead`; left empty with `dirty` set it means the command as it came.
    std::int64_t dirty = 0;
    std::vector<std::vector<std::string>> propagate_instead = {};
    bool propagate_nothing = false;

    /// Whether a blocking command looks at this key of its own.
    bool considers(std::string_view key) const { return !ready_key || *ready_key == key; }
    std::string_view argument(std::size_t n) const { return arguments[n]; }
    std::size_t count() const { return arguments.size(); }
    /// A keyspace notification: notify(NotifyClass::list, "lpush", key). To be called after the change,
    /// each time that redis-server 7.0 would; who listens is not the command's business. The node
    /// tells of the misses ("keymiss") of commands that only read; one that writes tells its own.
    void notify(NotifyClass type, std::string_view event, std::string_view key) const {
        keyspace.notify(type, event, key);
    }
    /// How this command sees expired keys.
    ExpiryRule expiry() const {
        if (is_replica && from_master) {
            return {unix_time_ms, ExpiredKeys::visible};
        }
        return {unix_time_ms, is_replica || is_paused ? ExpiredKeys::hidden : ExpiredKeys::removed};
    }
};

using CommandHandler = void (*)(CommandContext&);

struct CommandEntry {
    std::string_view name;  ///< as in the command table: "get", "object|encoding"
    CommandHandler handler;
};

/// Each family has a file of its own in commands/ and one such function.
std::span<CommandEntry const> string_commands();
std::span<CommandEntry const> generic_commands();
std::span<CommandEntry const> transfer_commands();
std::span<CommandEntry const> list_commands();
std::span<CommandEntry const> hash_commands();
std::span<CommandEntry const> set_commands();
std::span<CommandEntry const> sorted_set_commands();

/// The handler of a data command; nullptr: not in this simulator (yet).
CommandHandler find_handler(std::string_view name);

}  // namespace keyslot::sim
