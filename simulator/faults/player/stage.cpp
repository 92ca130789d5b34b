#include "simulator/faults/player/stage.hpp"

#include "simulator/faults/player/slot_repair.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace keyslot::sim {
namespace {

constexpr std::chrono::milliseconds heal_poll{10};
constexpr std::chrono::milliseconds repair_poll{500};
constexpr int polls_of_a_look = 50;
constexpr std::chrono::seconds repair_after_min{5};

}  // namespace

FaultPlayer::Stage::Run::Run(std::size_t id, FaultSpec what, Environment& environment)
    : report{.id = id, .spec = std::move(what), .started = environment.now()}, gate(environment) {}

FaultPlayer::Stage::Stage(World& world, Cluster& cluster, std::vector<std::string> client_hosts)
    : world_(&world),
      cluster_(&cluster),
      names_(world, cluster, std::move(client_hosts)),
      operator_(&world.host("operator")) {}

FaultPlayer::Stage::Run& FaultPlayer::Stage::add(FaultSpec spec) {
    return runs_.emplace_back(runs_.size(), std::move(spec), *operator_);
}

std::size_t FaultPlayer::Stage::start(FaultSpec spec) {
    Run& run = add(std::move(spec));
    strike(run);
    return run.report.id;
}

void FaultPlayer::Stage::strike(Run& run) {
    run.report.state = FaultState::active;
    run.report.started = world_->now();
    asio::co_spawn(operator_->get_executor(), play(run), asio::detached);
}

std::size_t FaultPlayer::Stage::start_when(Trigger trigger, FaultSpec spec) {
    Run& run = add(std::move(spec));
    run.report.state = FaultState::waiting;
    if (trigger.step || !trigger.started.empty() || !trigger.ended.empty()) {
        run.left = trigger.nth;
        run.waits_for = std::move(trigger);
    } else {
        run.trap = world_->when(
            std::move(trigger), [this, &run](Occurrence const& cause) { set_off(run, cause); },
            [this](HostName const& name, std::string const& host) {
                return names_.stands_for(name, host);
            });
    }
    return run.report.id;
}

void FaultPlayer::Stage::set_off(Run& run, Occurrence const& cause) {
    if (run.report.state == FaultState::waiting) {
        run.cause = cause;
        strike(run);
    }
}

/// True: something strikes at once.
template <class Happens>
bool FaultPlayer::Stage::tell_waiting(Happens&& happens, std::string const& node) {
    bool strikes = false;
    for (Run& run : runs_) {
        bool const is_it =
            run.waits_for && happens(*run.waits_for) &&
            (run.waits_for->node.text.empty() || names_.stands_for(run.waits_for->node, node));
        if (!is_it || --run.left > 0) {
            continue;
        }
        Duration const delay = run.waits_for->delay;
        run.waits_for.reset();
        strikes = strikes || delay == Duration{};
        world_->schedule(
            world_->now() + delay,
            [this, &run, cause = Occurrence{node, {}, world_->now()}] { set_off(run, cause); });
    }
    return strikes;
}

bool FaultPlayer::Stage::tell_step(MigrationStep step, std::string const& node) {
    return tell_waiting([step](Trigger const& trigger) { return trigger.step == step; }, node);
}

asio::awaitable<void> FaultPlayer::Stage::heal(Duration patience) {
    Instant const give_up_at = world_->now() + patience;
    for (Run& run : runs_) {
        if (run.report.state == FaultState::active) {
            run.gate.open();
        }
    }
    co_await wait_and_repair(give_up_at);
}

/// Until nothing is at work and no gap is left. Gaps that are there for longer than nodes need to settle things
/// among themselves, an operator closes; a migration may try in vain as long as they are there.
asio::awaitable<void> FaultPlayer::Stage::wait_and_repair(Instant give_up_at) {
    Duration const settles =
        std::max<Duration>(repair_after_min, 2 * cluster_->spec().node_timeout);
    Instant gaps_since = world_->now();
    for (int poll = 1; world_->now() < give_up_at; ++poll) {
        bool const active = anything_active();
        if (!active || poll % polls_of_a_look == 0) {
            if (slot_gaps(*cluster_).empty()) {
                gaps_since = world_->now();
                if (!active) {
                    co_return;
                }
            } else if (world_->now() - gaps_since >= settles) {
                SlotRepair repair{*cluster_, *operator_};
                co_await repair.run();
                gaps_since = world_->now();
            }
        }
        co_await world_->sleep(active ? heal_poll : repair_poll);
    }
}

void FaultPlayer::Stage::end(std::size_t id) {
    Run& run = runs_.at(id);
    disarm(run);
    run.gate.open();
}

void FaultPlayer::Stage::disarm() {
    for (Run& run : runs_) {
        disarm(run);
    }
}

void FaultPlayer::Stage::disarm(Run& run) {
    if (run.report.state == FaultState::waiting) {
        run.trap.heal();
        run.waits_for.reset();
        run.report.state = FaultState::ended;
        run.report.result = "never set off";
        run.report.ended = world_->now();
    }
}

bool FaultPlayer::Stage::anything_active() const {
    return std::any_of(runs_.begin(), runs_.end(), [](Run const& run) {
        return run.report.state == FaultState::active &&
               !std::holds_alternative<Heal>(run.report.spec);
    });
}

asio::awaitable<void> FaultPlayer::Stage::play(Run& run) {
    // By value: runs_ may grow while this sleeps.
    FaultSpec const spec = run.report.spec;
    std::string const name(name_of(spec));
    FaultState state = FaultState::ended;
    tell_waiting([&](Trigger const& trigger) { return trigger.started == name; }, run.node);
    try {
        co_await std::visit([&](auto const& fault) { return carry_out(run, fault); }, spec);
    } catch (std::exception const& error) {
        state = FaultState::failed;
        run.report.result = error.what();
    }
    run.report.state = state;
    run.report.ended = world_->now();
    tell_waiting([&](Trigger const& trigger) { return trigger.ended == name; }, run.node);
}

asio::awaitable<void> FaultPlayer::Stage::last(Run& run, Fault handle,
                                               std::optional<Duration> duration) {
    co_await run.gate.wait(duration);
    handle.heal();
}

void FaultPlayer::Stage::open_gates_of(std::string const& node, std::string_view fault_name) {
    for (Run& run : runs_) {
        if (run.node == node && name_of(run.report.spec) == fault_name) {
            run.gate.open();
        }
    }
}

}  // namespace keyslot::sim
