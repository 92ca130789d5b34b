#pragma once

#include "simulator/runner/message_log.hpp"
#include "simulator/runner/oracle.hpp"

#include <keyslot/sim/execution_log.hpp>

#include <vector>

namespace keyslot::sim {

/// What a subscriber owes its caller, of each subscription by itself. Redis delivers a message at most
/// once, loses it where the bus is cut, a node is down or a slot is on its way, and says nothing of that
/// (facts 7.5). None of this is held against the client: it answers for what its own connections brought,
/// and for telling of the times when it had none.
///
/// A server's word that it holds a subscription begins a spell, which ends when the server says that it
/// does so no longer, or with the connection. What is read in a spell are the messages of that spell.
///
/// message-published: what is told was published by then, of that channel and that kind.
/// message-subscribed: it is told of a subscription between its `subscribed` and its `unsubscribed`, was
/// read in a spell of it, and its channel fits. `subscribed` follows the server's word, and subscribe()
/// has not succeeded without it.
/// message-once: each message that was read is told at most once; messages come in the order in which
/// they were read, and within a spell those that one node published in the order in which that node did;
/// once messages of a spell have been told, none of an earlier one is.
/// message-or-gap: every message of a spell is told, or a gap marker stands in its place; and one stands
/// between the messages of two spells, whether or not anything was missed, since nobody but the servers
/// knows that. At the end everything of a spell that is not over has been told. A gap of one subscription
/// is told only where a new spell began.
///
/// `forged`: bytes were sent to clients that no Redis wrote; then it may be told what nobody published.
void judge_messages(std::vector<SubscriberLog> const& subscribers, ExecutionLog const& executions,
                    bool forged, std::vector<Violation>& violations);

/// What subscribers promise about time, judged at `now`.
struct SubscriberPromises {
    Duration call_timeout{};
    Duration silence_max{};
};
/// settles and keeps-deadline, of the calls of subscribe() and unsubscribe(). notices-silence: no connection
/// that holds subscriptions is kept when nothing has come on it for longer than `silence_max`.
void judge_promises(std::vector<SubscriberLog> const& subscribers,
                    SubscriberPromises const& promises, Instant now,
                    std::vector<Violation>& violations);

}  // namespace keyslot::sim
