#include <keyslot/lock.hpp>

#include "client/cluster/core.hpp"
#include "client/protocol/hash_slot.hpp"
#include "client/routing/lock_machine.hpp"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace keyslot::detail {

namespace {

// KEYS: the lock, its fencing number. ARGV: token, milliseconds or "" for ever.
constexpr std::string_view acquire_script = R"(
local owner = redis.call('GET', KEYS[1])
if owner == ARGV[1] then return tonumber(redis.call('GET', KEYS[2])) end
if owner then return false end
if ARGV[2] == '' then redis.call('SET', KEYS[1], ARGV[1], 'NX')
else redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) end
return redis.call('INCR', KEYS[2]))";

constexpr std::string_view release_script = R"(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1]))";

// ARGV: token, milliseconds, "1" to count them from now on.
constexpr std::string_view extend_script = R"(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local left = redis.call('PTTL', KEYS[1])
if left < 0 then return 0 end
local time = tonumber(ARGV[2])
if ARGV[3] ~= '1' then time = time + left end
return redis.call('PEXPIRE', KEYS[1], time))";

// A key in the slot of `name`: with its hash tag, or with itself as one, or with a number that leads there.
std::string fence_key_of(std::string_view name) {
    std::uint16_t const slot = protocol::hash_slot(name);
    auto const with_tag = [name](std::string_view tag) {
        std::string key;
        if (!tag.empty()) {
            key += '{';
            key += tag;
            key += "}:";
        }
        key += name;
        key += ":fence";
        return key;
    };
    std::string key = with_tag({});
    if (protocol::hash_slot(key) == slot) {
        return key;
    }
    key = with_tag(name);
    for (int n = 0; protocol::hash_slot(key) != slot; ++n) {
        key = with_tag(std::to_string(n));
    }
    return key;
}

std::shared_ptr<Failure const> failure(ErrorCode code, std::string_view message) {
    return std::make_shared<Failure const>(Failure{.code = code, .message = std::string(message)});
}

// What the next attempt may find different.
bool is_passing(ErrorCode code) {
    switch (code) {
        case ErrorCode::timeout:
        case ErrorCode::connection:
        case ErrorCode::cluster_unreachable:
        case ErrorCode::cluster_down:
        case ErrorCode::slot_not_covered:
        case ErrorCode::too_many_redirects:
        case ErrorCode::try_again:
        case ErrorCode::queue_full: return true;
        default: return false;
    }
}

routing::Outcome outcome_of(Failure const& failure) {
    return failure.outcome == Outcome::not_executed ? routing::Outcome::not_executed
           : failure.outcome == Outcome::executed   ? routing::Outcome::executed
                                                    : routing::Outcome::unknown;
}

}  // namespace

class LockState {
public:
    LockState(std::shared_ptr<ClusterCore> of, std::string_view lock, LockOptions const& how)
        : core(std::move(of)), name(lock), fence_key(fence_key_of(lock)), options(how) {}

    std::shared_ptr<ClusterCore> const core;
    std::string const name;
    std::string const fence_key;
    LockOptions const options;
    std::string token;  // empty: not had
    std::optional<long long> fence;

    /// On the executor. `arguments` behind the token; with the fencing number's key if there are keys two.
    std::uint64_t run(std::string_view script, std::string_view with_token, bool with_fence,
                      std::span<std::string_view const> arguments, CallOptions const& how,
                      UniqueFunction<void(CallResult&)> done) {
        std::string const sha = core->register_script(script);
        std::vector<std::string_view> words{"EVALSHA", sha, with_fence ? "2" : "1", name};
        if (with_fence) {
            words.push_back(fence_key);
        }
        words.push_back(with_token);
        words.insert(words.end(), arguments.begin(), arguments.end());
        return prepare(core, nullptr, words, {.options = how}).submit(std::move(done));
    }
    void forget() {
        token.clear();
        fence.reset();
    }
};

std::shared_ptr<LockState> make_lock(std::shared_ptr<ClusterCore> core, std::string_view name,
                                     LockOptions const& options) {
    return std::make_shared<LockState>(std::move(core), name, options);
}

ClusterCore& core_of(LockState const& lock) { return *lock.core; }

std::optional<long long> fencing_number(LockState const& lock) { return lock.fence; }

std::chrono::milliseconds timeout_of(LockState const& lock) {
    return lock.options.timeout.value_or(std::chrono::milliseconds{0});
}

