#pragma once

#include "client/protocol/request_parser.hpp"
#include "simulator/node/node_host.hpp"
#include "simulator/node/value.hpp"

#include <keyslot/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

class AclUser;
struct Binding;

/// The words of one command, the command word first.
using Arguments = std::span<std::string_view const>;

struct QueuedCommand {
    Binding const* binding = nullptr;
    std::vector<std::string> words;
    bool wrote = false;  ///< once run: it changed the data set
};

/// MULTI ... EXEC of one session.
struct Transaction {
    bool open = false;
    bool rejected = false;  ///< a command was refused while queueing: EXEC answers EXECABORT
    std::vector<QueuedCommand> commands;
    std::uint32_t flags_of_any = 0;
    std::uint32_t flags_of_all = ~std::uint32_t{0};
    /// EXEC stops at a MIGRATE and goes on from here when its answer has come.
    std::size_t next = 0;
    bool executing = false;
};

struct WatchedKey {
    std::string key;
    bool already_expired = false;  ///< at the time of WATCH: its deletion then changes nothing
};

/// Why a session's input waits.
enum class Blocked : std::uint8_t {
    no,
    paused,  ///< the command at the head of the input runs again from the start after CLIENT PAUSE
    replicas,  ///< WAIT
    keys,  ///< BLPOP and its like
    migrate,  ///< MIGRATE, and the whole node with it
    script,  ///< its script takes long, and the whole node with it
    asleep,  ///< DEBUG SLEEP, and the whole node with it
    shutdown,  ///< for the end of the process
};

/// What a session can subscribe to.
enum class Topic : std::uint8_t { channel, pattern, shard_channel };
inline constexpr std::size_t topic_count = 3;
inline constexpr std::array<Topic, topic_count> all_topics{Topic::channel, Topic::pattern,
                                                           Topic::shard_channel};

/// CLIENT TRACKING: what the session wants to be told of.
struct TrackingMode {
    bool on = false;
    bool broadcast = false;  ///< all changes of keys that begin with `prefixes`, read or not
    bool opt_in = false;  ///< only what is read after CLIENT CACHING YES
    bool opt_out = false;  ///< all but what is read after CLIENT CACHING NO
    bool no_loop = false;  ///< not of its own changes
    bool caching_named = false;  ///< CLIENT CACHING: for the next command, or transaction
    bool redirect_broken = false;
    std::int64_t redirect = 0;  ///< the client to be told instead; 0: none
    std::set<std::string, std::less<>> prefixes;
};

/// WAIT in progress.
struct AwaitedReplicas {
    std::int64_t offset = 0;
    std::size_t count = 0;
    Instant deadline = Instant::max();
};

/// A command in progress that waits for one of its keys.
struct AwaitedKeys {
    Binding const* binding = nullptr;
    std::vector<std::string> words;
    std::vector<std::string> keys;  ///< each once
    ValueType type{};
    Instant deadline = Instant::max();
};

/// What a master keeps of a session that asked for its replication stream.
struct AttachedReplica {
    bool online = false;  ///< it got its data set; from then on the stream goes to it
    std::int64_t acknowledged = 0;
    Instant acknowledged_at{};
    Instant attached_at{};
    std::int64_t stream_from = 0;  ///< the replication offset from which on it was sent the stream
};

/// One client connection: what a redis-server knows of it.
struct Session {
    SessionId id = 0;
    std::int64_t client_id = 0;  ///< CLIENT ID: counts up per node
    std::string peer;
    Instant opened_at{};
    Instant active_at{};
    std::string name;
    Binding const* last_command = nullptr;

    protocol::RequestParser parser;
    std::string input;  ///< bytes not yet run: an unfinished command, or what waits while blocked
    std::string output;
    std::size_t reply_start = 0;  ///< where in `output` the reply of the command at hand begins
    bool flush_queued = false;

    int protocol = 2;
    AclUser* user = nullptr;  ///< never nullptr once the session is open
    bool authenticated = false;  ///< it logged in, or the default user was open to all when it came
    bool readonly = false;
    bool asking = false;
    bool no_evict = false;
    bool reply_off = false;
    bool reply_skip = false;
    bool reply_skip_next = false;
    bool close_after_reply = false;
    Instant too_much_since = Instant::max();  ///< its output is beyond the soft limit
    bool close_now = false;  ///< without what it has not been sent yet

    Transaction transaction;
    std::vector<WatchedKey> watched;
    bool watch_touched = false;  ///< a watched key changed: EXEC answers null

    bool error_is_counted = false;  ///< the error that the command at hand answers: a script's

    Blocked blocked = Blocked::no;
    AwaitedReplicas awaited;
    AwaitedKeys awaited_keys;
    /// Replication offset after its last command: what WAIT waits for.
    std::int64_t write_offset = 0;

    /// By topic, in the order in which it subscribed; kept by Subscriptions.
    std::array<std::vector<std::string>, topic_count> subscriptions;
    TrackingMode tracking;

    std::uint16_t replica_port = 0;  ///< REPLCONF listening-port
    std::string replica_ip;  ///< REPLCONF ip-address
    bool takes_endless_data =
        false;  ///< REPLCONF capa eof: it may be made to wait for its data set
    std::unique_ptr<AttachedReplica> replica;

    std::vector<std::string>& subscribed_to(Topic topic) {
        return subscriptions[static_cast<std::size_t>(topic)];
    }
    std::vector<std::string> const& subscribed_to(Topic topic) const {
        return subscriptions[static_cast<std::size_t>(topic)];
    }
    bool is_subscriber() const {
        return !subscriptions[0].empty() || !subscriptions[1].empty() || !subscriptions[2].empty();
    }
    /// The replies to its commands are cut off; what is pushed to it is not.
    bool is_muted() const { return reply_off || reply_skip; }
    bool closing() const { return close_now || close_after_reply; }
    /// The command at hand has not come to its end: the node will go on with it.
    bool is_set_aside() const {
        return blocked == Blocked::migrate || blocked == Blocked::script ||
               blocked == Blocked::asleep;
    }
    bool can_run() const { return blocked == Blocked::no && !closing(); }
    /// When the command that it is blocked in gives up.
    Instant deadline() const {
        switch (blocked) {
            case Blocked::replicas: return awaited.deadline;
            case Blocked::keys: return awaited_keys.deadline;
            default: return Instant::max();
        }
    }
    bool is_local() const { return ip().starts_with("127.") || ip() == "::1"; }
    std::string_view ip() const {
        return std::string_view(peer).substr(0, std::string_view(peer).rfind(':'));
    }
};

}  // namespace keyslot::sim
