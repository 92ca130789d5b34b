#include "simulator/cluster/cluster_state.hpp"
#include "simulator/faults/player/node_session.hpp"
#include "simulator/faults/player/slot_migration.hpp"
#include "simulator/faults/player/stage.hpp"
#include "simulator/node/node.hpp"

#include <boost/system/system_error.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace keyslot::sim {
namespace {

constexpr Duration heal_patience_of_action = std::chrono::seconds{60};
constexpr int rejoin_attempts_max = 60;
constexpr std::chrono::milliseconds rejoin_pause{500};

/// The slots a node serves by its own view, as CLUSTER ADDSLOTSRANGE wants them.
std::vector<std::string> slots_of(Node const& node) {
    std::vector<std::string> ranges;
    ClusterState const& view = node.cluster();
    auto const mine = [&](std::uint32_t slot) {
        return slot <= 16383 && view.owner_of(static_cast<std::uint16_t>(slot)) == view.my_id();
    };
    for (std::uint32_t slot = 0; slot <= 16383; ++slot) {
        if (mine(slot)) {
            ranges.push_back(std::to_string(slot));
            while (mine(slot + 1)) {
                ++slot;
            }
            ranges.push_back(std::to_string(slot));
        }
    }
    return ranges;
}

// A function: g++ 12 mishandles an initializer list in a co_await expression.
template <class... Words>
std::vector<std::string> words(Words const&... word) {
    return {std::string(word)...};
}

std::vector<std::string> meet(Endpoint const& whom) {
    return {"CLUSTER", "MEET", whom.address, std::to_string(whom.port)};
}

}  // namespace

asio::awaitable<Reply> FaultPlayer::Stage::tell(Member& node, std::vector<std::string> command) {
    NodeSession session{*operator_, node.address(), cluster_->spec()};
    Reply reply = co_await session.command(std::move(command));
    if (reply.is_error()) {
        throw std::runtime_error(node.name() + " says " + std::string(reply.text()));
    }
    co_return reply;
}

asio::awaitable<bool> FaultPlayer::Stage::try_tell(Member& node, std::vector<std::string> command) {
    try {
        co_await tell(node, std::move(command));
        co_return true;
    } catch (std::runtime_error const&) {  // of the connection too
        co_return false;
    }
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Migrate const& fault) {
    SlotMigration migration{*world_, *cluster_, *operator_, run.gate, migrating_};
    migration.on_step(
        [this](MigrationStep step, std::string const& node) { return tell_step(step, node); });
    co_await migration.run(fault, node_of(run, fault.to).name());
    run.report.result = (migration.was_aborted() ? "aborted, moved " : "moved ") +
                        std::to_string(migration.slots_moved()) + " slots, " +
                        std::to_string(migration.keys_moved()) + " keys";
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Failover const& fault) {
    Member& node = node_of(run, fault.node);
    std::vector<std::string> failover{"CLUSTER", "FAILOVER"};
    if (fault.mode != FailoverMode::graceful) {
        failover.emplace_back(fault.mode == FailoverMode::force ? "FORCE" : "TAKEOVER");
    }
    co_await tell(node, std::move(failover));
    run.report.result = node.name() + " takes over";
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Forget const& fault) {
    Member& node = node_of(run, fault.node);
    std::vector<std::string> by;
    if (fault.by.empty()) {
        for (Member const& member : cluster_->nodes()) {
            if (&member != &node) {
                by.push_back(member.name());
            }
        }
    } else {
        by = hosts_of(run, fault.by);
    }
    std::vector<std::string> forgot;
    for (std::string const& name : by) {
        if (co_await try_tell(world_->node(name), words("CLUSTER", "FORGET", node.id()))) {
            forgot.push_back(name);
        }
    }
    if (forgot.empty()) {
        throw std::runtime_error("nobody could forget " + node.name());
    }
    run.node = node.name();
    run.report.result = std::to_string(forgot.size()) + " of " + std::to_string(by.size()) +
                        " nodes forgot " + node.name();
    co_await run.gate.wait(fault.rejoin_after);
    co_await introduce(node, std::move(forgot));
}

asio::awaitable<bool> FaultPlayer::Stage::knows(Member& node, std::string id) {
    try {
        Reply const nodes = co_await tell(node, words("CLUSTER", "NODES"));
        co_return nodes.text().find(id) != std::string_view::npos;
    } catch (std::runtime_error const&) {
        co_return false;
    }
}

