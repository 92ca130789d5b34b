#pragma once

#include <keyslot/sim/fault_player.hpp>

#include <keyslot/sim/scenario.hpp>
#include <keyslot/sim/world.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
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
    Cluster& cluster() { return *cluster_; }
    FaultPlayer& player() { return *player_; }
    LiveOptions const& options() const { return options_; }
    /// The host that all real clients are on.
    static constexpr std::string_view client_host = "outside";

    /// From now on simulated time follows the wall clock. `flush` runs after each step.
    void start(std::function<void()> flush);
    /// Something was put into the world: let it happen once the sockets that are ready have been
    /// read.
    void touch();

private:
    void pump();
    void arm_timer();
    Instant due_time() const;
    std::chrono::steady_clock::time_point wall_time(Instant simulated) const;
    bool is_ready();

    asio::io_context* context_;
    LiveOptions options_;
    World world_;
    Cluster* cluster_;
    std::unique_ptr<FaultPlayer> player_;
    asio::steady_timer timer_;
    std::function<void()> flush_;
    std::chrono::steady_clock::time_point real_origin_;
    Instant simulated_origin_{};
    Instant armed_ = Instant::max();
    bool pump_posted_ = false;
};

}  // namespace keyslot::sim
