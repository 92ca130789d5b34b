// MULTI ... EXEC as one unit, and connections on which keys are watched.
#include "client/cluster/core.hpp"
#include "client/routing/error_reply.hpp"

namespace keyslot::detail {

namespace {

std::shared_ptr<Failure const> make(ErrorCode code, Outcome outcome, std::string message,
                                    NodeLink const& link) {
    return std::make_shared<Failure const>(Failure{
        .code = code, .outcome = outcome, .message = std::move(message), .node = link.name()});
}

}  // namespace

std::uint64_t ClusterCore::submit_on_lease(Call& call) {
    LinkLease const& lease = *call.lease;
    call.next.asking = lease.asking;
    if (!call.preset_failure && !lease.broken.empty()) {
        call.preset_failure =
            make(ErrorCode::watch, Outcome::not_executed,
                 "nothing more can be built on what was watched: " + lease.broken, *lease.link);
    }
    return submit_on(*lease.link, call);
}

// A redirection or the like on the connection where keys are watched: what was read there may be out of date
// where the command would run now, so it is not followed (client-bugs 67).
bool ClusterCore::lease_refused(Call& call, NodeLink& link, std::string_view error) {
    if (!routing::is_refusal(routing::classify_error(error, asked(link.address())).kind)) {
        return false;
    }
    call.lease->broken = error;
    ask_refresh(routing::RefreshReason::moved);
    complete(call,
             {.failure = make(
                  ErrorCode::watch, Outcome::not_executed,
                  "the watched keys are not served there any more: " + std::string(error), link)});
    return true;
}

void ClusterCore::executed(Call& call, NodeLink& link, ReplyView exec) {
    using Verdict = routing::TransactionReplies::Verdict;
    switch (call.queued.executed(exec)) {
        case Verdict::executed: answer(call, link, exec); return;
        case Verdict::watched_key_changed:
            complete(call, {.failure = make(ErrorCode::watch, Outcome::not_executed,
                                            "a watched key was changed", link)});
            return;
        case Verdict::refused:
            transaction_refused(call, link, std::string(call.queued.error()));
            return;
        case Verdict::torn:
            complete(call, {.failure = make(ErrorCode::response, Outcome::unknown,
                                            "MULTI was refused, and commands behind it may have "
                                            "run one by one: " +
                                                std::string(call.queued.error()),
                                            link)});
            return;
    }
}

// The whole unit follows a redirection or waits, like any call; never a part of it (client-bugs 68).
void ClusterCore::transaction_refused(Call& call, NodeLink& link, std::string_view error) {
    Reply const reply = Reply::error(error);
    if (refused(call, link, reply)) {
        return;
    }
    Failure failure = failure_of_error(error);
    failure.outcome = Outcome::not_executed;
    failure.node = link.name();
    failure.hops = call.hops;
    complete(call, {.failure = std::make_shared<Failure const>(std::move(failure))});
}

}  // namespace keyslot::detail
