#pragma once

#include <keyslot/time.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// The fault vocabulary: what can go wrong in a simulated cluster, as values. One vocabulary serves
/// the scenario files, tests written in C++, generated plans and the HTTP control plane of
/// keyslot-sim. simulator/README.md shows an example of each.
namespace keyslot::sim {

/// Names a host, found out when the fault strikes, not when it is written down:
///   "node-1"            a node by its number
///   "owner of KEY"      the master that serves KEY at that moment
///   "replica of X"      the first replica that is up of the node X, which may be "owner of KEY"
///   "client-1"          a simulated client; only for faults of the network
///   "clients"           all of them; in a served cluster everything that connects from outside
struct HostName {
    std::string text;

    HostName() = default;
    HostName(std::string name) : text(std::move(name)) {}
    HostName(char const* name) : text(name) {}
    friend bool operator==(HostName const&, HostName const&) = default;
};

struct SlotSpan {
    std::uint16_t first = 0, last = 0;  ///< both included
    friend bool operator==(SlotSpan const&, SlotSpan const&) = default;
};

/// Moves slots to another master by the steps of redis-cli: SETSLOT IMPORTING, SETSLOT MIGRATING,
/// GETKEYSINSLOT and MIGRATE until the slot is empty, SETSLOT NODE everywhere.
struct Migrate {
    std::vector<SlotSpan> slots = {};
    HostName to = {};
    std::uint32_t keys_per_step = 10;  ///< keys of one MIGRATE
    std::optional<std::uint32_t> stall_after_keys = {};  ///< stop once so many keys have moved
    std::optional<Duration> resume_after = {};  ///< and go on then; absent: not before heal
    friend bool operator==(Migrate const&, Migrate const&) = default;
};

/// Nothing gets from one side to the other. Streams stay open and deliver after the end, as TCP
/// does; connects get no answer; the cluster bus loses its messages.
struct Partition {
    std::vector<HostName> from = {}, to = {};
    bool one_way = false;  ///< only what goes from `from` to `to` is lost
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(Partition const&, Partition const&) = default;
};

/// The process dies: its connections are reset, connects are refused, its unreplicated writes are
/// lost.
struct Crash {
    HostName node = {};
    std::optional<Duration> restart_after = {};  ///< absent: not before heal
    bool keep_data = true;  ///< false: it comes back empty (no persistence)
    friend bool operator==(Crash const&, Crash const&) = default;
};

/// A crashed node comes back.
struct Restart {
    HostName node = {};
    bool keep_data = true;
    friend bool operator==(Restart const&, Restart const&) = default;
};

/// The process is stopped (SIGSTOP, a frozen machine): it is reachable and answers nothing.
struct Pause {
    HostName node = {};
    std::optional<Duration> duration = {};  ///< absent: until resume or heal
    friend bool operator==(Pause const&, Pause const&) = default;
};

/// A paused node goes on.
struct Resume {
    HostName node = {};
    friend bool operator==(Resume const&, Resume const&) = default;
};

/// The way between hosts, in both directions, takes longer.
struct Delay {
    std::vector<HostName> from = {}, to = {};
    Duration delay{};  ///< one way, instead of the cluster's latency
    Duration jitter{};  ///< up to so much more, drawn anew again and again
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(Delay const&, Delay const&) = default;
};

/// Streams deliver nothing, in both directions, while new connects and the cluster bus pass.
struct Stall {
    std::vector<HostName> from = {}, to = {};
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(Stall const&, Stall const&) = default;
};

/// Every stream between the hosts breaks with a connection reset, once.
struct Reset {
    std::vector<HostName> from = {}, to = {};
    friend bool operator==(Reset const&, Reset const&) = default;
};

/// Streams between the hosts deliver one byte at a time.
struct ByteByByte {
    std::vector<HostName> from = {}, to = {};
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(ByteByByte const&, ByteByByte const&) = default;
};

enum class FailoverMode : std::uint8_t { graceful, force, takeover };

/// An operator's CLUSTER FAILOVER, sent to a replica.
struct Failover {
    HostName node = {};
    FailoverMode mode = FailoverMode::graceful;
    friend bool operator==(Failover const&, Failover const&) = default;
};

/// Ends every fault still at work: cuts mended, nodes up and running, interrupted migrations
/// completed.
struct Heal {
    friend bool operator==(Heal const&, Heal const&) = default;
};

using FaultSpec = std::variant<Migrate, Partition, Crash, Restart, Pause, Resume, Delay, Stall,
                               Reset, ByteByByte, Failover, Heal>;

/// "migrate", "byte_by_byte", ...
std::string_view name_of(FaultSpec const& fault);
/// As in a scenario file: "crash: {node: node-1, restart_after: 10s}".
std::string to_yaml(FaultSpec const& fault);
std::ostream& operator<<(std::ostream& out, FaultSpec const& fault);

}  // namespace keyslot::sim
