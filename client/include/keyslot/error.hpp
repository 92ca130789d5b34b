#pragma once

#include <cassert>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
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
    timeout,             ///< the call's deadline passed
    cancelled,           ///< through the cancellation slot of the operation
    closed,              ///< the client was closed or destroyed
    connection,  ///< the connection broke (or could not be made) and the call may not be repeated
    cluster_unreachable,  ///< no start-up node and no known node gave a topology
    cluster_down,  ///< CLUSTERDOWN until the deadline
    slot_not_covered,  ///< no known node serves the slot, until the deadline
    too_many_redirects,  ///< redirections bounced beyond the limit
    try_again,  ///< TRYAGAIN until the deadline
    cross_slot,  ///< the command's keys belong to several slots
    queue_full,  ///< too many calls wait for that node
    response,  ///< an error reply that is the caller's business: WRONGTYPE, ERR, ...
    authentication,  ///< NOAUTH, WRONGPASS or NOPERM
    protocol,  ///< the peer does not speak RESP, or answered with an unexpected type
    invalid_argument,  ///< the command cannot be sent as it stands
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

/// Thrown by the blocking face and by awaited calls. what() is Failure::to_string(). The derived types
/// carry redis-py's names; catch Error for all of them.
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

struct TimeoutError : Error {
    using Error::Error;
};
struct ConnectionError : Error {
    using Error::Error;
};
struct ResponseError : Error {
    using Error::Error;
};
struct AuthenticationError : ResponseError {
    using ResponseError::ResponseError;
};
struct ClusterError : Error {
    using Error::Error;
};
struct ClusterDownError : ClusterError {
    using ClusterError::ClusterError;
};
struct SlotNotCoveredError : ClusterError {
    using ClusterError::ClusterError;
};
struct TryAgainError : ClusterError {
    using ClusterError::ClusterError;
};
struct ClusterCrossSlotError : ClusterError {
    using ClusterError::ClusterError;
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
