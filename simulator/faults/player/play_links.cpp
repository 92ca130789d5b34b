#include "simulator/faults/player/stage.hpp"

#include <utility>

namespace keyslot::sim {
namespace {

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

Direction direction(bool one_way) { return one_way ? Direction::one_way : Direction::both; }

}  // namespace

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Partition const& fault) {
    auto const from = hosts_of(run, fault.from), to = hosts_of(run, fault.to);
    run.report.result = "cut " + between(from, to);
    co_await last(run, world_->partition(from, to, direction(fault.one_way)), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Flap const& fault) {
    auto const from = hosts_of(run, fault.from), to = hosts_of(run, fault.to);
    run.report.result = "cut " + between(from, to) + " again and again";
    co_await last(run, world_->flap(from, to, fault.down, fault.up, direction(fault.one_way)),
                  fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Swizzle const& fault) {
    auto const hosts = hosts_of(run, fault.hosts);
    run.report.result = "cut the links among " + list(hosts) + " one by one";
    co_await last(run, world_->swizzle(hosts, fault.over, fault.hold),
                  fault.over + fault.hold + fault.over);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Delay const& fault) {
    auto const from = hosts_of(run, fault.from), to = hosts_of(run, fault.to);
    run.report.result = "slowed " + between(from, to);
    co_await last(run, world_->slow_down(from, to, fault.delay, fault.jitter), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Stall const& fault) {
    auto const from = hosts_of(run, fault.from), to = hosts_of(run, fault.to);
    run.report.result = "stalled " + between(from, to);
    co_await last(run, world_->stall(from, to), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Reset const& fault) {
    auto const from = hosts_of(run, fault.from), to = hosts_of(run, fault.to);
    run.report.result = "reset " + between(from, to);
    world_->reset_streams(from, to);
    co_return;
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, CutStream const& fault) {
    auto const from = hosts_of(run, fault.from), to = hosts_of(run, fault.to);
    run.report.result = "cut short what " + list(from) + " sent to " + list(to);
    co_await last(
        run, world_->cut_streams(from, to, fault.after_replies, fault.after_bytes, fault.streams),
        fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, DropIdle const& fault) {
    auto const from = hosts_of(run, fault.from), to = hosts_of(run, fault.to);
    run.report.result = "forgot idle connections of " + between(from, to);
    auto const fate = fault.reset ? World::IdleFate::reset : World::IdleFate::silence;
    co_await last(run, world_->drop_idle(from, to, fault.after, fate), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, RefuseConnects const& fault) {
    auto const from = hosts_of(run, fault.from), to = hosts_of(run, fault.to);
    run.report.result = "connects of " + list(from) + " to " + list(to) + " were refused";
    co_await last(run, world_->refuse_connects(from, to), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, BlackHoleConnects const& fault) {
    auto const from = hosts_of(run, fault.from), to = hosts_of(run, fault.to);
    run.report.result = "connects of " + list(from) + " to " + list(to) + " went unanswered";
    co_await last(run, world_->black_hole_connects(from, to), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, ByteByByte const& fault) {
    auto const from = hosts_of(run, fault.from), to = hosts_of(run, fault.to);
    run.report.result = "shredded " + between(from, to);
    co_await last(run, world_->shred(from, to), fault.duration);
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, FailName const& fault) {
    auto const names = hosts_of(run, fault.names);
    run.report.result = "no address for " + list(names);
    std::vector<Fault> failures;
    for (std::string const& name : names) {
        failures.push_back(world_->fail_name(name, fault.how));
    }
    Fault all{[failures = std::move(failures)]() mutable { failures.clear(); }};
    co_await last(run, std::move(all), fault.duration);
}

}  // namespace keyslot::sim
