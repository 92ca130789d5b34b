#include "simulator/faults/player/fault_player.hpp"

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/faults/player/slot_migration.hpp"
#include "simulator/faults/values.hpp"
#include "simulator/node/node.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace keyslot::sim {
namespace {

constexpr Duration heal_patience_of_action = std::chrono::seconds{60};
constexpr std::chrono::milliseconds heal_poll{10};

std::string list(std::vector<std::string> const& names) {
    std::string result;
    for (std::string const& name : names) {
        result += (result.empty() ? "" : ", ") + name;
    }
    return result;
}

std::string between(std::vector<std::string> const& from, std::vector<std::string> const& to) {
    return list(from) + " and " + list(to);
}

}  // namespace

std::string_view to_string(FaultState state) {
    switch (state) {
        case FaultState::active: return "active";
        case FaultState::ended: return "ended";
        case FaultState::failed: return "failed";
    }
    return "";
}

struct FaultPlayer::Run {
    Run(std::size_t id, FaultSpec spec, Environment& environment)
        : report{.id = id, .spec = std::move(spec), .started = environment.now()},
          gate(environment) {}

    FaultReport report;
    Gate gate;
    std::string node;       // crash, pause: whom it hit
    bool keep_data = true;  // crash: how the node comes back
};

FaultPlayer::FaultPlayer(World& world, Cluster& cluster, std::vector<std::string> client_hosts)
    : world_(&world),
      cluster_(&cluster),
      client_hosts_(std::move(client_hosts)),
      operator_(&world.host("operator")) {}
FaultPlayer::~FaultPlayer() = default;

std::size_t FaultPlayer::start(FaultSpec spec) {
    std::size_t const id = runs_.size();
    Run& run = runs_.emplace_back(id, std::move(spec), *operator_);
    asio::co_spawn(operator_->get_executor(), play(run), asio::detached);
    return id;
}

asio::awaitable<void> FaultPlayer::heal(Duration patience) {
    Instant const give_up_at = world_->now() + patience;
    for (Run& run : runs_) {
        run.gate.open();
    }
    while (anything_active() && world_->now() < give_up_at) {
        co_await world_->sleep(heal_poll);
    }
}

FaultReport const& FaultPlayer::report(std::size_t id) const { return runs_.at(id).report; }

std::size_t FaultPlayer::size() const { return runs_.size(); }

bool FaultPlayer::anything_active() const {
    return std::any_of(runs_.begin(), runs_.end(), [](Run const& run) {
        return run.report.state == FaultState::active &&
               !std::holds_alternative<Heal>(run.report.spec);
    });
}

asio::awaitable<void> FaultPlayer::play(Run& run) {
    FaultState state = FaultState::ended;
    try {
        // By value: runs_ may grow while this sleeps.
        FaultSpec const spec = run.report.spec;
        co_await std::visit([&](auto const& fault) { return carry_out(run, fault); }, spec);
    } catch (std::exception const& error) {
        state = FaultState::failed;
        run.report.result = error.what();
    }
    run.report.state = state;
    run.report.ended = world_->now();
}

// ---- what each does

asio::awaitable<void> FaultPlayer::carry_out(Run& run, Migrate const& fault) {
    SlotMigration migration{*world_, *cluster_, *operator_, run.gate};
    co_await migration.run(fault, resolve_node(fault.to).name());
    run.report.result = "moved " + std::to_string(migration.slots_moved()) + " slots, " +
                        std::to_string(migration.keys_moved()) + " keys";
}

asio::awaitable<void> FaultPlayer::last(Run& run, Fault handle, std::optional<Duration> duration) {
    co_await run.gate.wait(duration);
    handle.heal();
}

asio::awaitable<void> FaultPlayer::carry_out(Run& run, Partition const& fault) {
    auto const from = resolve_hosts(fault.from), to = resolve_hosts(fault.to);
    run.report.result = "cut " + between(from, to);
    Direction const direction = fault.one_way ? Direction::one_way : Direction::both;
    co_await last(run, world_->partition(from, to, direction), fault.duration);
}

asio::awaitable<void> FaultPlayer::carry_out(Run& run, Delay const& fault) {
    auto const from = resolve_hosts(fault.from), to = resolve_hosts(fault.to);
    run.report.result = "slowed " + between(from, to);
    co_await last(run, world_->slow_down(from, to, fault.delay, fault.jitter), fault.duration);
}

asio::awaitable<void> FaultPlayer::carry_out(Run& run, Stall const& fault) {
    auto const from = resolve_hosts(fault.from), to = resolve_hosts(fault.to);
    run.report.result = "stalled " + between(from, to);
    co_await last(run, world_->stall(from, to), fault.duration);
}

asio::awaitable<void> FaultPlayer::carry_out(Run& run, ByteByByte const& fault) {
    auto const from = resolve_hosts(fault.from), to = resolve_hosts(fault.to);
    run.report.result = "shredded " + between(from, to);
    co_await last(run, world_->shred(from, to), fault.duration);
}

asio::awaitable<void> FaultPlayer::carry_out(Run& run, Reset const& fault) {
    auto const from = resolve_hosts(fault.from), to = resolve_hosts(fault.to);
    run.report.result = "reset " + between(from, to);
    world_->reset_streams(from, to);
    co_return;
}

