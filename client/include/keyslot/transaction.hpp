#pragma once

#include <keyslot/pipeline.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

namespace detail {

class WatchedKeys;

std::shared_ptr<WatchedKeys> make_watched_keys(std::shared_ptr<ClusterCore> core);
std::shared_ptr<ClusterCore> const& core_of(WatchedKeys const& watched);
PreparedCall prepare_watch(std::shared_ptr<WatchedKeys> const& watched,
                           std::span<std::string_view const> keys, CallOptions const& options);
PreparedCall prepare_on_watched(std::shared_ptr<WatchedKeys> const& watched,
                                protocol::CommandInfo const* info,
                                std::span<std::string_view const> words,
                                CallOptions const& options);
Operation<bool> unwatch(std::shared_ptr<WatchedKeys> const& watched);
Operation<PipelineReplies> execute_watched(std::shared_ptr<WatchedKeys> const& watched,
                                           PipelineBatch batch, PipelineOptions const& options);

}  // namespace detail

/// The commands that a transaction will run, in the order they were added.
class TransactionQueue : public detail::PipelineBase<TransactionQueue> {
    friend class AsyncTransaction;
    friend class Transaction;
    detail::PipelineBatch take() { return std::exchange(batch_, {}); }
};

/// An optimistic transaction (WATCH, MULTI, EXEC) on keys of one slot:
///
///     auto tx = redis.transaction();
///     co_await tx.watch(keyslot::args("{u}balance"));
///     auto balance = co_await tx.get("{u}balance");         // at once, on the same connection
///     tx.multi().set("{u}balance", "7").incr("{u}changes");
///     auto replies = co_await tx.execute();                  // WatchError: a watched key has changed
///
/// The first watch() takes a connection to the slot's owner for this transaction alone; execute() and
/// unwatch() give it back, and the destructor closes it. Commands before multi() run on it at once. When
/// the slot is not served there any more, or the connection is lost, what has been read is worth nothing:
/// everything that follows fails with ErrorCode::watch, and begins anew with another transaction. EXEC is
/// never sent twice: a connection lost behind it gives Outcome::unknown.
///
/// Without watch() the commands run as those of a pipeline with `transaction`. One executor, as for the
/// client, which must outlive it.
class AsyncTransaction : public Commands<AsyncTransaction> {
public:
    AsyncTransaction(AsyncTransaction&&) = default;
    AsyncTransaction& operator=(AsyncTransaction&&) = default;

    /// Watches the keys, all in the slot of those watched before.
    template <class Token = asio::use_awaitable_t<>>
    decltype(auto) watch(std::span<std::string_view const> keys, Token&& token = {}) {
        return detail::initiate<bool>(detail::prepare_watch(watched_, keys, options_),
                                      std::forward<Token>(token));
    }
    /// Forgets the watched keys and gives the connection back.
    template <class Token = asio::use_awaitable_t<>>
    auto unwatch(Token&& token = {}) {
        return detail::initiate_operation<bool>(detail::executor_of(*detail::core_of(*watched_)),
                                                detail::unwatch(watched_),
                                                std::forward<Token>(token));
    }
    /// What execute() will run. The reference holds as long as the transaction.
    TransactionQueue& multi() { return queue_; }
    /// Forgets what multi() has gathered; the keys stay watched.
    void discard() { queue_.reset(); }
    /// Runs what multi() has gathered, all or nothing. Completes with the reply to each command.
    /// Errors: watch (nothing ran; try again from the beginning), those of a call for the whole, and with
    /// raise_on_error the first error of a command inside EXEC (the other commands have run).
    template <class Token = asio::use_awaitable_t<>>
    auto execute(PipelineOptions options = {}, Token&& token = {}) {
        return detail::initiate_operation<detail::PipelineReplies>(
            detail::executor_of(*detail::core_of(*watched_)),
            detail::execute_watched(watched_, queue_.take(), options), std::forward<Token>(token));
    }

    template <class T, class Token = asio::use_awaitable_t<>>
    decltype(auto) issue_command(protocol::CommandInfo const& info,
                                 detail::ArgumentList const& words, Token&& token = {}) {
        return detail::initiate<T>(
            detail::prepare_on_watched(watched_, &info, words.words(), options_),
            std::forward<Token>(token));
    }
    template <class Token = asio::use_awaitable_t<>>
    decltype(auto) issue_words(std::span<std::string_view const> words, Token&& token = {}) {
        return detail::initiate<Reply>(
            detail::prepare_on_watched(watched_, nullptr, words, options_),
            std::forward<Token>(token));
    }

private:
    friend class AsyncRedisCluster;
    AsyncTransaction(std::shared_ptr<detail::ClusterCore> core, CallOptions options)
        : watched_(detail::make_watched_keys(std::move(core))), options_(options) {}

    std::shared_ptr<detail::WatchedKeys> watched_;
    CallOptions options_;
    TransactionQueue queue_;
};

/// The same for the blocking client, which must outlive it. One thread at a time.
class Transaction : public Commands<Transaction> {
public:
    Transaction(Transaction&&) = default;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    void watch(std::span<std::string_view const> keys);
    void watch(std::initializer_list<std::string_view> keys) {
        watch(std::span(keys.begin(), keys.size()));
    }
    void unwatch();
    TransactionQueue& multi() { return queue_; }
    void discard() { queue_.reset(); }
    /// Throws WatchError when nothing ran because a watched key or its slot has changed.
    std::vector<Result<Reply>> execute(PipelineOptions options = {});

    template <class T, class... Token>
    auto issue_command(protocol::CommandInfo const& info, detail::ArgumentList const& words,
                       Token&&... token) {
        return wait_for_command<T>(&info, words.words(), token...);
    }
    template <class... Token>
    auto issue_words(std::span<std::string_view const> words, Token&&... token) {
        return wait_for_command<Reply>(nullptr, words, token...);
    }

private:
    friend class RedisCluster;
    Transaction(std::shared_ptr<detail::ClusterCore> core, CallOptions options);

    template <class T>
    Result<T> wait_for_command(protocol::CommandInfo const* info,
                               std::span<std::string_view const> words, AsResultTag) {
        std::optional<Result<T>> result;
        run_command(info, words, [&result](detail::CallResult& done) {
            result.emplace(detail::decode<T>(done));
        });
        return std::move(*result);
    }
    template <class T>
    T wait_for_command(protocol::CommandInfo const* info, std::span<std::string_view const> words) {
        return wait_for_command<T>(info, words, as_result).value();
    }
    void run_command(protocol::CommandInfo const* info, std::span<std::string_view const> words,
                     UniqueFunction<void(detail::CallResult&)> completion);

    std::shared_ptr<detail::ClusterCore> core_;
    std::shared_ptr<detail::WatchedKeys> watched_;
    CallOptions options_;
    TransactionQueue queue_;
};

}  // namespace keyslot
