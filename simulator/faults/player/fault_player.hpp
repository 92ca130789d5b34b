#pragma once

#include "simulator/faults/player/gate.hpp"

#include <keyslot/sim/fault_spec.hpp>
#include <keyslot/sim/world.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

enum class FaultState : std::uint8_t {
    active,  ///< at work
    ended,   ///< over, by itself or by heal
    failed,  ///< it could not be done; `result` says why
};
std::string_view to_string(FaultState state);

/// What became of one fault.
struct FaultReport {
    std::size_t id = 0;
    FaultSpec spec;
    FaultState state = FaultState::active;
    std::string result = {};  ///< in words: "node-3 is down", "moved 1001 slots, 83 keys"
    Instant started{};
    Instant ended{};     ///< unless active
};

/// Makes faults happen in a world. Must not outlive the world; destroying it leaves the faults that
/// are at work as they are.
class FaultPlayer {
public:
    /// `client_hosts`: the hosts that "clients" stands for. Commands to nodes (migration, failover)
    /// come from a host called "operator".
    FaultPlayer(World& world, Cluster& cluster, std::vector<std::string> client_hosts);
    ~FaultPlayer();
    FaultPlayer(FaultPlayer const&) = delete;
    FaultPlayer& operator=(FaultPlayer const&) = delete;

    /// Lets the fault strike, soon, from inside the world. Returns its id: 0, 1, 2, ...
    std::size_t start(FaultSpec spec);
    /// Ends all that is at work, and completes when it has ended, migrations included; gives up on
    /// what has not ended after `patience`.
    asio::awaitable<void> heal(Duration patience);

    FaultReport const& report(std::size_t id) const;
    std::size_t size() const;
    bool anything_active() const;

private:
    struct Run;

    asio::awaitable<void> play(Run& run);
    asio::awaitable<void> carry_out(Run& run, Migrate const& fault);
    asio::awaitable<void> carry_out(Run& run, Partition const& fault);
    asio::awaitable<void> carry_out(Run& run, Crash const& fault);
    asio::awaitable<void> carry_out(Run& run, Restart const& fault);
    asio::awaitable<void> carry_out(Run& run, Pause const& fault);
    asio::awaitable<void> carry_out(Run& run, Resume const& fault);
    asio::awaitable<void> carry_out(Run& run, Delay const& fault);
    asio::awaitable<void> carry_out(Run& run, Stall const& fault);
    asio::awaitable<void> carry_out(Run& run, Reset const& fault);
    asio::awaitable<void> carry_out(Run& run, ByteByByte const& fault);
    asio::awaitable<void> carry_out(Run& run, Failover const& fault);
    asio::awaitable<void> carry_out(Run& run, Heal const& fault);
    asio::awaitable<void> last(Run& run, Fault handle, std::optional<Duration> duration);

    Member& resolve_node(HostName const& name);
    Member& first_replica_of(Member& master);
    std::vector<std::string> resolve_hosts(std::vector<HostName> const& names);
    void open_gates_of(std::string const& node, std::string_view fault_name);

    World* world_;
    Cluster* cluster_;
    std::vector<std::string> client_hosts_;
    Environment* operator_;
    std::deque<Run> runs_;
};

}  // namespace keyslot::sim