namespace {

using Done = UniqueFunction<void(Result<bool>)>;

Operation<bool> fail_at_once(std::shared_ptr<LockState> lock, std::shared_ptr<Failure const> why) {
    return [lock = std::move(lock), why = std::move(why)](Done done) {
        lock->core->environment().post([why, done = std::move(done)]() mutable { done(why); });
        return UniqueFunction<void()>([] {});
    };
}

/// One acquire(): carries out what the machine wishes.
class Acquisition : public std::enable_shared_from_this<Acquisition> {
public:
    Acquisition(std::shared_ptr<LockState> lock, Done done)
        : lock_(std::move(lock)),
          core_(*lock_->core),
          terms_{.expiry = lock_->options.timeout,
                 .pause = lock_->options.sleep,
                 .is_blocking = lock_->options.blocking,
                 .give_up_at = lock_->options.blocking_timeout
                                   ? core_.now() + *lock_->options.blocking_timeout
                                   : Instant::max()},
          machine_(terms_),
          token_(random_token()),
          done_(std::move(done)) {}

    void step(routing::LockMachine::Event const& event) {
        using Machine = routing::LockMachine;
        auto const wish = machine_.step(event, core_.now(), core_.environment().random());
        if (std::holds_alternative<Machine::Try>(wish)) {
            attempt();
        } else if (auto const* sleep = std::get_if<Machine::Sleep>(&wish)) {
            wake_ = core_.at(sleep->until, [self = shared_from_this()] {
                self->wake_ = 0;
                self->step(Machine::Woken{});
            });
        } else if (std::holds_alternative<Machine::Release>(wish)) {
            take_back();
        } else if (std::holds_alternative<Machine::Acquired>(wish)) {
            lock_->token = token_;
            lock_->fence = fence_;
            done_(true);
        } else if (std::holds_alternative<Machine::NotAcquired>(wish)) {
            done_(false);
        } else {
            Failure told = *failure_;
            told.outcome = std::get<Machine::Fail>(wish).outcome == routing::Outcome::unknown
                               ? Outcome::unknown
                               : Outcome::not_executed;
            done_(std::make_shared<Failure const>(std::move(told)));
        }
    }

    void cancel() {
        if (std::exchange(cancelled_, true)) {
            return;
        }
        if (wake_ != 0) {
            core_.forget_wake(std::exchange(wake_, 0));
            failure_ = failure(ErrorCode::cancelled, "the call was cancelled");
            core_.environment().post(
                [self = shared_from_this()] { self->step(routing::LockMachine::Cancelled{}); });
        } else {
            core_.cancel(call_);
        }
    }

private:
    std::string random_token() const {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string token;
        for (int word = 0; word < 2; ++word) {
            std::uint64_t bits = core_.environment().random();
            for (int digit = 0; digit < 16; ++digit, bits >>= 4) {
                token += digits[bits & 15u];
            }
        }
        return token;
    }

    // An attempt lasts no longer than the waiting for the lock.
    Duration attempt_timeout() const {
        Duration const usual = core_.options().call_timeout;
        bool const is_limited = terms_.is_blocking && terms_.give_up_at > core_.now();
        return is_limited ? std::min(usual, terms_.give_up_at - core_.now()) : usual;
    }

    void attempt() {
        asked_at_ = core_.now();
        std::string const expiry =
            lock_->options.timeout ? std::to_string(lock_->options.timeout->count()) : "";
        std::array<std::string_view, 1> const arguments{expiry};
        call_ = lock_->run(
            acquire_script, token_, true, arguments,
            {.timeout = std::chrono::ceil<std::chrono::milliseconds>(attempt_timeout())},
            [self = shared_from_this()](CallResult& result) { self->attempted(result); });
    }

    void attempted(CallResult const& result) {
        Result<std::optional<long long>> const fence = decode<std::optional<long long>>(result);
        call_ = 0;
        if (!fence) {
            failure_ = fence.failure();
            step(routing::LockMachine::Failed{
                .outcome = outcome_of(fence.error()),
                .is_passing = !cancelled_ && is_passing(fence.error().code)});
        } else if (*fence) {
            fence_ = **fence;
            step(routing::LockMachine::Granted{asked_at_});
        } else {
            step(routing::LockMachine::Taken{});
        }
    }

    // Who has cancelled does not wait for the answer.
    void take_back() {
        auto const self = shared_from_this();
        lock_->run(release_script, token_, false, {}, {.repeatable = true},
                   [self, told = cancelled_](CallResult& result) {
                       if (told) {
                           return;
                       }
                       if (result.failure) {
                           self->step(routing::LockMachine::NotReleased{});
                       } else {
                           self->step(routing::LockMachine::Released{});
                       }
                   });
        if (cancelled_) {
            step(routing::LockMachine::NotReleased{});
        }
    }

