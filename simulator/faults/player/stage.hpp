#pragma once

#include "simulator/faults/player/gate.hpp"
#include "simulator/faults/player/host_names.hpp"
#include "simulator/faults/player/node_session.hpp"
#include "simulator/faults/player/slot_migration.hpp"

#include <keyslot/reply.hpp>
#include <keyslot/sim/fault_player.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// Where a FaultPlayer's faults happen, one coroutine each.
class FaultPlayer::Stage {
public:
    Stage(World& world, Cluster& cluster, std::vector<std::string> client_hosts);

    std::size_t start(FaultSpec spec);
    std::size_t start_when(Trigger trigger, FaultSpec spec);
    void end(std::size_t id);
    asio::awaitable<void> heal(Duration patience);
    void disarm();

    FaultReport const& report(std::size_t id) const { return runs_.at(id).report; }
    std::size_t size() const { return runs_.size(); }
    bool anything_active() const;

private:
    struct Run {
        Run(std::size_t id, FaultSpec what, Environment& environment);

        FaultReport report;
        Gate gate;
        Occurrence cause;       // of its trigger
        std::string node;       // whom it hit, where that is one node
        bool keep_data = true;  // crash: how the node comes back
        Fault trap;             // its trigger, where that is of the world
        // Its trigger, where that is of faults; `left`: times still to come.
        std::optional<Trigger> waits_for;
        std::uint32_t left = 0;
    };

    // stage.cpp: how faults begin and end
    Run& add(FaultSpec spec);
    void strike(Run& run);
    void set_off(Run& run, Occurrence const& cause);
    asio::awaitable<void> play(Run& run);
    template <class Happens>
    bool tell_waiting(Happens&& happens, std::string const& node);
    bool tell_step(MigrationStep step, std::string const& node);
    asio::awaitable<void> last(Run& run, Fault handle, std::optional<Duration> duration);
    void disarm(Run& run);
    asio::awaitable<void> wait_and_repair(Instant give_up_at);
    void open_gates_of(std::string const& node, std::string_view fault_name);
    Member& node_of(Run const& run, HostName const& name) { return names_.node(name, run.cause); }
    std::vector<std::string> hosts_of(Run const& run, std::vector<HostName> const& names) {
        return names_.hosts(names, run.cause);
    }

    // play_links.cpp: faults of the network
    asio::awaitable<void> carry_out(Run& run, Partition const& fault);
    asio::awaitable<void> carry_out(Run& run, Flap const& fault);
    asio::awaitable<void> carry_out(Run& run, Swizzle const& fault);
    asio::awaitable<void> carry_out(Run& run, Delay const& fault);
    asio::awaitable<void> carry_out(Run& run, Stall const& fault);
    asio::awaitable<void> carry_out(Run& run, Reset const& fault);
    asio::awaitable<void> carry_out(Run& run, CutStream const& fault);
    asio::awaitable<void> carry_out(Run& run, DropIdle const& fault);
    asio::awaitable<void> carry_out(Run& run, RefuseConnects const& fault);
    asio::awaitable<void> carry_out(Run& run, BlackHoleConnects const& fault);
    asio::awaitable<void> carry_out(Run& run, ByteByByte const& fault);
    asio::awaitable<void> carry_out(Run& run, FailName const& fault);

    // play_nodes.cpp: faults of one node
    asio::awaitable<void> carry_out(Run& run, Crash const& fault);
    asio::awaitable<void> carry_out(Run& run, Restart const& fault);
    asio::awaitable<void> carry_out(Run& run, Pause const& fault);
    asio::awaitable<void> carry_out(Run& run, Resume const& fault);
    asio::awaitable<void> carry_out(Run& run, Slow const& fault);
    asio::awaitable<void> carry_out(Run& run, SkewClock const& fault);
    asio::awaitable<void> carry_out(Run& run, StaleView const& fault);
    asio::awaitable<void> carry_out(Run& run, Lag const& fault);
    asio::awaitable<void> carry_out(Run& run, ChangeAddress const& fault);
    asio::awaitable<void> carry_out(Run& run, ForgeReply const& fault);
    asio::awaitable<void> carry_out(Run& run, Push const& fault);

    // play_operator.cpp: what somebody with redis-cli does
    asio::awaitable<void> carry_out(Run& run, Migrate const& fault);
    asio::awaitable<void> carry_out(Run& run, Failover const& fault);
    asio::awaitable<void> carry_out(Run& run, Forget const& fault);
    asio::awaitable<void> carry_out(Run& run, ResetNode const& fault);
    asio::awaitable<void> carry_out(Run& run, Meet const& fault);
    asio::awaitable<void> carry_out(Run& run, ConfigSet const& fault);
    asio::awaitable<void> carry_out(Run& run, Heal const& fault);
    /// Throws std::runtime_error with what the node says when that is an error.
    asio::awaitable<Reply> tell(Member& node, std::vector<std::string> words);
    /// False: it could not be asked, or refused.
    asio::awaitable<bool> try_tell(Member& node, std::vector<std::string> words);
    asio::awaitable<void> put_back(NodeSession& session, std::vector<std::string> command);
    asio::awaitable<bool> knows(Member& node, std::string id);
    asio::awaitable<void> introduce(Member& node, std::vector<std::string> to);

    World* world_;
    Cluster* cluster_;
    HostNames names_;
    Environment* operator_;
    MigratingNodes migrating_;
    std::deque<Run> runs_;
};

}  // namespace keyslot::sim
