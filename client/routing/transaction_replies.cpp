#include "client/routing/transaction_replies.hpp"

namespace keyslot::routing {

void TransactionReplies::queued(ReplyView reply) {
    bool const is_multi = count_++ == 0;
    if (!reply.is_error()) {
        command_accepted_ = command_accepted_ || !is_multi;
        return;
    }
    multi_refused_ = multi_refused_ || is_multi;
    bool const is_routing = is_refusal(classify_error(reply.text(), {}).kind);
    if (error_.empty() || (is_routing && !error_is_routing_)) {
        error_ = reply.text();
        error_is_routing_ = is_routing;
    }
}

TransactionReplies::Verdict TransactionReplies::executed(ReplyView reply_to_exec) {
    if (multi_refused_ && command_accepted_) {
        return Verdict::torn;
    }
    if (reply_to_exec.is_error()) {
        if (error_.empty()) {
            error_ = reply_to_exec.text();
        }
        return Verdict::refused;
    }
    return reply_to_exec.is_null() ? Verdict::watched_key_changed : Verdict::executed;
}

}  // namespace keyslot::routing
