#include "simulator/faults/player/stage.hpp"

#include <stdexcept>
#include <utility>

namespace keyslot::sim {

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Crash const& fault) {
    Member& node = node_of(run, fault.node);
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

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Restart const& fault) {
    Member& node = node_of(run, fault.node);
    if (node.is_up()) {
        throw std::runtime_error(node.name() + " is up");
    }
    run.report.result = node.name() + " is up again";
    node.restart(fault.keep_data);
    open_gates_of(node.name(), "crash");
    co_return;
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Pause const& fault) {
    Member& node = node_of(run, fault.node);
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

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Resume const& fault) {
    Member& node = node_of(run, fault.node);
    if (!node.is_up() || !node.is_paused()) {
        throw std::runtime_error(node.name() + " is not paused");
    }
    run.report.result = node.name() + " goes on";
    node.resume();
    open_gates_of(node.name(), "pause");
    co_return;
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Slow const& fault) {
    run.node = node_of(run, fault.node).name();
    run.report.result = run.node + " was slow";
    co_await last(run, world_->slow_node(run.node, fault.per_command), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, SkewClock const& fault) {
    run.node = node_of(run, fault.node).name();
    run.report.result = "the clocks of " + run.node + " were wrong";
    ClockSkew const skew{.monotonic_ppm = fault.rate_ppm,
                         .wall_ppm = fault.wall_rate_ppm,
                         .monotonic_jump = fault.offset,
                         .wall_jump = fault.wall_offset};
    co_await last(run, world_->skew_clock(run.node, skew), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, StaleView const& fault) {
    run.node = node_of(run, fault.node).name();
    Fault pin = world_->pin_view(run.node);
    run.report.result = run.node + " learned nothing new";
    co_await last(run, std::move(pin), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Lag const& fault) {
    run.node = node_of(run, fault.node).name();
    run.report.result = run.node + " lagged behind";
    co_await last(run, world_->lag(run.node, fault.delay), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, ChangeAddress const& fault) {
    Member& node = node_of(run, fault.node);
    run.report.result = node.name() + " moved to " + fault.ip;
    node.change_address(fault.ip);
    co_return;
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, ForgeReply const& fault) {
    ForgeReply rule = fault;
    if (!fault.node.text.empty()) {
        rule.node = run.node = node_of(run, fault.node).name();
    }
    if (!fault.from.empty()) {
        auto const hosts = hosts_of(run, fault.from);
        rule.from.assign(hosts.begin(), hosts.end());
    }
    run.report.result = "answered in the place of " + (run.node.empty() ? "the nodes" : run.node);
    co_await last(run, world_->forge_reply(std::move(rule)), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Push const& fault) {
    Member& node = node_of(run, fault.node);
    run.report.result = node.name() + " said what nobody had asked";
    world_->push(node.name(), hosts_of(run, fault.to), fault.bytes);
    co_return;
}

}  // namespace keyslot::sim
