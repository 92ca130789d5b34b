#pragma once

#include <keyslot/environment.hpp>
#include <keyslot/sim/cluster.hpp>
#include <keyslot/sim/execution_log.hpp>
#include <keyslot/sim/fault.hpp>
#include <keyslot/sim/hang_error.hpp>
#include <keyslot/sim/trigger.hpp>
#include <keyslot/time.hpp>
#include <keyslot/unique_function.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

class EventLog;
class Kernel;
class Network;
class RoutingLog;
class SessionTap;

/// All that chance is made of: the same seed gives the same run, event by event.
struct Seed {
    explicit constexpr Seed(std::uint64_t number) : value(number) {}
    std::uint64_t value;
};

struct WorldOptions {
    /// One-way delay of every link that no cluster or fault says otherwise about.
    Duration latency = std::chrono::microseconds{100};
    /// Up to this much more, drawn for each segment. Streams keep their order all the same.
    Duration jitter{};
    /// run() gives up when, with its coroutine pending, nothing but background work (the nodes' cron and
    /// bus) has happened for so long.
    Duration hang_grace = std::chrono::seconds{60};
    /// run() gives up after so much simulated time, or so many events.
    Duration run_time_max = std::chrono::hours{24};
    std::uint64_t run_events_max = UINT64_MAX;
    /// What the nodes' wall clocks show at simulated time 0: milliseconds since 1970.
    std::int64_t unix_time_origin_ms = 1'704'067'200'000;
    /// Keep executions().
    bool record_executions = true;
    /// Gets every event, to compare two runs with first_divergence(). Must outlive the World.
    EventLog* log = nullptr;
};

enum class Direction : std::uint8_t { both, one_way };

/// A simulated network with its own time, in which hosts, Redis clusters and faults are put. Everything
/// happens in one thread, and only inside run(), run_for(), run_until() and an Environment's block_on().
///
/// Declare it before everything that uses it (clients, fault handles).
class World {
public:
    explicit World(Seed seed, WorldOptions options = {});
    ~World();
    World(World const&) = delete;
    World& operator=(World const&) = delete;

    /// The outside as a program on that host sees it; made on first use. Lives as long as the World.
    Environment& host(std::string_view name);
    /// A host with no delay to any other, for bridging real sockets onto simulated streams.
    Environment& external_host(std::string_view name);
    /// A running cluster: all nodes know each other, and the slots are spread as
    /// `redis-cli --cluster create` would. Node hosts are called node-1, node-2, ... throughout the World.
    Cluster& add_cluster(ClusterSpec const& spec = {});
    std::size_t cluster_count() const;
    Cluster& cluster(std::size_t n);
    /// The node host of that name in any cluster; throws std::out_of_range.
    Member& node(std::string_view name);

    /// Runs the world until the coroutine that `main` returns has ended, and rethrows what it threw.
    /// Throws HangError when it can never end; the coroutine is then cancelled (terminal), and the streams
    /// reset if that is not enough, so that its frame is gone by then unless it insists on waiting. Must
    /// not be called from inside the world (std::logic_error).
    void run(UniqueFunction<asio::awaitable<void>()> main);
    /// Runs all that happens in the next `time`, however little is left to do.
    void run_for(Duration time);
    void run_until(Instant at);
    /// When the next event is due; nullopt: nothing will ever happen.
    std::optional<Instant> next_deadline();

    /// Calls `what` at that time (now, when it has passed), never inside this call: for faults that strike
    /// while somebody waits. What it throws comes out of whatever runs the world then.
    void schedule(Instant at, UniqueFunction<void()> what);
    /// Suspends the calling coroutine for so much simulated time.
    asio::awaitable<void> sleep(Duration time);

    Instant now() const;
    Seed seed() const;
    /// A fold of every event so far: equal for equal runs on every compiler.
    std::uint64_t digest() const;
    std::uint64_t events() const;
    /// seed, events, digest and simulated time in one line; `wall` is the caller's measurement.
    std::string summary(std::optional<Duration> wall = std::nullopt) const;
    /// From here on, every event as one line of JSON; an empty function ends it.
    void trace_to(UniqueFunction<void(std::string_view line)> sink);
    /// From here on, calls `look` with the time whenever so much simulated time has passed and
    /// something is about to happen. It may read all there is and must change nothing: a run that is
    /// watched is the same, event by event. An empty function ends it.
    void watch(Duration every, UniqueFunction<void(Instant)> look);

    ExecutionLog const& executions() const;
    void record_executions(bool on);
    void clear_executions();

