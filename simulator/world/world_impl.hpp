#pragma once

#include "simulator/kernel/kernel.hpp"
#include "simulator/network/bus.hpp"
#include "simulator/network/environment.hpp"
#include "simulator/network/network.hpp"
#include "simulator/world/cluster.hpp"
#include "simulator/world/reply_forger.hpp"
#include "simulator/world/triggers.hpp"

#include <keyslot/sim/world.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace keyslot::sim {

struct World::Impl {
    Impl(Seed seed, WorldOptions const& options);
    ~Impl();

    /// The coroutine that run() waits for.
    struct Main {
        bool done = false;
        std::exception_ptr error;
        asio::cancellation_signal cancellation;
    };

    SimEnvironment& environment(std::string_view name, bool local);
    /// By name; throws std::out_of_range.
    HostId find_host(std::string const& name) const;
    std::vector<HostId> find_hosts(std::vector<std::string> const& names) const;
    /// The rule, and its mirror when it is to hold both ways.
    Fault add_rule(LinkRule rule, Direction direction);
    /// A fault that is made of others, and ends when they are destroyed. They are kept here and not in
    /// the handle, which may be let go without ending them.
    template <class Parts>
    Fault composed(std::unique_ptr<Parts> parts) {
        std::uint64_t const id = ++last_composed;
        composed_faults.emplace(id, std::move(parts));
        return Fault{[this, id] { auto const ended = composed_faults.extract(id); }};
    }
    void unwind(Main& main);
    NodeServer& find_server(std::string const& node);

    Seed seed;
    WorldOptions options;
    RunLimits limits;
    Random random;
    // Coroutines that hung and did not unwind: their handlers refer to these to the end.
    std::vector<std::shared_ptr<Main>> abandoned;
    Kernel kernel;
    Network network;
    Bus bus;
    ExecutionLog executions;
    RoutingLog routing;
    SessionTaps taps;
    SessionTaps::Id tap = 0;  // of tap_sessions()
    Triggers triggers;
    ReplyForger forger;
    std::map<std::string, std::unique_ptr<SimEnvironment>, std::less<>> environments;
    std::vector<std::unique_ptr<Cluster>> clusters;
    std::size_t nodes = 0;
    std::uint64_t swizzles = 0;
    std::map<std::uint64_t, std::shared_ptr<void>> composed_faults;
    std::uint64_t last_composed = 0;
};

}  // namespace keyslot::sim