    std::shared_ptr<LockState> lock_;
    ClusterCore& core_;
    routing::LockTerms terms_;
    routing::LockMachine machine_;
    std::string token_;
    Done done_;
    std::shared_ptr<Failure const> failure_;
    Instant asked_at_{};
    long long fence_ = 0;
    std::uint64_t call_ = 0;  // under way
    std::uint64_t wake_ = 0;
    bool cancelled_ = false;
};

/// Runs a script that compares the token: 0 means that it does not have the lock any more.
Operation<bool> run_as_owner(std::shared_ptr<LockState> lock, std::string_view script,
                             std::vector<std::string> arguments, bool gives_up) {
    return [lock = std::move(lock), script, arguments = std::move(arguments), gives_up](Done done) {
        std::vector<std::string_view> const words(arguments.begin(), arguments.end());
        std::uint64_t const handle =
            lock->run(script, lock->token, false, words, {},
                      [lock, gives_up, done = std::move(done)](CallResult& result) mutable {
                          Result<bool> const had = decode<bool>(result);
                          if (!had) {
                              done(had.failure());
                              return;
                          }
                          if (gives_up || !*had) {
                              lock->forget();
                          }
                          if (*had) {
                              done(true);
                          } else {
                              done(failure(ErrorCode::lock_not_owned,
                                           "the lock has expired, or is another's by now"));
                          }
                      });
        return UniqueFunction<void()>([core = lock->core, handle] { core->cancel(handle); });
    };
}

/// Whether `test` is true of what the lock's key holds.
Operation<bool> look(std::shared_ptr<LockState> lock,
                     bool (*test)(LockState const&, std::optional<std::string> const&)) {
    return [lock = std::move(lock), test](Done done) {
        std::array<std::string_view, 2> const words{"GET", lock->name};
        std::uint64_t const handle =
            prepare(lock->core, nullptr, words, {.options = {.read_from_replicas = false}})
                .submit([lock, test, done = std::move(done)](CallResult& result) mutable {
                    auto const token = decode<std::optional<std::string>>(result);
                    if (token) {
                        done(test(*lock, *token));
                    } else {
                        done(token.failure());
                    }
                });
        return UniqueFunction<void()>([core = lock->core, handle] { core->cancel(handle); });
    };
}

}  // namespace

Operation<bool> acquire(std::shared_ptr<LockState> lock) {
    LockOptions const& options = lock->options;
    if (options.timeout && options.timeout->count() <= 0) {
        return fail_at_once(lock, failure(ErrorCode::invalid_argument,
                                          "a lock's timeout is a millisecond at least"));
    }
    return [lock = std::move(lock)](Done done) {
        auto const acquisition = std::make_shared<Acquisition>(lock, std::move(done));
        acquisition->step(routing::LockMachine::Start{});
        return UniqueFunction<void()>([weak = std::weak_ptr<Acquisition>(acquisition)] {
            if (auto const alive = weak.lock()) {
                alive->cancel();
            }
        });
    };
}

Operation<bool> release(std::shared_ptr<LockState> lock) {
    if (lock->token.empty()) {
        return fail_at_once(std::move(lock),
                            failure(ErrorCode::lock, "a lock that is not had cannot be released"));
    }
    return run_as_owner(std::move(lock), release_script, {}, true);
}

Operation<bool> extend(std::shared_ptr<LockState> lock, std::chrono::milliseconds time,
                       bool replace_ttl) {
    if (lock->token.empty()) {
        return fail_at_once(std::move(lock),
                            failure(ErrorCode::lock, "a lock that is not had cannot be extended"));
    }
    if (!lock->options.timeout) {
        return fail_at_once(std::move(lock),
                            failure(ErrorCode::lock, "a lock without a timeout lasts for ever"));
    }
    return run_as_owner(std::move(lock), extend_script,
                        {std::to_string(time.count()), replace_ttl ? "1" : "0"}, false);
}

Operation<bool> is_locked(std::shared_ptr<LockState> lock) {
    return look(std::move(lock), [](LockState const&, std::optional<std::string> const& token) {
        return token.has_value();
    });
}

Operation<bool> is_owned(std::shared_ptr<LockState> lock) {
    return look(std::move(lock), [](LockState const& of, std::optional<std::string> const& token) {
        return token.has_value() && *token == of.token;
    });
}

}  // namespace keyslot::detail

namespace keyslot {

namespace {

bool wait(detail::LockState const& lock, detail::Operation<bool> operation) {
    return detail::wait_for<bool>(detail::core_of(lock).environment(), std::move(operation))
        .value();
}

}  // namespace

bool Lock::acquire() { return wait(*lock_, detail::acquire(lock_)); }
void Lock::release() { wait(*lock_, detail::release(lock_)); }
void Lock::extend(std::chrono::milliseconds additional_time, ExtendOptions options) {
    wait(*lock_, detail::extend(lock_, additional_time, options.replace_ttl));
}
void Lock::reacquire() { wait(*lock_, detail::extend(lock_, detail::timeout_of(*lock_), true)); }
bool Lock::locked() const { return wait(*lock_, detail::is_locked(lock_)); }
bool Lock::owned() const { return wait(*lock_, detail::is_owned(lock_)); }

}  // namespace keyslot
