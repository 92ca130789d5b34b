#pragma once

#include <keyslot/sim/cluster_shape.hpp>
#include <keyslot/sim/fault_spec.hpp>
#include <keyslot/sim/trigger.hpp>
#include <keyslot/time.hpp>

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// "500/s": so many in each period.
struct Rate {
    std::uint32_t count = 0;
    Duration period = std::chrono::seconds{1};
    friend bool operator==(Rate const&, Rate const&) = default;
};

struct Topology {
    std::uint32_t masters = 3;
    std::uint32_t replicas_per_master = 1;
    Duration node_timeout = std::chrono::seconds{2};
    Duration latency = std::chrono::microseconds{100};  ///< one way, between any two hosts
    Duration jitter{};                                  ///< up to so much more, drawn per write
    bool require_full_coverage = true;
    SlotLayout slots = SlotLayout::even;
    /// What nodes tell clients to connect to. For hostname they announce their names; for
    /// unknown_endpoint all are behind one address.
    EndpointType endpoints = EndpointType::ip;
    /// Masters of a second cluster beside this one, without clients: its nodes come after the others
    /// in number. 0: there is none.
    std::uint32_t neighbour_masters = 0;
    friend bool operator==(Topology const&, Topology const&) = default;
};

/// The options of our client in this scenario: those of ClusterOptions that matter under faults.
struct ClientSettings {
    Duration connect_timeout = std::chrono::seconds{2};
    Duration attempt_timeout = std::chrono::seconds{1};
    Duration call_timeout = std::chrono::seconds{5};
    std::uint32_t redirects_max = 16;
    std::uint32_t protocol = 3;
    bool repeatable_writes = false;  ///< CallOptions::repeatable on every write
    bool read_from_replicas = false;
    friend bool operator==(ClientSettings const&, ClientSettings const&) = default;
};

/// How often each kind of call is made, relative to the others.
struct Mix {
    std::uint32_t get = 0;  ///< GET user:N
    std::uint32_t set = 0;  ///< SET user:N, a value that is written once
    std::uint32_t getset = 0;  ///< SET user:N ... GET
    std::uint32_t del = 0;  ///< DEL user:N
    std::uint32_t incr = 0;  ///< INCR counter:N
    std::uint32_t append = 0;  ///< APPEND log:N
    std::uint32_t mget = 0;  ///< MGET of two keys of one slot, pair:{N}:a and pair:{N}:b
    std::uint32_t mset = 0;  ///< MSET of both
    std::uint32_t script = 0;  ///< EVAL of a script that increments scripted:N
    std::uint32_t push = 0;  ///< RPUSH queue:N, a value that is pushed once
    std::uint32_t pop = 0;  ///< BLPOP queue:N, for 10 to 200 ms
    /// A pipeline of some of the calls above that are single commands, and of writes to two chain:N that
    /// must run in their order.
    std::uint32_t batch = 0;
    std::uint32_t multi = 0;  ///< MULTI, writes to two keys of one slot and a read, EXEC
    /// WATCH tally:N, read it, and in MULTI and EXEC read it again and write one more; again when somebody
    /// else was faster.
    std::uint32_t watch = 0;
    std::uint32_t publish = 0;  ///< PUBLISH news:N, a message that is published once
    std::uint32_t spublish = 0;  ///< SPUBLISH to a shard channel in the slot of user:N
    friend bool operator==(Mix const&, Mix const&) = default;
};

/// Who listens to what is published: subscribers of our client, each with connections of its own, on the
/// hosts of the clients in turn.
struct Subscribers {
    std::uint32_t count = 0;
    std::uint32_t topics = 6;  ///< channels that exist: news:1, ..., and as many shard channels
    std::uint32_t channels = 2;  ///< that each of them subscribes to, by chance
    std::uint32_t patterns = 1;
    std::uint32_t shard_channels = 2;
    std::uint32_t changes = 0;  ///< so often each of them gives one up for a while
    friend bool operator==(Subscribers const&, Subscribers const&) = default;
};

struct Workload {
    std::uint32_t clients = 4;
    std::uint32_t keys = 1000;
    /// Not 0: keys share so many slots, those of "1", "2", ...: key N is user:{N % hash_tags +
    /// 1}:N.
    std::uint32_t hash_tags = 0;
    std::uint32_t hot = 0;  ///< so many of a thousand calls are about key 1
    Mix mix{.get = 5, .set = 4, .incr = 1};
    Rate rate{500};  ///< of all clients together
    Duration duration = std::chrono::seconds{10};
    /// Not 0: no more calls than that, of all clients together; a pipeline or transaction is one.
    std::uint32_t calls_max = 0;
    std::uint32_t pipeline = 1;  ///< calls that a client starts at once
    std::uint32_t value_size = 16;  ///< bytes, at least; a value names its key and call
    std::uint32_t cancel = 0;  ///< so many of a thousand calls are cancelled at some time
    /// When the time is over each client is closed as it is, with calls in flight and whatever faults
    /// there are, and another takes its place.
    bool close = false;
    Subscribers subscribers = {};
    friend bool operator==(Workload const&, Workload const&) = default;
};

struct TimedFault {
    Duration at{};  ///< since the start of the workload
    FaultSpec fault = Heal{};
    std::optional<Trigger> on =
        {};  ///< it strikes not `at` that time, but when this happens from then on
    friend bool operator==(TimedFault const&, TimedFault const&) = default;
};

/// All that a simulated run depends on: the same value gives the same run, event by event.
struct Scenario {
    std::uint64_t seed = 1;
    Topology cluster;
    ClientSettings client;
    Workload workload;
    std::vector<TimedFault> faults;
    /// After the workload everything is healed, and within this time the cluster must serve every
    /// key range again.
    Duration settle = std::chrono::seconds{30};
    /// Not empty: this node is down from then on, and what the rest of the cluster serves must be in
    /// reach. A number, "node-3".
    HostName stays_down = {};
    friend bool operator==(Scenario const&, Scenario const&) = default;
};

/// One mistake in a scenario or an action.
struct Problem {
    std::string where;  ///< "file:line:column"; of JSON the path, "body:/node"
    std::string what;
    std::string allowed = {};  ///< what would have been right; may be empty
    int line = 0, column = 0;  ///< from 1; 0: not known
    friend bool operator==(Problem const&, Problem const&) = default;
};
/// "where: what (allowed)"
std::string to_string(Problem const& problem);

template <class T>
struct Parsed {
    std::optional<T> value;  ///< absent if there is any problem
    std::vector<Problem> problems;  ///< all of them, in the order of the text
};

/// Reads a scenario. `file` is only what problems are reported against.
Parsed<Scenario> parse_scenario(std::string_view yaml, std::string_view file);
/// The same from a file; a file that cannot be read is a problem too.
Parsed<Scenario> load_scenario(std::string const& path);

/// Reads one fault as the control plane takes it, {"type": "crash", "node": "node-1"}, for a
/// cluster of that shape.
Parsed<FaultSpec> parse_action(std::string_view json, Topology const& cluster);

/// The same with an optional trigger, {"type": "crash", "node": "that node", "on": {"received": "GET"}}.
Parsed<TimedFault> parse_triggered_action(std::string_view json, Topology const& cluster);

/// Writes what parse_scenario() reads back to the same value. Defaults are left out.
std::string to_yaml(Scenario const& scenario);
std::ostream& operator<<(std::ostream& out, Scenario const& scenario);

}  // namespace keyslot::sim
