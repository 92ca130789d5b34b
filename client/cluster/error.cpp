#include <keyslot/detail/decode.hpp>
#include <keyslot/error.hpp>

namespace keyslot {

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::not_executed: return "not executed";
        case Outcome::executed: return "executed";
        case Outcome::unknown: return "outcome unknown";
    }
    return "?";
}

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::timeout: return "timeout";
        case ErrorCode::cancelled: return "cancelled";
        case ErrorCode::closed: return "closed";
        case ErrorCode::connection: return "connection";
        case ErrorCode::cluster_unreachable: return "cluster unreachable";
        case ErrorCode::cluster_down: return "cluster down";
        case ErrorCode::slot_not_covered: return "slot not covered";
        case ErrorCode::too_many_redirects: return "too many redirects";
        case ErrorCode::try_again: return "try again";
        case ErrorCode::cross_slot: return "cross slot";
        case ErrorCode::queue_full: return "queue full";
        case ErrorCode::response: return "response";
        case ErrorCode::authentication: return "authentication";
        case ErrorCode::protocol: return "protocol";
        case ErrorCode::invalid_argument: return "invalid argument";
    }
    return "?";
}

std::string Failure::to_string() const {
    std::string text = message;
    text += " [";
    text += keyslot::to_string(code);
    text += ", ";
    text += keyslot::to_string(outcome);
    if (!node.empty()) {
        text += ", node " + node;
    }
    text += ']';
    for (std::string const& hop : hops) {
        text += " <- " + hop;
    }
    return text;
}

namespace {

/// Calls `with` with an exception of the type that belongs to the failure.
template <class With>
auto with_exception(std::shared_ptr<Failure const> failure, With with) {
    switch (failure->code) {
        case ErrorCode::timeout: return with(TimeoutError(std::move(failure)));
        case ErrorCode::connection:
        case ErrorCode::cluster_unreachable: return with(ConnectionError(std::move(failure)));
        case ErrorCode::cluster_down: return with(ClusterDownError(std::move(failure)));
        case ErrorCode::slot_not_covered: return with(SlotNotCoveredError(std::move(failure)));
        case ErrorCode::too_many_redirects: return with(ClusterError(std::move(failure)));
        case ErrorCode::try_again: return with(TryAgainError(std::move(failure)));
        case ErrorCode::cross_slot: return with(ClusterCrossSlotError(std::move(failure)));
        case ErrorCode::response: return with(ResponseError(std::move(failure)));
        case ErrorCode::authentication: return with(AuthenticationError(std::move(failure)));
        case ErrorCode::cancelled:
        case ErrorCode::closed:
        case ErrorCode::queue_full:
        case ErrorCode::protocol:
        case ErrorCode::invalid_argument: break;
    }
    return with(Error(std::move(failure)));
}

}  // namespace

void throw_error(std::shared_ptr<Failure const> failure) {
    std::rethrow_exception(make_error(std::move(failure)));
}

std::exception_ptr make_error(std::shared_ptr<Failure const> failure) {
    return with_exception(std::move(failure),
                          [](auto const& exception) { return std::make_exception_ptr(exception); });
}

namespace detail {

std::shared_ptr<Failure const> unexpected_reply(ReplyView reply, std::string_view expected) {
    return std::make_shared<Failure const>(
        Failure{.code = ErrorCode::protocol,
                .outcome = Outcome::executed,
                .message = "expected " + std::string(expected) + ", got " +
                           std::string(keyslot::to_string(reply.type()))});
}

}  // namespace detail
}  // namespace keyslot
