#pragma once

#include "simulator/server/live_clock.hpp"

#include <keyslot/sim/fault_player.hpp>
#include <keyslot/sim/scenario.hpp>
#include <keyslot/sim/world.hpp>

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace keyslot::sim {

struct LiveOptions {
    Topology cluster;
    std::uint64_t seed = 1;
    std::string announce = "127.0.0.1";  ///< the address that nodes tell clients
    std::uint16_t first_port = 7000;
    std::string password = {};  ///< requirepass and masterauth; empty: none
    bool tls = false;  ///< nodes tell their ports as those for TLS
    bool joined = true;  ///< off: every node stands alone and empty
    double speed = 1;    ///< simulated seconds in a second of the wall clock's
};

/// A world whose time follows the wall clock: the nodes of keyslot-sim serve. One thread, that of
/// the io_context.
class LiveWorld {
public:
    /// Returns when the cluster is up; that takes no wall time.
    LiveWorld(asio::io_context& context, LiveOptions const& options);

    World& world() { return world_; }
    LiveClock& clock() { return clock_; }
    Cluster& cluster() { return *cluster_; }
    FaultPlayer& player() { return *player_; }
    LiveOptions const& options() const { return options_; }
    /// The host that all real clients are on.
    static constexpr std::string_view client_host = "outside";

    /// From now on simulated time follows the wall clock. `flush` runs after each step.
    void start(std::function<void()> flush) { clock_.start(std::move(flush)); }
    /// Something was put into the world: let it happen once the sockets that are ready have been
    /// read.
    void touch() { clock_.touch(); }

private:
    bool is_ready();

    LiveOptions options_;
    World world_;
    LiveClock clock_;
    Cluster* cluster_;
    std::unique_ptr<FaultPlayer> player_;
};

}  // namespace keyslot::sim
