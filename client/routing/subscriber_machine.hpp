#pragma once

#include "client/routing/call_machine.hpp"
#include "client/routing/subscriber_dialogue.hpp"
#include "client/topology/slot_map.hpp"

#include <keyslot/pubsub_message.hpp>
#include <keyslot/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace keyslot::routing {

struct SubscriberLimits {
    Duration backoff_min = std::chrono::milliseconds{10};
    Duration backoff_max = std::chrono::seconds{1};
    /// Nothing heard for so long: PING (client-bugs 48, 49).
    Duration ping_after = std::chrono::seconds{1};
    /// Nothing heard for so long with an answer due: the connection is given up.
    Duration answer_within = std::chrono::seconds{1};
    /// A node that failed is not chosen for so long while there are others.
    Duration avoid_for = std::chrono::seconds{15};
    std::size_t names_per_command_max = 500;
};

/// Decides where each subscription lives, says the words, and knows what may have been missed.
///
/// What is wanted and what the connections hold are kept apart, and after each event whatever differs is
/// brought into line: a subscription that is wanted is live at its home, on its way there, or waits for a
/// time or for a new map. Home of a shard channel is its slot's primary; of a channel or a pattern any one
/// primary, told by a hash of its name, until that fails or leaves the map (client-bugs 78); a keyspace
/// pattern has all primaries for homes. Messages count from its home only, so that none comes twice. When
/// a subscription that was live is live again, a gap marker comes before its messages.
class SubscriberMachine {
public:
    using ConnectionId = std::uint32_t;

    // What the shell tells.
    struct Want {
        std::vector<SubscriptionId> ids;
    };
    struct Unwant {
        std::vector<SubscriptionId> ids;
    };
    struct Connected {
        ConnectionId connection;
    };
    struct Ended {
        ConnectionId connection;
    };
    struct Received {
        ConnectionId connection;
        ReplyView view;
    };
    struct TopologyChanged {};
    struct Woken {};
    using Event = std::variant<Want, Unwant, Connected, Ended, Received, TopologyChanged, Woken>;

    // What it wishes, in this order.
    struct Open {
        ConnectionId connection;  ///< of numbers never used before
        topology::HostPort to;
    };
    struct Close {
        ConnectionId connection;  ///< of which nothing more is told
    };
    struct Say {
        ConnectionId connection;
        std::string bytes;
    };
    struct Deliver {
        PubSubMessage message;
    };
    struct AskRefresh {
        RefreshReason reason;
    };
    /// A node says that the slot is there: as for commands, the map is patched (client-bugs 81).
    struct Learn {
        std::uint16_t slot;
        topology::HostPort owner;
        topology::HostPort from;  ///< the node that says so
    };
    /// Live at all its homes.
    struct Settled {
        SubscriptionId id;
    };
    /// No server holds it any more.
    struct Left {
        SubscriptionId id;
    };
    /// The server will not have it, now or later (an ACL, an unknown command). It is wanted no longer.
    struct Refused {
        SubscriptionId id;
        std::string error;
        std::string node;
    };
    using Action =
        std::variant<Open, Close, Say, Deliver, AskRefresh, Learn, Settled, Left, Refused>;

    /// `remap`: from addresses as the cluster tells them in redirections to those of the map.
    explicit SubscriberMachine(SubscriberLimits limits = {}, topology::AddressRemap remap = nullptr)
        : limits_(limits), remap_(std::move(remap)) {}

    /// Total: an event of a connection that is closed, or that never was, changes nothing.
    void step(Event const& event, Instant now, std::uint64_t random, topology::SlotMap const& map,
              std::vector<Action>& actions);
    /// When Woken is due; Instant::max(): no need.
    Instant next_wake() const;

