#pragma once

#include <keyslot/detail/initiate.hpp>
#include <keyslot/environment.hpp>
#include <keyslot/error.hpp>
#include <keyslot/pubsub_message.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace keyslot {

/// What happens to messages that nobody takes, when the queue is full. A gap marker with their number
/// stands where they would have been.
enum class PubSubOverflow : std::uint8_t {
    drop_oldest,
    drop_newest,
    disconnect,  ///< what is queued can still be taken; then everything fails with ErrorCode::queue_full
};

/// How a subscriber behaves. Trivially destructible, as CallOptions is.
struct PubSubOptions {
    std::size_t queue_messages_max = 100'000;
    std::size_t queue_bytes_max = 64 * 1024 * 1024;
    PubSubOverflow overflow = PubSubOverflow::drop_oldest;
    /// Leaves `subscribed` and `unsubscribed` out of the stream: subscribe() and unsubscribe() complete
    /// with the server's acknowledgement anyway. (redis-py's default is false.)
    bool ignore_subscribe_messages = true;
    /// A connection on which nothing has come for so long is asked whether it lives; one that does not
    /// answer within ClusterOptions::attempt_timeout is given up.
    std::chrono::milliseconds health_check_interval{1000};
    /// Of subscribe() and unsubscribe(); nullopt: ClusterOptions::call_timeout.
    std::optional<std::chrono::milliseconds> timeout = std::nullopt;
};
static_assert(std::is_trivially_destructible_v<PubSubOptions>);

namespace detail {

class Subscriber;
enum class SubscriptionKind : std::uint8_t { channel, pattern, shard_channel, keyspace };

std::shared_ptr<Subscriber> make_subscriber(std::shared_ptr<ClusterCore> core,
                                            PubSubOptions const& options);
void close_subscriber(Subscriber& subscriber);
asio::any_io_executor const& executor_of(Subscriber const& subscriber);

Operation<bool> change_subscriptions(std::shared_ptr<Subscriber> subscriber, bool subscribe,
                                     SubscriptionKind kind, std::vector<std::string> names);
Operation<PubSubMessage> take_next(std::shared_ptr<Subscriber> subscriber);
Operation<std::optional<PubSubMessage>> take_within(std::shared_ptr<Subscriber> subscriber,
                                                    std::chrono::milliseconds timeout);

/// One name, or several in a row.
template <class Names>
std::vector<std::string> names_of(Names const& names) {
    if constexpr (std::convertible_to<Names const&, std::string_view>) {
        return {std::string(std::string_view(names))};
    } else {
        std::vector<std::string> all;
        for (auto const& name : names) {
            all.emplace_back(std::string_view(name));
        }
        return all;
    }
}

}  // namespace detail

/// Channels, patterns, shard channels and keyspace events of the whole cluster behind one stream of
/// messages. Made by AsyncRedisCluster::pubsub(), which it may outlive: then it is closed.
///
/// Channels and patterns are spread over the primaries; a shard channel is at its slot's primary. A
/// connection that ends, a failover, a slot that moves, a node that leaves: whatever was subscribed is
/// subscribed again where it belongs now, by itself, with back-off and jitter, and a `gap` marker stands in
/// the stream, before the first new message, wherever messages may have been missed. No message comes
/// twice for one subscription. Nobody need call next() for this to happen; what is not taken is queued
/// within the bounds of PubSubOptions.
///
/// One executor, as the client itself. Operations complete exactly once, on it, never inside the function
/// that starts them; they take any completion token and keyslot::as_result. Names are copied at once.
class AsyncPubSub {
public:
    AsyncPubSub(AsyncPubSub&&) noexcept = default;
    AsyncPubSub& operator=(AsyncPubSub&& other) noexcept {
        std::swap(subscriber_, other.subscriber_);
        return *this;
    }
    ~AsyncPubSub() { close(); }

    /// Subscribes to a channel (a string) or channels (a range of them: `args("a", "b")`). Completes with
    /// true when the servers have acknowledged every one of them, or at once if they are live already.
    /// Fails with ErrorCode::timeout, which names those that are not, with the server's error (NOPERM), or
    /// with ErrorCode::cancelled when unsubscribe() gives one up before. After a time-out or a cancellation they stay wanted, and are subscribed as soon as that can be;
    /// unsubscribe() gives them up. One that the server refuses is not wanted any more.
    template <class Names, class Token = asio::use_awaitable_t<>>
    auto subscribe(Names const& channels, Token&& token = {}) {
        return change<detail::SubscriptionKind::channel>(true, channels,
                                                         std::forward<Token>(token));
    }
    /// The same for patterns (`news.*`).
    template <class Names, class Token = asio::use_awaitable_t<>>
    auto psubscribe(Names const& patterns, Token&& token = {}) {
        return change<detail::SubscriptionKind::pattern>(true, patterns,
                                                         std::forward<Token>(token));
    }
    /// The same for shard channels, of any slots.
    template <class Names, class Token = asio::use_awaitable_t<>>
    auto ssubscribe(Names const& channels, Token&& token = {}) {
        return change<detail::SubscriptionKind::shard_channel>(true, channels,
                                                               std::forward<Token>(token));
    }
    /// The same for a pattern at every primary, now and as primaries come and go: what a node tells of
    /// its own keys only, `__keyspace@0__:user:*` (the servers' notify-keyspace-events must ask for it).
    /// The events come as `pmessage`. While a replica takes over, an event may come twice: replicas tell
    /// of replicated writes, too.
    template <class Names, class Token = asio::use_awaitable_t<>>
    auto keyspace_events(Names const& patterns, Token&& token = {}) {
        return change<detail::SubscriptionKind::keyspace>(true, patterns,
                                                          std::forward<Token>(token));
    }

