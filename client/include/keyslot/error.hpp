#pragma once

#include <boost/system/error_code.hpp>

#include <cassert>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace keyslot {

/// Whether the command of a failed call ran.
enum class Outcome : std::uint8_t {
    not_executed,  ///< certainly not, and it will not run later either: safe to call again
    executed,      ///< a server ran it and answered with an error
    unknown,       ///< it was sent and no answer came: it may have run, or may still run
};
std::string_view to_string(Outcome outcome);

enum class ErrorCode : std::uint8_t {
    timeout,  ///< the call's deadline passed, or (write, or retry_on_timeout off) that of its attempt
    cancelled,  ///< through the cancellation slot of the operation
    closed,  ///< the client was closed or destroyed
    connection,  ///< the connection broke (or could not be made) and the call may not be repeated
    cluster_unreachable,  ///< no start-up node and no known node gave a topology
    cluster_down,  ///< CLUSTERDOWN until the deadline, or until a later command of the pipeline had run
    slot_not_covered,  ///< no known node serves the slot, until the deadline
    too_many_redirects,  ///< redirections bounced beyond the limit
    try_again,  ///< TRYAGAIN until the deadline, or as cluster_down
    cross_slot,  ///< the command's keys belong to several slots
    queue_full,  ///< too many calls wait for that node
    response,  ///< an error reply that is the caller's business: WRONGTYPE, ERR, ...
    authentication,  ///< NOAUTH, WRONGPASS or NOPERM, of a command or of the connection
    protocol,  ///< the peer does not speak RESP, or answered with an unexpected type
    invalid_argument,  ///< the command or the option makes no sense as it stands
    watch,  ///< a watched key or its slot changed: the transaction did not run
    lock,  ///< the lock could not be had in time
    lock_not_owned,  ///< the lock has expired, or is another's
    pubsub,  ///< what the subscriber was asked for cannot be done
};
std::string_view to_string(ErrorCode code);

/// What went wrong, as a value.
struct Failure {
    ErrorCode code{};
    Outcome outcome = Outcome::not_executed;
    std::string message = {};  ///< in words; of an error reply: its text
    std::string node = {};  ///< "host:port" of the node that was last involved; empty: none
    /// The way there, one entry per redirection, refusal or broken attempt: "10.0.0.1:7000: MOVED 5 ...".
    std::vector<std::string> hops = {};

    std::string to_string() const;  ///< all of it in one line
};

/// Code and outcome as one value for handlers of `void(error_code, ...)`. Compare it with either:
/// `failure == ErrorCode::timeout && failure == Outcome::not_executed`. The text of the error, its node
/// and its hops do not fit in: ask for a Result (as_result) to have them.
boost::system::error_category const& error_category();
boost::system::error_code make_error_code(ErrorCode code, Outcome outcome = Outcome::not_executed);
boost::system::error_code make_error_code(Failure const& failure);
boost::system::error_condition make_error_condition(ErrorCode code);
boost::system::error_condition make_error_condition(Outcome outcome);

/// Thrown by the blocking face and by awaited calls. what() is Failure::to_string(). The derived types
/// carry redis-py's names and stand in its hierarchy; which one it is follows from the code, and of error
/// replies from their first word. Catch Error for all of them.
class Error : public std::runtime_error {
public:
    explicit Error(std::shared_ptr<Failure const> failure)
        : std::runtime_error(failure->to_string()), failure_(std::move(failure)) {}

    Failure const& failure() const noexcept { return *failure_; }
    ErrorCode code() const noexcept { return failure_->code; }
    Outcome outcome() const noexcept { return failure_->outcome; }
    std::string const& node() const noexcept { return failure_->node; }
    std::vector<std::string> const& hops() const noexcept { return failure_->hops; }

private:
    std::shared_ptr<Failure const> failure_;
};

using RedisError = Error;

/// No answer in time: of the call (ErrorCode::timeout).
struct TimeoutError : Error {
    using Error::Error;
};

/// No connection, or one that broke; also: the client is closed.
struct ConnectionError : Error {
    using Error::Error;
};
/// NOAUTH or WRONGPASS: the server does not know these credentials.
struct AuthenticationError : ConnectionError {
    using ConnectionError::ConnectionError;
};
/// The node has not read its data yet (LOADING).
struct BusyLoadingError : ConnectionError {
    using ConnectionError::ConnectionError;
};
/// A queue, or the connections to a node, have reached their limit (ErrorCode::queue_full).
struct MaxConnectionsError : ConnectionError {
    using ConnectionError::ConnectionError;
};

