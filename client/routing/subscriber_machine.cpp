#include "client/routing/subscriber_machine.hpp"

#include "client/protocol/hash_slot.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>

namespace keyslot::routing {
namespace {

using Kind = SubscriptionId::Kind;

// What no other attempt and no other node will change.
bool is_final(std::string_view error) {
    return error.starts_with("NOPERM") || error.starts_with("ERR ");
}

PubSubMessage notice(PubSubMessage::Kind kind, SubscriptionId const& id, std::string node) {
    bool const by_pattern = id.kind == Kind::pattern || id.kind == Kind::keyspace;
    return {.kind = kind,
            .channel = by_pattern ? std::string() : id.name,
            .pattern = by_pattern ? id.name : std::string(),
            .node = std::move(node),
            .shard = id.kind == Kind::shard_channel};
}

}  // namespace

void SubscriberMachine::step(Event const& event, Instant now, std::uint64_t random,
                             topology::SlotMap const& map, std::vector<Action>& actions) {
    now_ = now;
    random_ = random;
    map_ = &map;
    actions_ = &actions;
    woken_ = std::holds_alternative<Woken>(event);
    std::visit([this](auto const& what) { on(what); }, event);
    say_planned();
    map_ = nullptr;
    actions_ = nullptr;
}

void SubscriberMachine::on(Want const& event) {
    for (SubscriptionId const& id : event.ids) {
        if (leaving_.erase(id) != 0) {
            actions_->emplace_back(Left{id});  // overtaken
        }
        auto const [found, is_new] = subscriptions_.try_emplace(id);
        if (is_new) {
            if (id.kind == Kind::shard_channel) {
                found->second.slot = protocol::hash_slot(id.name);
            }
            reconcile(id);
        } else if (is_settled(id)) {
            actions_->emplace_back(Settled{id});
        }
    }
}

void SubscriberMachine::on(Unwant const& event) {
    for (SubscriptionId const& id : event.ids) {
        auto const found = subscriptions_.find(id);
        if (found == subscriptions_.end()) {
            if (!leaving_.contains(id)) {
                actions_->emplace_back(Left{id});
            }
            continue;
        }
        if (found->second.was_settled) {
            actions_->emplace_back(Deliver{notice(PubSubMessage::Kind::unsubscribed, id, {})});
        }
        forget(id);
        leaving_.insert(id);
        reconcile(id);
    }
    retire_unused();
}

void SubscriberMachine::on(Connected const& event) {
    auto const found = connections_.find(event.connection);
    if (found == connections_.end() || found->second.state != Connection::State::opening) {
        return;
    }
    Connection& connection = found->second;
    connection.state = Connection::State::ready;
    connection.last_heard = now_;
    troubles_.erase(connection.to);
    for (SubscriptionId const& id : std::set(connection.members)) {
        reconcile(id);
    }
}

void SubscriberMachine::on(Ended const& event) {
    auto const found = connections_.find(event.connection);
    if (found == connections_.end() || found->second.state == Connection::State::resting) {
        return;
    }
    Connection const gone = std::move(found->second);
    connections_.erase(found);
    connection_at_.erase({gone.to, gone.keyspace});
    Trouble& trouble = troubles_[gone.to];
    ++trouble.failures;
    trouble.rest_until = now_ + pause(trouble.failures);
    trouble.avoid_until = now_ + limits_.avoid_for;
    // A subscriber may be all that this client has: nobody else would notice (client-bugs 37).
    actions_->emplace_back(AskRefresh{RefreshReason::connection_failed});
    for (SubscriptionId const& id : gone.members) {
        if (Placement* const placement = placement_on(event.connection, id)) {
            placement->missed = placement->missed || placement->live;
            placement->live = false;
            placement->connection = 0;
        }
        reconcile(id);
    }
    for (SubscriptionId const& id : std::set(leaving_)) {
        maybe_left(id);
    }
}

void SubscriberMachine::on(TopologyChanged const&) {
    for (SubscriptionId const& id : wanted()) {
        reconcile(id);
    }
    retire_unused();
}

void SubscriberMachine::on(Woken const&) {
    std::vector<ConnectionId> silent;
    for (auto& [number, connection] : connections_) {
        Instant const due = next_check(connection);
        if (due > now_) {
            continue;
        }
        if (connection.state == Connection::State::resting) {
            connection.state = Connection::State::opening;
            actions_->emplace_back(Open{number, connection.to});
        } else if (connection.dialogue.oldest_said()) {
            if (now_ - due > limits_.answer_within / 2) {
                // It is we who were late: the answer may be here, and not read.
                connection.last_heard = now_;
            } else {
                silent.push_back(number);
            }
        } else {
            plan(number, Verb::ping, {}, false);
        }
    }
    for (ConnectionId const number : silent) {
        drop(number, "no answer");
    }
    while (!retries_.empty() && retries_.begin()->first <= now_) {
        SubscriptionId const id = retries_.begin()->second;
        retries_.erase(retries_.begin());
        reconcile(id);
    }
}

void SubscriberMachine::on(Received const& event) {
    auto const found = connections_.find(event.connection);
    if (found == connections_.end() || found->second.state != Connection::State::ready) {
        return;
    }
    found->second.last_heard = now_;
    Heard heard = found->second.dialogue.hear(event.view, found->second.keyspace);
    if (auto* message = std::get_if<PubSubMessage>(&heard)) {
        deliver(event.connection, std::move(*message));
    } else if (auto const* live = std::get_if<SubscriberDialogue::Live>(&heard)) {
        became_live(event.connection, live->id);
    } else if (auto const* lost = std::get_if<SubscriberDialogue::Lost>(&heard)) {
        was_lost(event.connection, lost->id);
    } else if (auto const* answer = std::get_if<SubscriberDialogue::Answered>(&heard)) {
        answered(event.connection, *answer);
    } else if (auto const* broken = std::get_if<SubscriberDialogue::Broken>(&heard)) {
        drop(event.connection, broken->why);
    }
}

void SubscriberMachine::deliver(ConnectionId connection, PubSubMessage message) {
    bool const keyspace = connections_.at(connection).keyspace;
    SubscriptionId const id =
        message.kind == PubSubMessage::Kind::pmessage
            ? SubscriptionId{keyspace ? Kind::keyspace : Kind::pattern, message.pattern}
            : SubscriptionId{message.kind == PubSubMessage::Kind::message ? Kind::channel
                                                                          : Kind::shard_channel,
                             message.channel};
    Placement const* const placement = placement_on(connection, id);
    if (placement != nullptr && placement->live) {
        message.node = to_string(placement->at);
        actions_->emplace_back(Deliver{std::move(message)});
    }
}

void SubscriberMachine::became_live(ConnectionId connection, SubscriptionId const& id) {
    Placement* const placement = placement_on(connection, id);
    if (placement == nullptr) {
        reconcile(id);  // it moved, or was given up, while this was under way
        return;
    }
    placement->live = true;
    placement->alone = false;
    placement->refusals = 0;
    std::string const node = to_string(placement->at);
    Subscription& subscription = subscriptions_.at(id);
    subscription.problem.clear();
    bool const first = !subscription.was_settled && is_settled(id);
    if (first) {
        subscription.was_settled = true;
        actions_->emplace_back(Deliver{notice(PubSubMessage::Kind::subscribed, id, node)});
    }
    if (std::exchange(placement->missed, false)) {
        actions_->emplace_back(Deliver{notice(PubSubMessage::Kind::gap, id, node)});
    }
    if (is_settled(id)) {
        actions_->emplace_back(Settled{id});
    }
}

// client-bugs 79: the slot has left that node. It is asked again at once: its MOVED tells where to.
void SubscriberMachine::was_lost(ConnectionId connection, SubscriptionId const& id) {
    if (Placement* const placement = placement_on(connection, id)) {
        placement->missed = true;
        placement->live = false;
        actions_->emplace_back(AskRefresh{RefreshReason::moved});
    }
    reconcile(id);
    maybe_left(id);
}

void SubscriberMachine::answered(ConnectionId connection,
                                 SubscriberDialogue::Answered const& answer) {
    for (SubscriptionId const& id : answer.ids) {
        if (!connections_.contains(connection)) {
            return;  // a stale connection has been dropped, and all of this settled with it
        }
        if (answer.verb == Verb::subscribe && answer.error) {
            refused(connection, id, *answer.error, answer.ids.size() > 1);
        } else {
            reconcile(id);
        }
        maybe_left(id);
    }
}

void SubscriberMachine::refused(ConnectionId connection, SubscriptionId const& id,
                                std::string const& error, bool shared_command) {
    Placement* const placement = placement_on(connection, id);
    if (placement == nullptr) {
        reconcile(id);
        return;
    }
    Subscription& subscription = subscriptions_.at(id);
    subscription.problem = to_string(placement->at) + ": " + error;
    if (is_final(error)) {
        if (shared_command) {
            placement->alone = true;
            reconcile(id);
            return;
        }
        if (subscription.was_settled) {
            PubSubMessage end =
                notice(PubSubMessage::Kind::unsubscribed, id, to_string(placement->at));
            end.payload = error;
            actions_->emplace_back(Deliver{std::move(end)});
        }
        actions_->emplace_back(Refused{id, error, to_string(placement->at)});
        forget(id);
        reconcile(id);
        return;
    }
    ErrorReply redirection = classify_error(error, {placement->at.host, &remap_});
    redirection.target = map_->known_as(std::move(redirection.target));
    ++placement->refusals;
    placement->not_before = now_ + pause(placement->refusals);
    if (redirection.kind == ErrorKind::moved && redirection.target.port != 0) {
        if (redirection.target == placement->at) {
            // The address has another node behind it than this connection (client-bugs 7).
            drop(connection, error);
            return;
        }
        actions_->emplace_back(Learn{redirection.slot, redirection.target, placement->at});
    } else {
        actions_->emplace_back(AskRefresh{RefreshReason::cluster_down});
    }
    reconcile(id);
}

// It is wanted no longer; connections that hold it are told by reconcile().
void SubscriberMachine::forget(SubscriptionId const& id) {
    auto const found = subscriptions_.find(id);
    for (Placement const& placement : found->second.placements) {
        if (auto const connection = connections_.find(placement.connection);
            connection != connections_.end()) {
            connection->second.members.erase(id);
        }
    }
    subscriptions_.erase(found);
}

void SubscriberMachine::maybe_left(SubscriptionId const& id) {
    bool const held = std::any_of(connections_.begin(), connections_.end(), [&](auto const& each) {
        return each.second.dialogue.phase(id).has_value();
    });
    if (!held && leaving_.erase(id) != 0) {
        actions_->emplace_back(Left{id});
    }
}

std::vector<SubscriptionId> SubscriberMachine::wanted() const {
    std::vector<SubscriptionId> ids;
    for (auto const& [id, subscription] : subscriptions_) {
        ids.push_back(id);
    }
    return ids;
}

bool SubscriberMachine::is_settled(SubscriptionId const& id) const {
    auto const found = subscriptions_.find(id);
    if (found == subscriptions_.end() || found->second.placements.empty()) {
        return false;
    }
    auto const& placements = found->second.placements;
    return std::all_of(placements.begin(), placements.end(),
                       [](Placement const& placement) { return placement.live; });
}

std::string const& SubscriberMachine::last_problem(SubscriptionId const& id) const {
    static std::string const none;
    auto const found = subscriptions_.find(id);
    return found == subscriptions_.end() ? none : found->second.problem;
}

SubscriberMachine::Placement* SubscriberMachine::placement_on(ConnectionId connection,
                                                              SubscriptionId const& id) {
    auto const found = subscriptions_.find(id);
    if (found == subscriptions_.end()) {
        return nullptr;
    }
    for (Placement& placement : found->second.placements) {
        if (placement.connection == connection) {
            return &placement;
        }
    }
    return nullptr;
}

}  // namespace keyslot::routing