    /// Gives channels up; completes with true when no server holds them any more. Their messages stop at
    /// once, but for those that are queued.
    template <class Names, class Token = asio::use_awaitable_t<>>
    auto unsubscribe(Names const& channels, Token&& token = {}) {
        return change<detail::SubscriptionKind::channel>(false, channels,
                                                         std::forward<Token>(token));
    }
    template <class Names, class Token = asio::use_awaitable_t<>>
    auto punsubscribe(Names const& patterns, Token&& token = {}) {
        return change<detail::SubscriptionKind::pattern>(false, patterns,
                                                         std::forward<Token>(token));
    }
    template <class Names, class Token = asio::use_awaitable_t<>>
    auto sunsubscribe(Names const& channels, Token&& token = {}) {
        return change<detail::SubscriptionKind::shard_channel>(false, channels,
                                                               std::forward<Token>(token));
    }
    /// Ends keyspace_events().
    template <class Names, class Token = asio::use_awaitable_t<>>
    auto no_keyspace_events(Names const& patterns, Token&& token = {}) {
        return change<detail::SubscriptionKind::keyspace>(false, patterns,
                                                          std::forward<Token>(token));
    }

    /// The next message, however long that takes. Several may wait: each gets one, in their order. A
    /// cancelled one takes nothing away. Fails with ErrorCode::closed, or queue_full (PubSubOverflow).
    template <class Token = asio::use_awaitable_t<>>
    auto next(Token&& token = {}) {
        return detail::initiate_operation<PubSubMessage>(detail::executor_of(*subscriber_),
                                                         detail::take_next(subscriber_),
                                                         std::forward<Token>(token));
    }
    /// The next message, or nullopt when none comes within that time (0: only what is there already).
    template <class Token = asio::use_awaitable_t<>>
    auto get_message(std::chrono::milliseconds timeout, Token&& token = {}) {
        return detail::initiate_operation<std::optional<PubSubMessage>>(
            detail::executor_of(*subscriber_), detail::take_within(subscriber_, timeout),
            std::forward<Token>(token));
    }

    /// Ends the connections and completes whatever is under way with ErrorCode::closed.
    void close() {
        if (subscriber_) {
            detail::close_subscriber(*subscriber_);
        }
    }

private:
    friend class AsyncRedisCluster;
    explicit AsyncPubSub(std::shared_ptr<detail::Subscriber> subscriber)
        : subscriber_(std::move(subscriber)) {}

    template <detail::SubscriptionKind kind, class Names, class Token>
    auto change(bool subscribe, Names const& names, Token&& token) {
        return detail::initiate_operation<bool>(
            detail::executor_of(*subscriber_),
            detail::change_subscriptions(subscriber_, subscribe, kind, detail::names_of(names)),
            std::forward<Token>(token));
    }

    std::shared_ptr<detail::Subscriber> subscriber_;
};

/// The same for the blocking client: any thread may call any function, several at a time. Made by
/// RedisCluster::pubsub().
class PubSub {
public:
    PubSub(PubSub&&) noexcept = default;
    PubSub& operator=(PubSub&&) = delete;
    ~PubSub();

    /// As AsyncPubSub; they return when the servers have acknowledged, and throw keyslot::Error.
    template <class Names>
    void subscribe(Names const& channels) {
        change(true, detail::SubscriptionKind::channel, detail::names_of(channels));
    }
    template <class Names>
    void psubscribe(Names const& patterns) {
        change(true, detail::SubscriptionKind::pattern, detail::names_of(patterns));
    }
    template <class Names>
    void ssubscribe(Names const& channels) {
        change(true, detail::SubscriptionKind::shard_channel, detail::names_of(channels));
    }
    template <class Names>
    void keyspace_events(Names const& patterns) {
        change(true, detail::SubscriptionKind::keyspace, detail::names_of(patterns));
    }
    template <class Names>
    void unsubscribe(Names const& channels) {
        change(false, detail::SubscriptionKind::channel, detail::names_of(channels));
    }
    template <class Names>
    void punsubscribe(Names const& patterns) {
        change(false, detail::SubscriptionKind::pattern, detail::names_of(patterns));
    }
    template <class Names>
    void sunsubscribe(Names const& channels) {
        change(false, detail::SubscriptionKind::shard_channel, detail::names_of(channels));
    }
    template <class Names>
    void no_keyspace_events(Names const& patterns) {
        change(false, detail::SubscriptionKind::keyspace, detail::names_of(patterns));
    }

    /// Waits for the next message, however long that takes; close() in another thread ends the wait with
    /// ErrorCode::closed.
    PubSubMessage next();
    /// Waits no longer than that; nullopt: none came.
    std::optional<PubSubMessage> get_message(std::chrono::milliseconds timeout);

    void close();

private:
    friend class RedisCluster;
    PubSub(std::shared_ptr<Environment> environment, std::shared_ptr<detail::Subscriber> subscriber)
        : environment_(std::move(environment)), subscriber_(std::move(subscriber)) {}

    void change(bool subscribe, detail::SubscriptionKind kind, std::vector<std::string> names);
    template <class T>
    T wait_for(detail::Operation<T> operation);

    std::shared_ptr<Environment> environment_;
    std::shared_ptr<detail::Subscriber> subscriber_;
};

}  // namespace keyslot
