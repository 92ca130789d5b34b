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
///   "that node"         of a fault with a trigger: the node where it happened
///   "that client"       likewise: the host at the other end of the connection
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

/// What moving a slot is made of, in this order.
enum class MigrationStep : std::uint8_t {
    importing,  ///< SETSLOT IMPORTING to the target
    migrating,  ///< SETSLOT MIGRATING to the source
    keys,  ///< GETKEYSINSLOT and MIGRATE until the slot is empty
    node_target,  ///< SETSLOT NODE to the target
    node_source,  ///< SETSLOT NODE to the source
    node_others,  ///< SETSLOT NODE to the other masters
};

/// Moves slots to another master by the steps of redis-cli: SETSLOT IMPORTING, SETSLOT MIGRATING,
/// GETKEYSINSLOT and MIGRATE until the slot is empty, SETSLOT NODE everywhere.
struct Migrate {
    std::vector<SlotSpan> slots = {};
    HostName to = {};
    std::uint32_t keys_per_step = 10;  ///< keys of one MIGRATE
    std::optional<std::uint32_t> stall_after_keys = {};  ///< stop once so many keys have moved
    std::optional<MigrationStep> stall_at = {};  ///< stop before the first slot's step
    std::optional<Duration> resume_after = {};  ///< and go on then; absent: not before heal
    /// Give up, once so many keys have moved or before the first slot's step: what is half done stays
    /// so, after heal too.
    std::optional<std::uint32_t> abort_after_keys = {};
    std::optional<MigrationStep> abort_at = {};
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

/// A partition that comes and goes: down for so long, then up, and again.
struct Flap {
    std::vector<HostName> from = {}, to = {};
    Duration down{}, up{};
    bool one_way = false;
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(Flap const&, Flap const&) = default;
};

/// The links among some hosts are cut one by one, in a random order, and later mended one by one in
/// another order.
struct Swizzle {
    std::vector<HostName> hosts = {};  ///< at least two
    Duration over{};  ///< how long the cutting takes, and how long the mending
    Duration hold{};  ///< between the two
    friend bool operator==(Swizzle const&, Swizzle const&) = default;
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

/// Every command takes so long, and the node does nothing else meanwhile: other clients wait, and the
/// cluster bus too.
struct Slow {
    HostName node = {};
    Duration per_command{};
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(Slow const&, Slow const&) = default;
};

/// A node's clocks go wrong. Cluster timers and expiry go by the wall clock.
struct SkewClock {
    HostName node = {};
    std::int64_t rate_ppm = 0;  ///< the monotonic clock runs so many parts per million faster
    std::int64_t wall_rate_ppm = 0;  ///< the wall clock, likewise
    Duration offset{};  ///< the monotonic clock jumps forward, as when a machine was suspended
    Duration wall_offset{};  ///< the wall clock jumps, forward or back
    std::optional<Duration> duration = {};  ///< until the clock is set right; absent: until heal
    friend bool operator==(SkewClock const&, SkewClock const&) = default;
};

/// A node that learns nothing new: it goes on to answer by its view of this moment. It tells the
/// others that it is alive, and ignores all that they say of slots, epochs, roles and failures.
struct StaleView {
    HostName node = {};
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(StaleView const&, StaleView const&) = default;
};

/// What other nodes send to a node over streams comes late: for a replica, the writes of its master.
struct Lag {
    HostName node = {};
    std::optional<Duration> delay = {};  ///< absent: not before the end
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(Lag const&, Lag const&) = default;
};

/// A node's machine gets another address: streams to it break, its name resolves to the new address,
/// and the other nodes learn it by gossip. The old address is nobody's.
struct ChangeAddress {
    HostName node = {};
    std::string ip = {};  ///< IPv4
    friend bool operator==(ChangeAddress const&, ChangeAddress const&) = default;
};

enum class NameFailure : std::uint8_t {
    not_found,  ///< NXDOMAIN
    timeout,  ///< the name server is silent: an error after 10 s
};

/// The names of these nodes do not resolve.
struct FailName {
    std::vector<HostName> names = {};
    NameFailure how = NameFailure::not_found;
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(FailName const&, FailName const&) = default;
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

/// A stream breaks with a connection reset exactly when so much of what goes from one side to the
/// other has been delivered, counted on each stream since the fault began: so many replies (or
/// requests), and so many bytes of what follows.
struct CutStream {
    std::vector<HostName> from = {}, to = {};
    std::uint32_t after_replies = 0;
    std::uint32_t after_bytes = 0;
    std::optional<std::uint32_t> streams = {};  ///< it breaks so many streams; absent: all
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(CutStream const&, CutStream const&) = default;
};

/// Streams on which nothing was sent for so long deliver nothing any more until the fault ends, or
/// are reset when they are used again: firewalls and load balancers do that.
struct DropIdle {
    std::vector<HostName> from = {}, to = {};
    Duration after{};
    bool reset = false;
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(DropIdle const&, DropIdle const&) = default;
};

/// New connections are refused, as if nobody listened; those that are open go on.
struct RefuseConnects {
    std::vector<HostName> from = {}, to = {};
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(RefuseConnects const&, RefuseConnects const&) = default;
};

/// New connections get no answer; those that are open go on.
struct BlackHoleConnects {
    std::vector<HostName> from = {}, to = {};
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(BlackHoleConnects const&, BlackHoleConnects const&) = default;
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

/// CLUSTER FORGET of a node, sent to others. Afterwards it is introduced to them again (CLUSTER MEET).
struct Forget {
    HostName node = {};
    std::vector<HostName> by = {};  ///< empty: all other nodes
    std::optional<Duration> rejoin_after = {};  ///< absent: not before heal
    friend bool operator==(Forget const&, Forget const&) = default;
};

/// CLUSTER RESET of a node: it knows nobody, and a replica loses its data. Redis refuses it of a
/// master that has keys. Afterwards it joins its cluster again, a replica with its former master.
struct ResetNode {
    HostName node = {};
    bool hard = false;  ///< it becomes another node: new id, epoch 0
    std::optional<Duration> rejoin_after = {};  ///< absent: not before heal
    friend bool operator==(ResetNode const&, ResetNode const&) = default;
};

/// CLUSTER MEET, sent to a node. With a node of the neighbour cluster it makes two clusters one, which
/// nothing undoes.
struct Meet {
    HostName node = {};
    HostName with = {};
    friend bool operator==(Meet const&, Meet const&) = default;
};

/// CONFIG SET, and back to the former value when it ends.
struct ConfigSet {
    HostName node = {};
    std::string parameter = {};
    std::string value = {};
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(ConfigSet const&, ConfigSet const&) = default;
};

/// A command gets an answer that the node did not give: of those that match, the `nth` and `times` in
/// all. Without `reply` and `error` it gets none.
struct ForgeReply {
    HostName node = {};  ///< empty: any
    std::vector<HostName> from = {};  ///< empty: any
    std::optional<std::uint64_t> connection = {};  ///< only on that one: its CLIENT ID
    std::string command = {};  ///< a pattern, as in Trigger; empty: any
    std::uint32_t nth = 1;
    std::uint32_t times = 1;
    std::string error = {};  ///< an error line: "LOADING Redis is loading the dataset in memory"
    std::string reply = {};  ///< raw bytes of RESP, instead of `error`
    bool execute = false;  ///< the node executes it all the same
    bool close = false;  ///< the connection ends after it
    std::optional<Duration> duration = {};  ///< absent: until heal
    friend bool operator==(ForgeReply const&, ForgeReply const&) = default;
};

/// Bytes that nobody asked for, to every connection of the node from these hosts: a push (RESP3), or
/// whatever shall surprise them.
struct Push {
    HostName node = {};
    std::vector<HostName> to = {};
    std::string bytes = {};  ///< raw RESP
    friend bool operator==(Push const&, Push const&) = default;
};

/// Ends every fault still at work: cuts mended, nodes up and running, interrupted migrations
/// completed.
struct Heal {
    friend bool operator==(Heal const&, Heal const&) = default;
};

using FaultSpec =
    std::variant<Migrate, Partition, Flap, Swizzle, Crash, Restart, Pause, Resume, Slow, SkewClock,
                 StaleView, Lag, ChangeAddress, FailName, Delay, Stall, Reset, CutStream, DropIdle,
                 RefuseConnects, BlackHoleConnects, ByteByByte, Failover, Forget, ResetNode, Meet,
                 ConfigSet, ForgeReply, Push, Heal>;

/// "migrate", "byte_by_byte", ...
std::string_view name_of(FaultSpec const& fault);
/// As in a scenario file: "crash: {node: node-1, restart_after: 10s}".
std::string to_yaml(FaultSpec const& fault);
std::ostream& operator<<(std::ostream& out, FaultSpec const& fault);

}  // namespace keyslot::sim