    bool wants(SubscriptionId const& id) const { return subscriptions_.contains(id); }
    std::vector<SubscriptionId> wanted() const;
    /// Live at all its homes now.
    bool is_settled(SubscriptionId const& id) const;
    /// Why it is not, as far as that is known.
    std::string const& last_problem(SubscriptionId const& id) const;

private:
    /// One home of one subscription.
    struct Placement {
        topology::HostPort at;
        ConnectionId connection = 0;
        bool live = false;
        bool missed = false;  // was live before, here or elsewhere
        bool alone = false;  // shares no command: another name may have been what was refused
        int refusals = 0;  // since it was last live
        Instant not_before{};
    };
    struct Subscription {
        std::uint16_t slot = 0;  // of a shard channel
        std::vector<Placement> placements;
        bool was_settled = false;
        bool homeless = false;
        std::string problem;
    };
    struct Connection {
        enum class State : std::uint8_t { resting, opening, ready };
        topology::HostPort to;
        bool keyspace =
            false;  // its patterns are keyspace patterns, which have connections of their own
        State state = State::resting;
        Instant open_at{};
        Instant last_heard{};
        SubscriberDialogue dialogue;
        std::set<SubscriptionId> members;  // whose home it is
    };
    /// What is known of a node that failed; forgotten when it is reached.
    struct Trouble {
        int failures = 0;
        Instant rest_until{};
        Instant avoid_until{};
    };
    using Heard = SubscriberDialogue::Heard;
    using Verb = SubscriberDialogue::Verb;

    void on(Want const& event);
    void on(Unwant const& event);
    void on(Connected const& event);
    void on(Ended const& event);
    void on(Received const& event);
    void on(TopologyChanged const& event);
    void on(Woken const& event);

    void deliver(ConnectionId connection, PubSubMessage message);
    void became_live(ConnectionId connection, SubscriptionId const& id);
    void was_lost(ConnectionId connection, SubscriptionId const& id);
    void answered(ConnectionId connection, SubscriberDialogue::Answered const& answer);
    void refused(ConnectionId connection, SubscriptionId const& id, std::string const& error,
                 bool shared_command);
    void forget(SubscriptionId const& id);

    void reconcile(SubscriptionId const& id);
    void place(SubscriptionId const& id, Subscription& subscription);
    std::vector<topology::HostPort> homes(SubscriptionId const& id,
                                          Subscription const& subscription) const;
    std::optional<topology::HostPort> chosen_home(SubscriptionId const& id,
                                                  Subscription const& subscription) const;
    ConnectionId connection_to(topology::HostPort const& address, bool keyspace);
    void leave(ConnectionId connection, SubscriptionId const& id);
    void maybe_left(SubscriptionId const& id);
    Placement* placement_on(ConnectionId connection, SubscriptionId const& id);

    void drop(ConnectionId connection, std::string const& why);
    void retire_unused();
    void plan(ConnectionId connection, Verb verb, SubscriptionId const& id, bool alone);
    void say_planned();
    void retry_at(SubscriptionId const& id, Instant at);
    Duration pause(int failures);
    Instant next_check(Connection const& connection) const;

    SubscriberLimits limits_;
    topology::AddressRemap remap_;
    std::map<SubscriptionId, Subscription> subscriptions_;
    std::set<SubscriptionId> leaving_;  // unwanted, and Left is still to come
    std::map<ConnectionId, Connection> connections_;
    std::map<std::pair<topology::HostPort, bool>, ConnectionId> connection_at_;
    std::map<topology::HostPort, Trouble> troubles_;
    std::set<std::pair<Instant, SubscriptionId>> retries_;
    ConnectionId next_connection_ = 1;

    // Of the step under way.
    struct Planned {
        ConnectionId connection;
        Verb verb;
        SubscriptionId::Kind kind;
        std::uint32_t slot;
        auto operator<=>(Planned const&) const = default;
    };
    std::map<Planned, std::vector<std::vector<SubscriptionId>>> planned_;
    std::set<std::pair<ConnectionId, SubscriptionId>> planned_ids_;
    bool woken_ = false;
    Instant now_{};
    std::uint64_t random_ = 0;
    topology::SlotMap const* map_ = nullptr;
    std::vector<Action>* actions_ = nullptr;
};

}  // namespace keyslot::routing
