// Where subscriptions live: bringing what the connections hold into line with what is wanted.
#include "client/routing/subscriber_machine.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace keyslot::routing {
namespace {

using Kind = SubscriptionId::Kind;

// Some number that depends on both; the same on every machine. The primary with the largest one is the
// home of a name: when a primary comes or goes, only the names that it gains or loses move.
std::uint64_t affinity(std::string const& name, topology::HostPort const& node) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    auto const fold = [&hash](std::string_view text) {
        for (char const byte : text) {
            hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
        }
        hash = (hash ^ 0xffu) * 0x100000001b3u;
    };
    fold(node.host);
    hash = (hash ^ node.port) * 0x100000001b3u;
    fold(name);
    hash ^= hash >> 31;
    hash *= 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

constexpr std::uint32_t every_command_its_own = 0x10000;

// In the map, and not given up by the cluster: a node that the others cannot reach may well answer us, but
// nothing that is published reaches it.
bool is_good(topology::SlotMap const& map, topology::HostPort const& address) {
    for (topology::Shard const& shard : map.shards()) {
        if (shard.primary.address == address) {
            return shard.primary.health != topology::Health::fail;
        }
        for (topology::Node const& replica : shard.replicas) {
            if (replica.address == address) {
                return replica.health != topology::Health::fail;
            }
        }
    }
    return false;
}

}  // namespace

void SubscriberMachine::reconcile(SubscriptionId const& id) {
    auto const found = subscriptions_.find(id);
    if (found != subscriptions_.end()) {
        place(id, found->second);
    }
    // Whoever holds it without being its home is told to let go.
    for (auto& [number, connection] : connections_) {
        if (connection.dialogue.phase(id) == SubscriberDialogue::Phase::live &&
            placement_on(number, id) == nullptr) {
            plan(number, Verb::unsubscribe, id, false);
        }
    }
    maybe_left(id);
    if (found == subscriptions_.end()) {
        return;
    }
    for (Placement& placement : found->second.placements) {
        if (placement.connection == 0) {
            placement.connection = connection_to(placement.at, id.kind == Kind::keyspace);
        }
        Connection& connection = connections_.at(placement.connection);
        connection.members.insert(id);
        if (placement.live || connection.state != Connection::State::ready ||
            connection.dialogue.phase(id)) {
            continue;  // what it waits for comes as an event
        }
        if (now_ < placement.not_before) {
            retry_at(id, placement.not_before);
        } else {
            plan(placement.connection, Verb::subscribe, id, placement.alone);
        }
    }
}

// Takes it from what is not its home any more, and to what is now.
void SubscriberMachine::place(SubscriptionId const& id, Subscription& subscription) {
    std::vector<topology::HostPort> const wanted_at = homes(id, subscription);
    std::vector<Placement> before = std::exchange(subscription.placements, {});
    int refusals = 0;
    for (Placement& placement : before) {
        bool const stays =
            std::find(wanted_at.begin(), wanted_at.end(), placement.at) != wanted_at.end();
        if (stays) {
            subscription.placements.push_back(std::move(placement));
        } else {
            refusals = std::max(refusals, placement.refusals);
            leave(placement.connection, id);
        }
    }
    for (topology::HostPort const& home : wanted_at) {
        bool const is_there =
            std::any_of(subscription.placements.begin(), subscription.placements.end(),
                        [&](Placement const& placement) { return placement.at == home; });
        if (is_there) {
            continue;
        }
        Placement placement{.at = home};
        placement.missed = subscription.was_settled;
        placement.refusals = refusals;
        // Nodes that send it to one another are not followed at the speed of the network.
        if (constexpr int moves_at_once = 3; refusals > moves_at_once) {
            placement.not_before = now_ + pause(refusals);
        }
        subscription.placements.push_back(std::move(placement));
    }
    bool const was_homeless = std::exchange(subscription.homeless, wanted_at.empty());
    if (subscription.homeless && map_->version() != 0 && (!was_homeless || woken_)) {
        // Not with every map that does not help: that would be a fetch after every fetch.
        subscription.problem = "no node is known to serve it";
        actions_->emplace_back(AskRefresh{RefreshReason::no_owner});
        retry_at(id, now_ + limits_.backoff_max);
    }
}

std::vector<topology::HostPort> SubscriberMachine::homes(SubscriptionId const& id,
                                                         Subscription const& subscription) const {
    std::vector<topology::HostPort> nodes;
    switch (id.kind) {
        case Kind::shard_channel:
            if (topology::HostPort const* const owner = map_->primary_of(subscription.slot)) {
                nodes.push_back(*owner);
            }
            break;
        case Kind::keyspace:
            for (topology::Shard const& shard : map_->shards()) {
                // One without slots has nothing to tell, and may by now be a replica, which would tell
                // what its primary tells already.
                if (!shard.slots.empty()) {
                    nodes.push_back(shard.primary.address);
                }
            }
            break;
        case Kind::channel:
        case Kind::pattern:
            if (auto home = chosen_home(id, subscription)) {
                nodes.push_back(std::move(*home));
            }
            break;
    }
    return nodes;
}

// Stays where it is while that works; else goes to the node of the largest affinity among the best:
// those that have not failed lately, those that rest no longer, any.
std::optional<topology::HostPort> SubscriberMachine::chosen_home(
    SubscriptionId const& id, Subscription const& subscription) const {
    if (!subscription.placements.empty() && subscription.placements.front().connection != 0 &&
        is_good(*map_, subscription.placements.front().at)) {
        return subscription.placements.front().at;
    }
    std::optional<topology::HostPort> best;
    std::pair<int, std::uint64_t> best_rank{};
    for (topology::Shard const& shard : map_->shards()) {
        topology::HostPort const& address = shard.primary.address;
        auto const trouble = troubles_.find(address);
        int goodness = 3;
        if (shard.primary.health == topology::Health::fail) {
            goodness = 0;
        } else if (trouble != troubles_.end() && now_ < trouble->second.avoid_until) {
            goodness = now_ < trouble->second.rest_until ? 1 : 2;
        }
        std::pair const rank{goodness, affinity(id.name, address)};
        if (!best || rank > best_rank) {
            best = address;
            best_rank = rank;
        }
    }
    return best;
}

