#pragma once

#include <keyslot/pubsub_message.hpp>
#include <keyslot/reply.hpp>
#include <keyslot/time.hpp>

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace keyslot::routing {

/// One thing that a subscriber wants.
struct SubscriptionId {
    enum class Kind : std::uint8_t {
        channel,
        pattern,
        shard_channel,
        keyspace,  ///< a pattern at every primary
    };
    Kind kind = Kind::channel;
    std::string name = {};
    friend bool operator==(SubscriptionId const&, SubscriptionId const&) = default;
    friend auto operator<=>(SubscriptionId const&, SubscriptionId const&) = default;
};

/// What is said and heard on one subscriber's connection, and what the server holds for it.
///
/// Behind every command goes a PING with a number. Replies keep the order of the commands, so that the
/// error heard before the answer to that PING belongs to that command, and to no other, however many
/// messages and unsolicited notices stand between (client-bugs 83). An error for which no command is due
/// is not guessed at: the connection is broken and to be closed.
class SubscriberDialogue {
public:
    enum class Verb : std::uint8_t { subscribe, unsubscribe, ping };
    enum class Phase : std::uint8_t {
        subscribing,  ///< said, not acknowledged
        live,
        leaving,  ///< unsubscribed, not answered
    };

    /// Says the command. The ids have one kind; those of shard channels one slot (client-bugs 80); none of
    /// them is subscribing or leaving.
    void say(Verb verb, std::vector<SubscriptionId> ids, Instant now, std::string& out);

    std::optional<Phase> phase(SubscriptionId const& id) const;
    /// When the oldest command that is not answered was said.
    std::optional<Instant> oldest_said() const;

    struct Nothing {};
    struct Live {
        SubscriptionId id;
    };
    /// The server gave a live subscription up by itself: its slot left the node (client-bugs 79).
    struct Lost {
        SubscriptionId id;
    };
    /// The command has been answered in full. `error`: it was refused, with this text.
    struct Answered {
        Verb verb;
        std::vector<SubscriptionId> ids;
        std::optional<std::string> error;
    };
    struct Broken {
        std::string why;
    };
    using Heard = std::variant<Nothing, PubSubMessage, Live, Lost, Answered, Broken>;
    /// Takes what came: any message of RESP2 or RESP3, error replies included. `keyspace`: patterns of this
    /// connection are of that kind.
    Heard hear(ReplyView view, bool keyspace);

private:
    struct Held {
        Phase phase;
        std::uint64_t token;  // of the command that brought it there
    };
    struct Segment {
        Verb verb;
        std::vector<SubscriptionId> ids;
        std::uint64_t token;
        Instant said_at;
        std::optional<std::string> error = std::nullopt;
        bool acknowledged = false;
    };

    Heard hear_frame(ReplyView view, bool keyspace);
    Heard hear_error(std::string_view text);
    Heard hear_pong(std::string_view token);
    Heard hear_acknowledged(SubscriptionId id);
    Heard hear_gone(SubscriptionId id);

    std::map<SubscriptionId, Held> held_;
    std::deque<Segment> segments_;
    std::uint64_t next_token_ = 1;
};

}  // namespace keyslot::routing
