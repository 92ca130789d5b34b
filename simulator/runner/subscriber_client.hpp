#pragma once

#include "simulator/kernel/random.hpp"
#include "simulator/runner/message_log.hpp"

#include <keyslot/pubsub.hpp>
#include <keyslot/redis_cluster.hpp>
#include <keyslot/sim/scenario.hpp>
#include <keyslot/sim/world.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// One simulated subscriber: takes the subscriptions that its scenario lets it draw, takes every message
/// at once, and gives subscriptions up for a while now and then. Must not outlive the world.
class SubscriberClient {
public:
    /// `number` from 1. `environment` is where it lives; `log` gets what its caller sees.
    SubscriberClient(World& world, Cluster& cluster, Scenario const& scenario, std::uint32_t number,
                     Environment& environment, SubscriberLog& log);

    /// Begins; nothing waits for it.
    void start();
    /// Completes when the subscription changes that it makes by itself are over.
    bool is_done() const { return running_ == 0; }

    std::vector<Subscription> const& subscriptions() const { return subscriptions_; }
    /// Has it been told this message of that subscription?
    bool was_told(Subscription const& subscription, std::string_view payload) const;

    static std::string name(std::uint32_t number) { return "subscriber-" + std::to_string(number); }
    /// A channel whose messages the subscription gets.
    static std::string channel_of(Subscription const& subscription);

private:
    void draw_subscriptions(Workload const& workload);
    asio::awaitable<void> listen();
    asio::awaitable<void> live();
    asio::awaitable<void> subscribe_all(Subscription::Kind kind);
    asio::awaitable<void> give_up_one();
    asio::awaitable<void> change(bool subscribe, std::vector<Subscription> subscriptions);
    void note(MessageEvent::What what, Subscription subscription = {});
    void note(PubSubMessage message);

    World* world_;
    Scenario const* scenario_;
    SubscriberLog* log_;
    Random random_;
    std::vector<Subscription> subscriptions_;
    int running_ = 0;
    AsyncRedisCluster redis_;
    AsyncPubSub pubsub_;
};

}  // namespace keyslot::sim