SubscriberMachine::ConnectionId SubscriberMachine::connection_to(topology::HostPort const& address,
                                                                 bool keyspace) {
    auto const [found, is_new] = connection_at_.try_emplace({address, keyspace}, next_connection_);
    if (!is_new) {
        return found->second;
    }
    Connection& connection = connections_[next_connection_];
    connection.to = address;
    connection.keyspace = keyspace;
    auto const trouble = troubles_.find(address);
    if (trouble != troubles_.end() && now_ < trouble->second.rest_until) {
        connection.open_at = trouble->second.rest_until;
    } else {
        connection.state = Connection::State::opening;
        actions_->emplace_back(Open{next_connection_, address});
    }
    return next_connection_++;
}

// Not a home of it any more; reconcile() has it unsubscribed there.
void SubscriberMachine::leave(ConnectionId number, SubscriptionId const& id) {
    auto const found = connections_.find(number);
    if (found != connections_.end()) {
        found->second.members.erase(id);
    }
}

void SubscriberMachine::drop(ConnectionId connection, std::string const& why) {
    actions_->emplace_back(Close{connection});
    for (SubscriptionId const& id : std::set(connections_.at(connection).members)) {
        subscriptions_.at(id).problem = to_string(connections_.at(connection).to) + ": " + why;
    }
    on(Ended{connection});
}

// Connections to nodes that the map does not list, or that never came up, and that are nobody's home.
void SubscriberMachine::retire_unused() {
    for (auto it = connections_.begin(); it != connections_.end();) {
        auto const& [number, connection] = *it;
        if (!connection.members.empty() ||
            (connection.state == Connection::State::ready && map_->lists(connection.to))) {
            ++it;
            continue;
        }
        if (connection.state != Connection::State::resting) {
            actions_->emplace_back(Close{number});
        }
        std::erase_if(planned_, [&](auto const& each) { return each.first.connection == number; });
        connection_at_.erase({connection.to, connection.keyspace});
        it = connections_.erase(it);
    }
    std::erase_if(troubles_, [&](auto const& each) { return !map_->lists(each.first); });
    for (SubscriptionId const& id : std::set(leaving_)) {
        maybe_left(id);
    }
}

void SubscriberMachine::plan(ConnectionId connection, Verb verb, SubscriptionId const& id,
                             bool alone) {
    std::uint32_t slot = 0;
    if (id.kind == Kind::shard_channel) {
        auto const found = subscriptions_.find(id);
        // The slot of one that is wanted no longer is not kept: a command of its own.
        slot = found != subscriptions_.end() ? found->second.slot : every_command_its_own;
    }
    if (verb != Verb::ping && !planned_ids_.insert({connection, id}).second) {
        return;  // planned already in this step
    }
    auto& commands = planned_[{connection, verb, id.kind, slot}];
    bool const its_own = alone || slot == every_command_its_own || commands.empty() ||
                         commands.back().size() >= limits_.names_per_command_max;
    if (its_own) {
        commands.emplace_back();
    }
    if (verb != Verb::ping) {
        commands.back().push_back(id);
    }
    if (alone) {
        commands.emplace_back();
    }
}

void SubscriberMachine::say_planned() {
    std::map<ConnectionId, std::string> bytes;
    for (auto& [what, commands] : planned_) {
        auto const found = connections_.find(what.connection);
        if (found == connections_.end()) {
            continue;  // ended within this step
        }
        for (auto& ids : commands) {
            if (!ids.empty() || what.verb == Verb::ping) {
                found->second.dialogue.say(what.verb, std::move(ids), now_, bytes[what.connection]);
            }
        }
    }
    planned_.clear();
    planned_ids_.clear();
    for (auto& [connection, text] : bytes) {
        actions_->emplace_back(Say{connection, std::move(text)});
    }
}

void SubscriberMachine::retry_at(SubscriptionId const& id, Instant at) {
    retries_.insert({at, id});
}

// Half of it by chance: subscribers that lost one node do not come back together.
Duration SubscriberMachine::pause(int failures) {
    Duration const longest =
        std::min(limits_.backoff_max, limits_.backoff_min * (1 << std::min(failures - 1, 10)));
    random_ = random_ * 6364136223846793005u + 1442695040888963407u;
    auto const half = static_cast<std::uint64_t>(longest.count() / 2);
    return longest / 2 + Duration(static_cast<std::int64_t>((random_ >> 11) % (half + 1)));
}

Instant SubscriberMachine::next_check(Connection const& connection) const {
    switch (connection.state) {
        case Connection::State::resting: return connection.open_at;
        case Connection::State::opening: return Instant::max();
        case Connection::State::ready: break;
    }
    if (auto const said = connection.dialogue.oldest_said()) {
        return std::max(*said, connection.last_heard) + limits_.answer_within;
    }
    return connection.last_heard + limits_.ping_after;
}

Instant SubscriberMachine::next_wake() const {
    Instant wake = retries_.empty() ? Instant::max() : retries_.begin()->first;
    for (auto const& [number, connection] : connections_) {
        wake = std::min(wake, next_check(connection));
    }
    return wake;
}

}  // namespace keyslot::routing