/// The peer does not speak RESP, or its reply is none that the command has.
struct InvalidResponse : Error {
    using Error::Error;
};
/// The caller's own mistake: an argument or option that makes no sense. Nothing was sent.
struct DataError : Error {
    using Error::Error;
};
/// A watched key was changed, or its slot has moved: the transaction did not run.
struct WatchError : Error {
    using Error::Error;
};
struct PubSubError : Error {
    using Error::Error;
};
/// The lock could not be had in time.
struct LockError : Error {
    using Error::Error;
};
/// The lock has expired, or belongs to somebody else by now.
struct LockNotOwnedError : LockError {
    using LockError::LockError;
};

/// An error reply that is the caller's concern: WRONGTYPE, ERR ...; the derived ones tell by its first word.
struct ResponseError : Error {
    using Error::Error;
};
struct NoScriptError : ResponseError {  ///< NOSCRIPT
    using ResponseError::ResponseError;
};
struct OutOfMemoryError : ResponseError {  ///< OOM
    using ResponseError::ResponseError;
};
struct ExecAbortError : ResponseError {  ///< EXECABORT
    using ResponseError::ResponseError;
};
struct ReadOnlyError : ResponseError {  ///< READONLY
    using ResponseError::ResponseError;
};
struct NoPermissionError : ResponseError {  ///< NOPERM
    using ResponseError::ResponseError;
};
/// TRYAGAIN until the deadline: the keys of the command were not together on one node.
struct TryAgainError : ResponseError {
    using ResponseError::ResponseError;
};
/// The keys of the command, or of the transaction, belong to several slots.
struct ClusterCrossSlotError : ResponseError {
    using ResponseError::ResponseError;
};
/// A redirection that was not followed, because the call was for one node only.
struct AskError : ResponseError {
    using ResponseError::ResponseError;
};
struct MovedError : AskError {
    using AskError::AskError;
};

/// The cluster as a whole could not do it: too many redirections.
struct ClusterError : Error {
    using Error::Error;
};
struct ClusterDownError : ClusterError {  ///< CLUSTERDOWN until the deadline
    using ClusterError::ClusterError;
};
struct MasterDownError : ClusterDownError {  ///< MASTERDOWN
    using ClusterDownError::ClusterDownError;
};

/// What the topology as the client knows it does not allow.
struct RedisClusterException : Error {
    using Error::Error;
};
/// No known node serves the slot; with require_full_coverage, any slot.
struct SlotNotCoveredError : RedisClusterException {
    using RedisClusterException::RedisClusterException;
};

/// Throws the type that belongs to the failure's code.
[[noreturn]] void throw_error(std::shared_ptr<Failure const> failure);
/// The same as an exception_ptr, for completion handlers.
std::exception_ptr make_error(std::shared_ptr<Failure const> failure);

/// A value or a Failure: what a call gives with the token keyslot::as_result, and what a pipeline gives
/// per command.
template <class T>
class Result {
public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    Result(std::shared_ptr<Failure const> failure)
        : content_(std::in_place_index<1>, std::move(failure)) {
        assert(std::get<1>(content_) != nullptr);
    }

    bool has_value() const noexcept { return content_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// The value; throws what throw_error() throws if there is none.
    T& value() & {
        require();
        return std::get<0>(content_);
    }
    T const& value() const& {
        require();
        return std::get<0>(content_);
    }
    T&& value() && {
        require();
        return std::get<0>(std::move(content_));
    }
    /// Undefined without a value (asserted).
    T& operator*() & { return *get(); }
    T const& operator*() const& { return *get(); }
    T* operator->() { return get(); }
    T const* operator->() const { return get(); }

    /// Undefined with a value (asserted).
    Failure const& error() const {
        assert(!has_value());
        return *std::get<1>(content_);
    }
    std::shared_ptr<Failure const> failure() const {
        return has_value() ? nullptr : std::get<1>(content_);
    }

private:
    void require() const {
        if (!has_value()) {
            throw_error(std::get<1>(content_));
        }
    }
    T* get() {
        assert(has_value());
        return std::get_if<0>(&content_);
    }
    T const* get() const {
        assert(has_value());
        return std::get_if<0>(&content_);
    }

    std::variant<T, std::shared_ptr<Failure const>> content_;
};

}  // namespace keyslot

namespace boost::system {

template <>
struct is_error_condition_enum<keyslot::ErrorCode> : std::true_type {};
template <>
struct is_error_condition_enum<keyslot::Outcome> : std::true_type {};

}  // namespace boost::system
