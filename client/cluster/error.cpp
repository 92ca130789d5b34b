#include <keyslot/detail/decode.hpp>
#include <keyslot/error.hpp>

#include <array>
#include <utility>

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
        case ErrorCode::watch: return "watch";
        case ErrorCode::lock: return "lock";
        case ErrorCode::lock_not_owned: return "lock not owned";
        case ErrorCode::pubsub: return "pubsub";
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

std::string_view first_word(Failure const& failure) {
    std::string_view const text = failure.message;
    return text.substr(0, text.find(' '));
}

template <class Exception>
std::exception_ptr exception_of(std::shared_ptr<Failure const> failure) {
    return std::make_exception_ptr(Exception(std::move(failure)));
}

using MakeException = std::exception_ptr (*)(std::shared_ptr<Failure const>);

// Of an error reply: who the first word belongs to.
MakeException response_exception(std::string_view word) {
    static constexpr std::array<std::pair<std::string_view, MakeException>, 12> types{{
        {"NOSCRIPT", exception_of<NoScriptError>},
        {"OOM", exception_of<OutOfMemoryError>},
        {"EXECABORT", exception_of<ExecAbortError>},
        {"READONLY", exception_of<ReadOnlyError>},
        {"NOPERM", exception_of<NoPermissionError>},
        {"MOVED", exception_of<MovedError>},
        {"ASK", exception_of<AskError>},
        {"TRYAGAIN", exception_of<TryAgainError>},
        {"CROSSSLOT", exception_of<ClusterCrossSlotError>},
        {"CLUSTERDOWN", exception_of<ClusterDownError>},
        {"MASTERDOWN", exception_of<MasterDownError>},
        {"LOADING", exception_of<BusyLoadingError>},
    }};
    for (auto const& [known, make] : types) {
        if (known == word) {
            return make;
        }
    }
    return exception_of<ResponseError>;
}

MakeException exception_type(Failure const& failure) {
    switch (failure.code) {
        case ErrorCode::timeout: return exception_of<TimeoutError>;
        case ErrorCode::closed:
        case ErrorCode::connection:
        case ErrorCode::cluster_unreachable: return exception_of<ConnectionError>;
        case ErrorCode::cluster_down: return exception_of<ClusterDownError>;
        case ErrorCode::slot_not_covered: return exception_of<SlotNotCoveredError>;
        case ErrorCode::too_many_redirects: return exception_of<ClusterError>;
        case ErrorCode::try_again: return exception_of<TryAgainError>;
        case ErrorCode::cross_slot: return exception_of<ClusterCrossSlotError>;
        case ErrorCode::queue_full: return exception_of<MaxConnectionsError>;
        case ErrorCode::response: return response_exception(first_word(failure));
        case ErrorCode::authentication:
            return first_word(failure) == "NOPERM" ? exception_of<NoPermissionError>
                                                   : exception_of<AuthenticationError>;
        case ErrorCode::protocol: return exception_of<InvalidResponse>;
        case ErrorCode::invalid_argument: return exception_of<DataError>;
        case ErrorCode::watch: return exception_of<WatchError>;
        case ErrorCode::lock: return exception_of<LockError>;
        case ErrorCode::lock_not_owned: return exception_of<LockNotOwnedError>;
        case ErrorCode::pubsub: return exception_of<PubSubError>;
        case ErrorCode::cancelled: break;
    }
    return exception_of<Error>;
}

// A value holds the code in its low byte, from 1 on because 0 means success, and the outcome above it.
ErrorCode code_in(int value) { return static_cast<ErrorCode>((value & 0xff) - 1); }
Outcome outcome_in(int value) { return static_cast<Outcome>(value >> 8); }

class CodeCategory : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "keyslot"; }
    std::string message(int value) const override {
        std::string text(to_string(code_in(value)));
        text += " (";
        text += to_string(outcome_in(value));
        return text += ')';
    }
    using boost::system::error_category::equivalent;
    bool equivalent(int value,
                    boost::system::error_condition const& condition) const noexcept override;
};

// Conditions ask for one half of the value.
class CodeConditions : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "keyslot error"; }
    std::string message(int value) const override { return std::string(to_string(code_in(value))); }
};
class OutcomeConditions : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "keyslot outcome"; }
    std::string message(int value) const override {
        return std::string(to_string(static_cast<Outcome>(value - 1)));
    }
};

CodeConditions const& code_conditions() {
    static CodeConditions const category;
    return category;
}
OutcomeConditions const& outcome_conditions() {
    static OutcomeConditions const category;
    return category;
}

bool CodeCategory::equivalent(int value,
                              boost::system::error_condition const& condition) const noexcept {
    return condition == make_error_condition(code_in(value)) ||
           condition == make_error_condition(outcome_in(value));
}

}  // namespace

boost::system::error_category const& error_category() {
    static CodeCategory const category;
    return category;
}

boost::system::error_code make_error_code(ErrorCode code, Outcome outcome) {
    return {static_cast<int>(code) + 1 + (static_cast<int>(outcome) << 8), error_category()};
}

boost::system::error_code make_error_code(Failure const& failure) {
    return make_error_code(failure.code, failure.outcome);
}

boost::system::error_condition make_error_condition(ErrorCode code) {
    return {static_cast<int>(code) + 1, code_conditions()};
}

boost::system::error_condition make_error_condition(Outcome outcome) {
    return {static_cast<int>(outcome) + 1, outcome_conditions()};
}

void throw_error(std::shared_ptr<Failure const> failure) {
    std::rethrow_exception(make_error(std::move(failure)));
}

std::exception_ptr make_error(std::shared_ptr<Failure const> failure) {
    MakeException const make = exception_type(*failure);
    return make(std::move(failure));
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
