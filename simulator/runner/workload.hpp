#pragma once

#include "simulator/kernel/random.hpp"
#include "simulator/runner/availability.hpp"
#include "simulator/runner/call_mix.hpp"
#include "simulator/runner/client_account.hpp"
#include "simulator/runner/history.hpp"
#include "simulator/runner/message_log.hpp"

#include <keyslot/redis_cluster.hpp>
#include <keyslot/sim/scenario.hpp>
#include <keyslot/sim/world.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

ClusterOptions client_options(ClientSettings const& settings,
                              std::vector<ClusterNode> startup_nodes);

/// What the clients of one run share.
struct Recorder {
    History history;
    Availability availability;
    std::vector<SubscriberLog> subscribers;
    std::uint64_t values = 0;  ///< values given out so far: each is written once
    std::uint64_t started = 0;  ///< calls of the workload; a pipeline or transaction is one
};

/// Changes the options of every call behind the oracle's back: what is broken on purpose.
using CallSpoiler = std::function<CallOptions(CallOptions)>;

/// One simulated client: makes calls by the mix, at its share of the rate, whether or not earlier
/// ones have ended. Must not outlive the world.
class WorkloadClient {
public:
    /// `number` from 1; lives on the host client-<number>.
    WorkloadClient(World& world, Cluster& cluster, Scenario const& scenario, std::uint32_t number,
                   Recorder& recorder, CallSpoiler spoiler = {});

    /// Completes when the workload's time is over; calls may still be pending then.
    asio::awaitable<void> run();
    /// Makes one call, and completes with it: was it answered?
    asio::awaitable<bool> call(std::vector<std::string> words);
    /// A value that no other call writes.
    std::string unique_value(std::string_view key) { return mix_.unique_value(key); }

    /// Of all that it has made, one after the other.
    ClusterStats stats() const;
    /// Of each of them.
    std::vector<std::shared_ptr<ClientAccount>> const& accounts() const { return accounts_; }
    /// To be called when no call is pending.
    void close_accounts() { accounts_.back()->count(redis_->stats()); }

    static std::string host_name(std::uint32_t number) {
        return "client-" + std::to_string(number);
    }

private:
    using Words = CallMix::Words;
    using Replies = std::vector<Result<Reply>>;

    void start_any();
    void start_call(Words words);
    void start_batch(std::vector<Words> const& calls, UnitKind kind);
    asio::awaitable<void> count_up(std::string key);
    asio::awaitable<bool> try_to_count_up(std::string const& key);
    asio::awaitable<void> cancel_later(std::shared_ptr<asio::cancellation_signal> signal,
                                       std::vector<std::size_t> calls, Duration delay);
    asio::awaitable<void> close_with_calls_in_flight();

    std::size_t begin_call(Words const& words);
    std::size_t begin_unit(std::vector<Words> const& calls, UnitKind kind,
                           std::optional<std::size_t> founded_on = std::nullopt);
    void finish_call(std::size_t number, Result<Reply> const& result);
    void finish_unit(std::size_t unit, Result<Replies> const& results);
    /// Lets the calls that the signal is for be cancelled, if it is so drawn.
    std::shared_ptr<asio::cancellation_signal> draw_signal();
    void let_cancel(std::shared_ptr<asio::cancellation_signal> signal,
                    std::vector<std::size_t> calls);
    bool is_repeatable(std::string_view command) const;
    CallOptions call_options() const;
    std::unique_ptr<AsyncRedisCluster> make_client();

    World* world_;
    Cluster* cluster_;
    Scenario const* scenario_;
    Recorder* recorder_;
    CallSpoiler spoiler_;
    std::uint32_t number_;
    CallMix mix_;
    Random cancellations_, closings_;
    std::set<std::size_t> pending_;
    ClusterStats closed_stats_;
    std::vector<std::shared_ptr<ClientAccount>> accounts_;
    std::unique_ptr<AsyncRedisCluster> redis_;
};

void add(ClusterStats& sum, ClusterStats const& one);

}  // namespace keyslot::sim
