#include "simulator/runner/subscriber_client.hpp"

#include "simulator/runner/call_mix.hpp"
#include "simulator/runner/workload.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace keyslot::sim {
namespace {

using What = MessageEvent::What;
using Kind = Subscription::Kind;

struct Pattern {
    std::string_view glob;
    std::string_view matches;
};
constexpr std::array<Pattern, 4> patterns{
    {{"news:*", "news:1"}, {"news:[1-3]", "news:2"}, {"n?ws:4*", "news:4"}, {"*", "news:1"}}};
constexpr std::uint64_t pause_ms_max = 1500;

/// So many of the numbers from 1 to `all`, each once.
std::vector<std::uint64_t> draw(std::uint32_t count, std::uint64_t all, Random& random) {
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t n = 1; n <= all; ++n) {
        numbers.push_back(n);
    }
    std::vector<std::uint64_t> drawn;
    while (drawn.size() < count && !numbers.empty()) {
        auto const at = numbers.begin() + static_cast<std::ptrdiff_t>(random.below(numbers.size()));
        drawn.push_back(*at);
        numbers.erase(at);
    }
    return drawn;
}

// The in-stream notices are what tells when a subscription begins and ends for its caller.
constexpr PubSubOptions pubsub_options() {
    PubSubOptions options;
    options.ignore_subscribe_messages = false;
    return options;
}

}  // namespace

SubscriberClient::SubscriberClient(World& world, Cluster& cluster, Scenario const& scenario,
                                   std::uint32_t number, Environment& environment,
                                   SubscriberLog& log)
    : world_(&world),
      scenario_(&scenario),
      log_(&log),
      random_(Random{scenario.seed}.fork("subscribers").fork(name(number))),
      redis_(environment, client_options(scenario.client, cluster.startup_nodes())),
      pubsub_(redis_.pubsub(pubsub_options())) {
    log_->name = name(number);
    draw_subscriptions(scenario.workload);
}

void SubscriberClient::draw_subscriptions(Workload const& workload) {
    Subscribers const& wish = workload.subscribers;
    for (std::uint64_t const n : draw(wish.channels, wish.topics, random_)) {
        subscriptions_.push_back({Kind::channel, CallMix::topic(workload, false, n)});
    }
    for (std::uint64_t const n : draw(wish.patterns, patterns.size(), random_)) {
        subscriptions_.push_back({Kind::pattern, std::string(patterns[n - 1].glob)});
    }
    for (std::uint64_t const n : draw(wish.shard_channels, wish.topics, random_)) {
        subscriptions_.push_back({Kind::shard_channel, CallMix::topic(workload, true, n)});
    }
}

std::string SubscriberClient::channel_of(Subscription const& subscription) {
    auto const found = std::find_if(patterns.begin(), patterns.end(), [&](Pattern const& pattern) {
        return subscription.kind == Kind::pattern && pattern.glob == subscription.name;
    });
    return found == patterns.end() ? subscription.name : std::string(found->matches);
}

void SubscriberClient::start() {
    ++running_;
    asio::co_spawn(redis_.get_executor(), listen(), asio::detached);
    asio::co_spawn(redis_.get_executor(), live(), [this](std::exception_ptr) { --running_; });
}

asio::awaitable<void> SubscriberClient::listen() {
    for (;;) {
        Result<PubSubMessage> message = co_await pubsub_.next(as_result);
        if (!message) {
            co_return;
        }
        note(*std::move(message));
    }
}

asio::awaitable<void> SubscriberClient::live() {
    Instant const end = world_->now() + scenario_->workload.duration;
    for (Kind const kind : {Kind::channel, Kind::pattern, Kind::shard_channel}) {
        ++running_;
        asio::co_spawn(redis_.get_executor(), subscribe_all(kind),
                       [this](std::exception_ptr) { --running_; });
    }
    std::uint32_t const changes =
        subscriptions_.empty() ? 0 : scenario_->workload.subscribers.changes;
    for (std::uint32_t left = changes; left > 0 && world_->now() < end; --left) {
        auto const part = static_cast<std::uint64_t>((end - world_->now()).count()) / left;
        Duration const wait{static_cast<std::int64_t>(random_.below(part + 1))};
        co_await world_->sleep(wait);
        co_await give_up_one();
    }
}

