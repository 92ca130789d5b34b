#include "simulator/node/pubsub.hpp"

#include "client/protocol/hash_slot.hpp"
#include "client/protocol/resp_writer.hpp"
#include "simulator/commands/glob.hpp"
#include "simulator/node/server.hpp"

#include <array>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace keyslot::sim {

namespace {

struct Verbs {
    std::string_view subscribe;
    std::string_view unsubscribe;
};
constexpr std::array<Verbs, topic_count> verbs{{
    {"subscribe", "unsubscribe"},
    {"psubscribe", "punsubscribe"},
    {"ssubscribe", "sunsubscribe"},
}};

Verbs const& verbs_of(Topic topic) { return verbs[static_cast<std::size_t>(topic)]; }

/// One message for many listeners: written once for each protocol that any of them speaks.
class Message {
public:
    Message(std::initializer_list<std::string_view> words) : words_(words) {}

    std::string_view in(int protocol) {
        std::string& frame = protocol == 2 ? resp2_ : resp3_;
        if (frame.empty()) {
            protocol::RespWriter writer(frame, protocol);
            writer.push(words_.size());
            for (std::string_view const word : words_) {
                writer.bulk(word);
            }
        }
        return frame;
    }

private:
    std::vector<std::string_view> words_;
    std::string resp2_;
    std::string resp3_;
};

}  // namespace

void PubSub::subscribe(Session& session, Topic topic, std::string_view name) {
    subscriptions_.add(session, topic, name);
    acknowledge(session, verbs_of(topic).subscribe, &name, topic);
}

void PubSub::unsubscribe(Session& session, Topic topic, std::string_view name) {
    subscriptions_.remove(session, topic, name);
    acknowledge(session, verbs_of(topic).unsubscribe, &name, topic);
}

void PubSub::unsubscribe_all(Session& session, Topic topic) {
    std::vector<std::string> const names = session.subscribed_to(topic);
    for (std::string const& name : names) {
        unsubscribe(session, topic, name);
    }
    if (names.empty()) {
        acknowledge(session, verbs_of(topic).unsubscribe, nullptr, topic);
    }
}

/// Shard channels are counted apart from the rest.
void PubSub::acknowledge(Session& session, std::string_view kind, std::string_view const* name,
                         Topic topic) {
    std::size_t const count = topic == Topic::shard_channel
                                  ? session.subscribed_to(Topic::shard_channel).size()
                                  : session.subscribed_to(Topic::channel).size() +
                                        session.subscribed_to(Topic::pattern).size();
    std::string frame;
    protocol::RespWriter writer(frame, session.protocol);
    writer.push(3);
    writer.bulk(kind);
    if (name != nullptr) {
        writer.bulk(*name);
    } else {
        writer.null();
    }
    writer.integer(static_cast<std::int64_t>(count));
    server_.push(session, frame);
}

std::size_t PubSub::deliver(std::string_view channel, std::string_view payload, bool shard) {
    std::size_t receivers = 0;
    auto const tell = [&](Subscriptions::Listeners const& listeners, Message message) {
        for (Session* const listener : listeners) {
            server_.push(*listener, message.in(listener->protocol));
            ++receivers;
        }
    };
    auto const& channels = subscriptions_.of(shard ? Topic::shard_channel : Topic::channel);
    if (auto const found = channels.find(channel); found != channels.end()) {
        tell(found->second, {shard ? "smessage" : "message", channel, payload});
    }
    if (!shard) {
        for (auto const& [pattern, listeners] : subscriptions_.of(Topic::pattern)) {
            if (glob_match(pattern, channel)) {
                tell(listeners, {"pmessage", pattern, channel, payload});
            }
        }
    }
    return receivers;
}

void PubSub::drop_shard_channels(std::uint16_t slot) {
    std::vector<std::pair<std::string, Subscriptions::Listeners>> lost;
    for (auto const& [channel, listeners] : subscriptions_.of(Topic::shard_channel)) {
        if (protocol::hash_slot(channel) == slot) {
            lost.emplace_back(channel, listeners);
        }
    }
    for (auto const& [channel, listeners] : lost) {
        for (Session* const listener : listeners) {
            unsubscribe(*listener, Topic::shard_channel, channel);
        }
    }
}

}  // namespace keyslot::sim
