#pragma once

#include <keyslot/sim/fault.hpp>
#include <keyslot/sim/fault_spec.hpp>
#include <keyslot/sim/trigger.hpp>
#include <keyslot/sim/world.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

enum class FaultState : std::uint8_t {
    waiting,  ///< for its trigger
    active,   ///< at work
    ended,    ///< over, by itself or by heal
    failed,   ///< it could not be done; `result` says why
};
std::string_view to_string(FaultState state);

/// What became of one fault.
struct FaultReport {
    std::size_t id = 0;
    FaultSpec spec;
    FaultState state = FaultState::active;
    std::string result = {};  ///< in words: "node-3 is down", "moved 1001 slots, 83 keys"
    Instant started{};
    Instant ended{};     ///< once it is ended or failed
};

/// Makes faults happen in a world: the whole vocabulary, for one cluster. Must not outlive the world;
/// destroying it leaves the faults that are at work as they are.
class FaultPlayer {
public:
    /// `client_hosts`: the hosts that "clients" stands for; each can be named by itself, too. Commands to nodes
    /// (migration, failover) come from a host called "operator".
    FaultPlayer(World& world, Cluster& cluster, std::vector<std::string> client_hosts);
    ~FaultPlayer();
    FaultPlayer(FaultPlayer const&) = delete;
    FaultPlayer& operator=(FaultPlayer const&) = delete;

    /// Lets the fault strike, soon, from inside the world. Returns its id: 0, 1, 2, ...
    std::size_t start(FaultSpec spec);
    /// Lets it strike when that happens, once.
    std::size_t start_when(Trigger trigger, FaultSpec spec);
    /// start(), and the handle ends it as heal() would.
    Fault play(FaultSpec spec);
    /// Ends that one as heal() would, soon; what waits for its trigger will not strike any more.
    void end(std::size_t id);
    /// Ends all that is at work, and completes when it has ended, migrations included; gives up on
    /// what has not ended after `patience`. What waits for its trigger goes on waiting.
    asio::awaitable<void> heal(Duration patience);
    /// What waits for its trigger will not strike any more.
    void disarm();

    FaultReport const& report(std::size_t id) const;
    std::size_t size() const;
    bool anything_active() const;

private:
    class Stage;
    std::unique_ptr<Stage> stage_;
};

}  // namespace keyslot::sim