asio::awaitable<void> SubscriberClient::subscribe_all(Kind kind) {
    std::vector<Subscription> all;
    std::copy_if(subscriptions_.begin(), subscriptions_.end(), std::back_inserter(all),
                 [kind](Subscription const& each) { return each.kind == kind; });
    if (!all.empty()) {
        co_await change(true, std::move(all));
    }
}

// Sometimes it changes its mind at once, or before the servers have answered.
asio::awaitable<void> SubscriberClient::give_up_one() {
    std::vector<Subscription> const one{subscriptions_[random_.below(subscriptions_.size())]};
    if (random_.chance(1, 3)) {
        ++running_;
        asio::co_spawn(redis_.get_executor(), change(false, one),
                       [this](std::exception_ptr) { --running_; });
        Duration const moment = std::chrono::microseconds{random_.below(500)};
        co_await world_->sleep(moment);
    } else {
        co_await change(false, one);
        Duration const pause = std::chrono::milliseconds{random_.below(pause_ms_max)};
        co_await world_->sleep(pause);
    }
    co_await change(true, one);
}

asio::awaitable<void> SubscriberClient::change(bool subscribe,
                                               std::vector<Subscription> subscriptions) {
    std::size_t const number = log_->changes.size(), from = log_->events.size();
    std::vector<std::string> names;
    SubscriptionChange& begun = log_->changes.emplace_back();
    begun.words = subscribe ? "subscribe" : "unsubscribe";
    begun.started = world_->now();
    for (Subscription const& subscription : subscriptions) {
        note(subscribe ? What::wanted : What::unwanted, subscription);
        names.push_back(subscription.name);
        begun.words += ' ' + subscription.name;
    }
    Result<bool> result = true;
    switch (subscriptions.front().kind) {
        case Kind::channel:
            if (subscribe) {
                result = co_await pubsub_.subscribe(names, as_result);
            } else {
                result = co_await pubsub_.unsubscribe(names, as_result);
            }
            break;
        case Kind::pattern:
            if (subscribe) {
                result = co_await pubsub_.psubscribe(names, as_result);
            } else {
                result = co_await pubsub_.punsubscribe(names, as_result);
            }
            break;
        case Kind::shard_channel:
            if (subscribe) {
                result = co_await pubsub_.ssubscribe(names, as_result);
            } else {
                result = co_await pubsub_.sunsubscribe(names, as_result);
            }
            break;
    }
    log_->changes[number].ended = world_->now();
    log_->changes[number].ok = result.has_value();
    for (Subscription const& subscription : subscriptions) {
        bool const is_given_up = std::any_of(
            log_->events.begin() + static_cast<std::ptrdiff_t>(from), log_->events.end(),
            [&](MessageEvent const& event) {
                return event.what == What::unwanted && event.subscription == subscription;
            });
        if (subscribe && result && !is_given_up) {
            note(What::confirmed, subscription);
        }
    }
}

void SubscriberClient::note(What what, Subscription subscription) {
    log_->events.push_back(
        {.what = what, .at = world_->now(), .subscription = std::move(subscription)});
}

void SubscriberClient::note(PubSubMessage message) {
    MessageEvent event{.at = world_->now()};
    bool const by_pattern = !message.pattern.empty();
    event.subscription = {by_pattern ? Kind::pattern : Kind::channel,
                          by_pattern ? message.pattern : message.channel};
    // Notices do not say of which kind their channel is: names of shard channels are like no others.
    bool const is_message = message.kind == PubSubMessage::Kind::message ||
                            message.kind == PubSubMessage::Kind::smessage;
    if (is_message ? message.kind == PubSubMessage::Kind::smessage
                   : !by_pattern && message.channel.starts_with("shard:")) {
        event.subscription.kind = Kind::shard_channel;
    }
    switch (message.kind) {
        case PubSubMessage::Kind::subscribed: event.what = What::told_subscribed; break;
        case PubSubMessage::Kind::unsubscribed: event.what = What::told_unsubscribed; break;
        case PubSubMessage::Kind::gap: event.what = What::told_gap; break;
        default:
            event.what = What::told_message;
            event.channel = std::move(message.channel);
            event.payload = std::move(message.payload);
    }
    log_->events.push_back(std::move(event));
}

bool SubscriberClient::was_told(Subscription const& subscription, std::string_view payload) const {
    return std::any_of(log_->events.rbegin(), log_->events.rend(), [&](MessageEvent const& event) {
        return event.what == What::told_message && event.subscription == subscription &&
               event.payload == payload;
    });
}

}  // namespace keyslot::sim