asio::awaitable<void> FaultPlayer::carry_out(Run& run, Crash const& fault) {
    Member& node = resolve_node(fault.node);
    if (!node.is_up()) {
        throw std::runtime_error(node.name() + " is down already");
    }
    run.node = node.name();
    run.keep_data = fault.keep_data;
    run.report.result = run.node + " is down";
    node.crash();
    co_await run.gate.wait(fault.restart_after);
    if (!node.is_up()) {
        node.restart(run.keep_data);
    }
    run.report.result = run.node + " was down";
}

asio::awaitable<void> FaultPlayer::carry_out(Run& run, Restart const& fault) {
    Member& node = resolve_node(fault.node);
    if (node.is_up()) {
        throw std::runtime_error(node.name() + " is up");
    }
    run.report.result = node.name() + " is up again";
    node.restart(fault.keep_data);
    open_gates_of(node.name(), "crash");
    co_return;
}

asio::awaitable<void> FaultPlayer::carry_out(Run& run, Pause const& fault) {
    Member& node = resolve_node(fault.node);
    if (!node.is_up() || node.is_paused()) {
        throw std::runtime_error(node.name() + (node.is_up() ? " is paused already" : " is down"));
    }
    run.node = node.name();
    run.report.result = run.node + " is paused";
    node.pause();
    co_await run.gate.wait(fault.duration);
    if (node.is_up() && node.is_paused()) {
        node.resume();
    }
    run.report.result = run.node + " was paused";
}

asio::awaitable<void> FaultPlayer::carry_out(Run& run, Resume const& fault) {
    Member& node = resolve_node(fault.node);
    if (!node.is_up() || !node.is_paused()) {
        throw std::runtime_error(node.name() + " is not paused");
    }
    run.report.result = node.name() + " goes on";
    node.resume();
    open_gates_of(node.name(), "pause");
    co_return;
}

asio::awaitable<void> FaultPlayer::carry_out(Run& run, Failover const& fault) {
    Member& node = resolve_node(fault.node);
    NodeSession session{*operator_, node.address()};
    std::vector<std::string> words{"CLUSTER", "FAILOVER"};
    if (fault.mode != FailoverMode::graceful) {
        words.emplace_back(fault.mode == FailoverMode::force ? "FORCE" : "TAKEOVER");
    }
    Reply const reply = co_await session.command(std::move(words));
    if (reply.is_error()) {
        throw std::runtime_error(node.name() + " says " + std::string(reply.text()));
    }
    run.report.result = node.name() + " takes over";
}

asio::awaitable<void> FaultPlayer::carry_out(Run& run, Heal const&) {
    co_await heal(heal_patience_of_action);
    run.report.result = anything_active() ? "some faults are still ending" : "everything has ended";
}

// ---- names

void FaultPlayer::open_gates_of(std::string const& node, std::string_view fault_name) {
    for (Run& run : runs_) {
        if (run.node == node && name_of(run.report.spec) == fault_name) {
            run.gate.open();
        }
    }
}

Member& FaultPlayer::first_replica_of(Member& master) {
    for (Member& member : cluster_->nodes()) {
        Node const* const node = member.node();
        auto const of = node == nullptr ? std::nullopt : node->cluster().master_address();
        if (of && of->first == master.address().address && of->second == master.address().port) {
            return member;
        }
    }
    throw std::runtime_error(master.name() + " has no replica that is up");
}

Member& FaultPlayer::resolve_node(HostName const& name) {
    auto const target = parse_host(name.text);
    bool const is_node = target && (target->kind == HostTarget::Kind::node ||
                                    target->kind == HostTarget::Kind::owner);
    if (!is_node || (target->kind == HostTarget::Kind::node && target->number > cluster_->size())) {
        throw std::runtime_error("there is no node '" + name.text + "'");
    }
    try {
        Member& member = target->kind == HostTarget::Kind::owner ? cluster_->owner_of(target->key)
                                                                 : (*cluster_)[target->number - 1];
        return target->replica_of > 0 ? first_replica_of(member) : member;
    } catch (std::out_of_range const&) {
        throw std::runtime_error("nobody serves '" + target->key + "'");
    }
}

// Never an empty list: to the network that would mean every host.
std::vector<std::string> FaultPlayer::resolve_hosts(std::vector<HostName> const& names) {
    std::vector<std::string> hosts;
    for (HostName const& name : names) {
        auto const target = parse_host(name.text);
        if (target && target->kind == HostTarget::Kind::all_clients) {
            hosts.insert(hosts.end(), client_hosts_.begin(), client_hosts_.end());
        } else if (target && target->kind == HostTarget::Kind::client) {
            if (std::find(client_hosts_.begin(), client_hosts_.end(), name.text) ==
                client_hosts_.end()) {
                throw std::runtime_error("there is no '" + name.text + "'");
            }
            hosts.push_back(name.text);
        } else {
            hosts.push_back(resolve_node(name).name());
        }
    }
    if (hosts.empty()) {
        throw std::runtime_error("there are no clients");
    }
    return hosts;
}

}  // namespace keyslot::sim
