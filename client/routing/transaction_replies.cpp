#include "client/routing/transaction_replies.hpp"

#include <keyslot/detail/sometimes.hpp>

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
        KEYSLOT_SOMETIMES_RARELY("transaction.torn");
        return Verdict::torn;
    }
    if (reply_to_exec.is_error()) {
        KEYSLOT_SOMETIMES_IF("transaction.refused_at_exec", error_.empty());
        KEYSLOT_SOMETIMES_IF("transaction.refused_while_queued", !error_.empty());
        if (error_.empty()) {
            error_ = reply_to_exec.text();
        }
        return Verdict::refused;
    }
    KEYSLOT_SOMETIMES_IF("transaction.watched_key_changed", reply_to_exec.is_null());
    return reply_to_exec.is_null() ? Verdict::watched_key_changed : Verdict::executed;
}

}  // namespace keyslot::routing
