// The faces of the subscriber.
#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/pubsub.hpp>
#include <keyslot/redis_cluster.hpp>

#include "client/cluster/subscriber.hpp"

namespace keyslot {

namespace detail {

std::shared_ptr<Subscriber> make_subscriber(std::shared_ptr<ClusterCore> core,
                                            PubSubOptions const& options) {
    auto subscriber = std::make_shared<Subscriber>(std::move(core), options);
    subscriber->attach();
    return subscriber;
}

namespace {

static_assert(static_cast<int>(SubscriptionKind::keyspace) ==
              static_cast<int>(routing::SubscriptionId::Kind::keyspace));

UniqueFunction<void()> canceller(std::shared_ptr<Subscriber> subscriber, std::uint64_t handle) {
    return [subscriber = std::move(subscriber), handle] { subscriber->cancel(handle); };
}

}  // namespace

Operation<bool> change_subscriptions(std::shared_ptr<Subscriber> subscriber, bool subscribe,
                                     SubscriptionKind kind, std::vector<std::string> names) {
    std::vector<routing::SubscriptionId> ids;
    for (std::string& name : names) {
        ids.push_back({static_cast<routing::SubscriptionId::Kind>(kind), std::move(name)});
    }
    return [subscriber = std::move(subscriber), subscribe,
            ids = std::move(ids)](UniqueFunction<void(Result<bool>)> completion) mutable {
        std::uint64_t const handle =
            subscribe ? subscriber->subscribe(std::move(ids), std::move(completion))
                      : subscriber->unsubscribe(std::move(ids), std::move(completion));
        return canceller(subscriber, handle);
    };
}

Operation<PubSubMessage> take_next(std::shared_ptr<Subscriber> subscriber) {
    return [subscriber =
                std::move(subscriber)](UniqueFunction<void(Result<PubSubMessage>)> completion) {
        auto give = [completion = std::move(completion)](
                        Result<std::optional<PubSubMessage>> taken) mutable {
            if (taken && taken->has_value()) {
                completion(std::move(**taken));
            } else {
                completion(taken.failure());
            }
        };
        return canceller(subscriber, subscriber->next(std::nullopt, std::move(give)));
    };
}

Operation<std::optional<PubSubMessage>> take_within(std::shared_ptr<Subscriber> subscriber,
                                                    std::chrono::milliseconds timeout) {
    return [subscriber = std::move(subscriber),
            timeout](UniqueFunction<void(Result<std::optional<PubSubMessage>>)> completion) {
        return canceller(subscriber, subscriber->next(timeout, std::move(completion)));
    };
}

void close_subscriber(Subscriber& subscriber) { subscriber.close(); }

asio::any_io_executor const& executor_of(Subscriber const& subscriber) {
    return subscriber.executor();
}

}  // namespace detail

AsyncPubSub AsyncRedisCluster::pubsub() { return pubsub(PubSubOptions{}); }

AsyncPubSub AsyncRedisCluster::pubsub(PubSubOptions const& options) {
    return AsyncPubSub(detail::make_subscriber(core_, options));
}

PubSub RedisCluster::pubsub() { return pubsub(PubSubOptions{}); }

PubSub RedisCluster::pubsub(PubSubOptions const& options) {
    std::shared_ptr<detail::Subscriber> subscriber;
    on_executor([&] { subscriber = detail::make_subscriber(core_, options); });
    return PubSub(environment_, std::move(subscriber));
}

// The subscriber ends on the executor, and before the environment's thread.
PubSub::~PubSub() {
    if (subscriber_) {
        environment_->block_on([this](Environment::Completion done) {
            subscriber_->close();
            subscriber_.reset();
            done();
        });
    }
}

template <class T>
T PubSub::wait_for(detail::Operation<T> operation) {
    std::optional<Result<T>> result;
    environment_->block_on([&](Environment::Completion done) {
        operation([&result, done = std::move(done)](Result<T> ended) mutable {
            result = std::move(ended);
            done();
        });
    });
    return std::move(*result).value();
}

void PubSub::change(bool subscribe, detail::SubscriptionKind kind, std::vector<std::string> names) {
    wait_for(detail::change_subscriptions(subscriber_, subscribe, kind, std::move(names)));
}

PubSubMessage PubSub::next() { return wait_for(detail::take_next(subscriber_)); }

std::optional<PubSubMessage> PubSub::get_message(std::chrono::milliseconds timeout) {
    return wait_for(detail::take_within(subscriber_, timeout));
}

void PubSub::close() {
    environment_->block_on([this](Environment::Completion done) {
        subscriber_->close();
        done();
    });
}

}  // namespace keyslot