    // Faults. Hosts are named; an empty list means every host. All but reset_streams() last as long as
    // the handle.

    /// Bytes under way and sent meanwhile arrive after it has healed; connects and bus messages are lost.
    Fault partition(std::vector<std::string> from, std::vector<std::string> to,
                    Direction direction = Direction::both);
    /// Streams stand still; the bus and new connections pass.
    Fault stall(std::vector<std::string> from, std::vector<std::string> to,
                Direction direction = Direction::both);
    Fault slow_down(std::vector<std::string> from, std::vector<std::string> to, Duration latency,
                    Duration jitter = {}, Direction direction = Direction::both);
    /// Bytes arrive at most `bytes` at a time, a microsecond apart.
    Fault shred(std::vector<std::string> from, std::vector<std::string> to, std::size_t bytes = 1,
                Direction direction = Direction::both);
    Fault refuse_connects(std::vector<std::string> from, std::vector<std::string> to);
    Fault black_hole_connects(std::vector<std::string> from, std::vector<std::string> to);
    /// Stops every process of the host; connects still succeed, by the backlog.
    Fault pause(std::string const& host);
    /// Resets the streams between these hosts, once.
    void reset_streams(std::vector<std::string> const& from, std::vector<std::string> const& to);

    /// A partition that is there for `down`, then not for `up`, and so on.
    Fault flap(std::vector<std::string> from, std::vector<std::string> to, Duration down,
               Duration up, Direction direction = Direction::both);
    /// Cuts the links among these hosts one by one in a random order, spread over that time; after
    /// `hold` mends them in another order, spread likewise.
    Fault swizzle(std::vector<std::string> const& hosts, Duration over, Duration hold = {});
    /// Streams break with a reset exactly after so many replies and then so many bytes have been
    /// delivered `from` one `to` the other, counted on each stream from now on.
    Fault cut_streams(std::vector<std::string> from, std::vector<std::string> to,
                      std::uint64_t replies, std::uint64_t bytes,
                      std::optional<std::uint64_t> streams = std::nullopt);
    enum class IdleFate : std::uint8_t { silence, reset };
    /// Streams on which nothing was sent for so long are dead: silent as long as this lasts, or reset
    /// when used again.
    Fault drop_idle(std::vector<std::string> from, std::vector<std::string> to, Duration after,
                    IdleFate fate = IdleFate::silence);
    /// What other nodes of its cluster send the node over streams, the writes of its master, is so
    /// late; nullopt: does not arrive while this lasts.
    Fault lag(std::string const& node, std::optional<Duration> delay);
    /// Every command over a client connection keeps the node's event loop busy for so long.
    Fault slow_node(std::string const& node, Duration per_command);
    /// The end of it sets the clock right.
    Fault skew_clock(std::string const& node, ClockSkew const& skew);
    /// The node learns nothing new of the cluster, and suspects nobody.
    Fault pin_view(std::string const& node);
    /// Answers commands in the nodes' place. Hosts are named as here; none named: any.
    Fault forge_reply(ForgeReply rule);
    /// Sends bytes unasked on the connections that these hosts have to the node.
    void push(std::string const& node, std::vector<std::string> const& to, std::string_view bytes);
    /// Requests whose replies may be wrong by forge_reply() or push(), word by word.
    std::vector<std::vector<std::string>> const& misled_requests() const;

    /// Calls `action` once, in an event of its own, when that has happened. A request that sets it off
    /// by `received` waits until it has been called. Hosts are named as here; `step`, `started` and
    /// `ended` are for a FaultPlayer (std::invalid_argument). The handle takes it back.
    Fault when(Trigger trigger, UniqueFunction<void(Occurrence const&)> action);

    /// What a name resolves to, from now on.
    void bind_name(std::string name, std::vector<std::string> addresses);
    /// How long the answer takes, from now on; at first none at all.
    void delay_names(Duration delay);
    /// The name does not resolve.
    Fault fail_name(std::string name, NameFailure how = NameFailure::not_found);

    // For code of this repository that works on the parts below.
    /// Recorded and cleared with executions().
    RoutingLog const& routing() const;
    Kernel& kernel();
    Network& network();
    /// Hears, and may answer, every request of the client sessions opened from now on; nullptr ends it.
    /// The tap must live as long as the World runs.
    void tap_sessions(SessionTap* tap);
    /// As above; `stands_for` tells at that time whether a name in the trigger means a host.
    Fault when(Trigger trigger, UniqueFunction<void(Occurrence const&)> action,
               std::function<bool(HostName const& name, std::string const& host)> stands_for);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace keyslot::sim