/// Until all of them know it and it knows all of them, or for long enough: one that was reset is still
/// known to the others, and knows nobody.
asio::awaitable<void> FaultPlayer::Stage::introduce(Member& node, std::vector<std::string> to) {
    for (int attempt = 0; attempt < rejoin_attempts_max && !to.empty(); ++attempt) {
        std::vector<std::string> left;
        for (std::string const& name : to) {
            Member& other = world_->node(name);
            bool const is_known = co_await knows(other, node.id());
            bool const knows_it = co_await knows(node, other.id());
            if (!is_known || !knows_it) {
                co_await try_tell(is_known ? node : other,
                                  meet(is_known ? other.address() : node.address()));
                left.push_back(name);
            }
        }
        to = std::move(left);
        co_await world_->sleep(rejoin_pause);
    }
    if (!to.empty()) {
        throw std::runtime_error(to.front() + " does not know " + node.name() + " again");
    }
}

// What it was before is kept here, for the node keeps nothing.
asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, ResetNode const& fault) {
    Member& node = node_of(run, fault.node);
    if (!node.is_up()) {
        throw std::runtime_error(node.name() + " is down");
    }
    std::string const former_id = node.id();
    auto const master_address = std::as_const(node).node()->cluster().master_address();
    std::vector<std::string> slots = slots_of(*node.node());
    Member* master = nullptr;
    std::vector<std::string> others;
    for (Member& member : cluster_->nodes()) {
        if (&member == &node) {
            continue;
        }
        others.push_back(member.name());
        if (master_address &&
            member.address() == Endpoint{master_address->first, master_address->second}) {
            master = &member;
        }
    }
    co_await tell(node, words("CLUSTER", "RESET", std::string_view(fault.hard ? "HARD" : "SOFT")));
    run.node = node.name();
    run.report.result = run.node + " was reset";
    co_await run.gate.wait(fault.rejoin_after);
    if (fault.hard) {
        for (std::string const& name : others) {
            co_await try_tell(world_->node(name), words("CLUSTER", "FORGET", former_id));
        }
    }
    if (!slots.empty()) {
        slots.insert(slots.begin(), "ADDSLOTSRANGE");
        slots.insert(slots.begin(), "CLUSTER");
        co_await try_tell(node, std::move(slots));
    }
    co_await introduce(node, others);
    for (int attempt = 0; master != nullptr && attempt < rejoin_attempts_max; ++attempt) {
        if (co_await try_tell(node, words("CLUSTER", "REPLICATE", master->id()))) {
            break;
        }
        co_await world_->sleep(rejoin_pause);
    }
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Meet const& fault) {
    Member& node = node_of(run, fault.node);
    Member& with = node_of(run, fault.with);
    co_await tell(node, meet(with.address()));
    run.report.result = node.name() + " meets " + with.name();
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, ConfigSet const& fault) {
    Member& node = node_of(run, fault.node);
    // One connection throughout: with maxclients there may be no second one.
    NodeSession session{*operator_, node.address(), cluster_->spec()};
    Reply const former = co_await session.command(words("CONFIG", "GET", fault.parameter));
    Reply const set =
        co_await session.command(words("CONFIG", "SET", fault.parameter, fault.value));
    if (set.is_error()) {
        throw std::runtime_error(node.name() + " says " + std::string(set.text()));
    }
    run.node = node.name();
    run.report.result = run.node + " has " + fault.parameter + ' ' + fault.value;
    std::string const value(former.size() == 2 ? former[1].text() : "");
    co_await run.gate.wait(fault.duration);
    if (former.size() == 2) {
        co_await put_back(session, words("CONFIG", "SET", fault.parameter, value));
    }
}

/// The node may be down, or refuse connections, for some time.
asio::awaitable<void> FaultPlayer::Stage::put_back(NodeSession& session,
                                                   std::vector<std::string> command) {
    for (int attempt = 0; attempt < rejoin_attempts_max; ++attempt) {
        try {
            Reply const reply = co_await session.command(command);
            if (!reply.is_error()) {
                co_return;
            }
        } catch (boost::system::system_error const&) {
            // Another connection, the next time.
        }
        co_await world_->sleep(rejoin_pause);
    }
}

asio::awaitable<void> FaultPlayer::Stage::carry_out(Run& run, Heal const&) {
    co_await heal(heal_patience_of_action);
    run.report.result = anything_active() ? "some faults are still ending" : "everything has ended";
}

}  // namespace keyslot::sim
