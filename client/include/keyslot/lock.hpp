#pragma once

#include <keyslot/detail/initiate.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace keyslot {

/// Trivially destructible, like CallOptions.
struct LockOptions {
    /// The lock ends by itself after so long; nullopt: never, not even when its owner is gone. At least 1 ms.
    std::optional<std::chrono::milliseconds> timeout = std::nullopt;
    std::chrono::milliseconds sleep{100};  ///< between two attempts: half of it to all of it
    bool blocking = true;  ///< acquire() waits until the lock is free
    /// No longer than so; nullopt: for ever.
    std::optional<std::chrono::milliseconds> blocking_timeout = std::nullopt;
};
static_assert(std::is_trivially_destructible_v<LockOptions>);

struct ExtendOptions {
    bool replace_ttl =
        false;  ///< the time counts from now on, instead of being added to what is left
};

namespace detail {

class LockState;

std::shared_ptr<LockState> make_lock(std::shared_ptr<ClusterCore> core, std::string_view name,
                                     LockOptions const& options);
ClusterCore& core_of(LockState const& lock);
Operation<bool> acquire(std::shared_ptr<LockState> lock);
Operation<bool> release(std::shared_ptr<LockState> lock);
Operation<bool> extend(std::shared_ptr<LockState> lock, std::chrono::milliseconds time,
                       bool replace_ttl);
Operation<bool> is_locked(std::shared_ptr<LockState> lock);
Operation<bool> is_owned(std::shared_ptr<LockState> lock);
std::optional<long long> fencing_number(LockState const& lock);
std::chrono::milliseconds timeout_of(LockState const& lock);

}  // namespace detail

/// A lock that programs share: the key `name` holds a random token of whoever has it.
///
///     auto lock = redis.lock("report", {.timeout = 30s, .blocking_timeout = 5s});
///     if (co_await lock.acquire()) {
///         co_await store(report, lock.fencing_number());   // the store refuses a number below its last one
///         co_await lock.release();
///     }
///
/// What it promises, and what not: while no master is lost, one owner at a time until the timeout. A
/// failover can lose the key (replication is asynchronous), and an owner can be held up past its timeout:
/// where that must do no harm, hand the fencing number to whatever the lock protects. It grows with every
/// grant (in a key of its own beside `name`, in the same slot, which stays).
///
/// One operation at a time, on the client's executor; the client must outlive it. The destructor releases
/// nothing. Errors: those of a call, and LockError (ErrorCode::lock) and LockNotOwnedError
/// (ErrorCode::lock_not_owned) as told below.
class AsyncLock {
public:
    /// Gives whether the lock is had: at once, or as soon as it is free, or false after blocking_timeout.
    /// When the answer to an attempt is lost, the next attempt finds out whether it was granted; when there
    /// is none, it is taken back, and if even that gets no answer the error's outcome is `unknown`: the lock
    /// may be held by nobody until its timeout. Cancelling ends the waiting and takes back what was asked.
    template <class Token = asio::use_awaitable_t<>>
    auto acquire(Token&& token = {}) {
        return start(detail::acquire(lock_), std::forward<Token>(token));
    }
    /// Gives the lock up. LockError: it was not had. LockNotOwnedError: it has expired meanwhile, and may be
    /// another's, which is left alone. After any other error with outcome `unknown` it may still be held.
    template <class Token = asio::use_awaitable_t<>>
    auto release(Token&& token = {}) {
        return start(detail::release(lock_), std::forward<Token>(token));
    }
    /// Makes it last longer. LockError: it was not had, or has no timeout. LockNotOwnedError as above.
    template <class Token = asio::use_awaitable_t<>>
    auto extend(std::chrono::milliseconds additional_time, Token&& token = {}) {
        return extend(additional_time, ExtendOptions{}, std::forward<Token>(token));
    }
    template <class Token = asio::use_awaitable_t<>>
    auto extend(std::chrono::milliseconds additional_time, ExtendOptions options,
                Token&& token = {}) {
        return start(detail::extend(lock_, additional_time, options.replace_ttl),
                     std::forward<Token>(token));
    }
    /// Makes it last for its whole timeout again, from now on. Errors as of extend().
    template <class Token = asio::use_awaitable_t<>>
    auto reacquire(Token&& token = {}) {
        return start(detail::extend(lock_, detail::timeout_of(*lock_), true),
                     std::forward<Token>(token));
    }
    /// Gives whether anybody has it.
    template <class Token = asio::use_awaitable_t<>>
    auto locked(Token&& token = {}) {
        return start(detail::is_locked(lock_), std::forward<Token>(token));
    }
    /// Gives whether this object has it, as the server sees it.
    template <class Token = asio::use_awaitable_t<>>
    auto owned(Token&& token = {}) {
        return start(detail::is_owned(lock_), std::forward<Token>(token));
    }
    /// That of the last acquire() that succeeded; nullopt when the lock is not had.
    std::optional<long long> fencing_number() const { return detail::fencing_number(*lock_); }

private:
    friend class AsyncRedisCluster;
    explicit AsyncLock(std::shared_ptr<detail::LockState> lock) : lock_(std::move(lock)) {}

    template <class Token>
    auto start(detail::Operation<bool> operation, Token&& token) {
        return detail::initiate_operation<bool>(detail::executor_of(detail::core_of(*lock_)),
                                                std::move(operation), std::forward<Token>(token));
    }

    std::shared_ptr<detail::LockState> lock_;
};

/// The same for the blocking client, which must outlive it. One thread at a time.
class Lock {
public:
    bool acquire();
    void release();
    void extend(std::chrono::milliseconds additional_time, ExtendOptions options = {});
    void reacquire();
    bool locked() const;
    bool owned() const;
    std::optional<long long> fencing_number() const { return detail::fencing_number(*lock_); }

private:
    friend class RedisCluster;
    explicit Lock(std::shared_ptr<detail::LockState> lock) : lock_(std::move(lock)) {}

    std::shared_ptr<detail::LockState> lock_;
};

}  // namespace keyslot
