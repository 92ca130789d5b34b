#include "client/routing/subscriber_dialogue.hpp"

#include "client/protocol/resp_writer.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace keyslot::routing {
namespace {

using Kind = SubscriptionId::Kind;

std::string_view command_of(SubscriberDialogue::Verb verb, Kind kind) {
    bool const subscribe = verb == SubscriberDialogue::Verb::subscribe;
    switch (kind) {
        case Kind::channel: return subscribe ? "SUBSCRIBE" : "UNSUBSCRIBE";
        case Kind::pattern:
        case Kind::keyspace: return subscribe ? "PSUBSCRIBE" : "PUNSUBSCRIBE";
        case Kind::shard_channel: break;
    }
    return subscribe ? "SSUBSCRIBE" : "SUNSUBSCRIBE";
}

enum class Frame : std::uint8_t { message, pmessage, smessage, subscribe, unsubscribe, pong };
struct FrameName {
    std::string_view name;
    Frame frame;
    Kind kind;
};
constexpr std::array<FrameName, 10> frames{{
    {"message", Frame::message, Kind::channel},
    {"pmessage", Frame::pmessage, Kind::pattern},
    {"smessage", Frame::smessage, Kind::shard_channel},
    {"subscribe", Frame::subscribe, Kind::channel},
    {"psubscribe", Frame::subscribe, Kind::pattern},
    {"ssubscribe", Frame::subscribe, Kind::shard_channel},
    {"unsubscribe", Frame::unsubscribe, Kind::channel},
    {"punsubscribe", Frame::unsubscribe, Kind::pattern},
    {"sunsubscribe", Frame::unsubscribe, Kind::shard_channel},
    {"pong", Frame::pong, Kind::channel},
}};

}  // namespace

void SubscriberDialogue::say(Verb verb, std::vector<SubscriptionId> ids, Instant now,
                             std::string& out) {
    std::uint64_t const token = next_token_++;
    if (!ids.empty()) {
        std::vector<std::string_view> words{command_of(verb, ids.front().kind)};
        for (SubscriptionId const& id : ids) {
            assert(id.kind == ids.front().kind);
            words.push_back(id.name);
            held_[id] = {verb == Verb::subscribe ? Phase::subscribing : Phase::leaving, token};
        }
        protocol::write_command(out, words);
    }
    std::string const digits = std::to_string(token);
    protocol::write_command(out, {"PING", digits});
    segments_.push_back({verb, std::move(ids), token, now});
}

std::optional<SubscriberDialogue::Phase> SubscriberDialogue::phase(SubscriptionId const& id) const {
    auto const found = held_.find(id);
    return found == held_.end() ? std::nullopt : std::optional(found->second.phase);
}

std::optional<Instant> SubscriberDialogue::oldest_said() const {
    return segments_.empty() ? std::nullopt : std::optional(segments_.front().said_at);
}

SubscriberDialogue::Heard SubscriberDialogue::hear(ReplyView view, bool keyspace) {
    if (view.is_error()) {
        return hear_error(view.text());
    }
    // Outside of RESP2's subscriber mode the answer to PING is a plain string.
    return view.is_aggregate() ? hear_frame(view, keyspace) : hear_pong(view.text());
}

SubscriberDialogue::Heard SubscriberDialogue::hear_frame(ReplyView view, bool keyspace) {
    if (view.size() < 2) {
        return Broken{"not a message of a subscription: " + to_string(view)};
    }
    std::string_view const name = view[0].text();
    auto const known = std::find_if(frames.begin(), frames.end(),
                                    [&](FrameName const& each) { return each.name == name; });
    if (known == frames.end()) {
        return Nothing{};  // a push of another kind
    }
    Kind const kind = known->kind == Kind::pattern && keyspace ? Kind::keyspace : known->kind;
    std::string_view const subject = view[1].text();
    switch (known->frame) {
        case Frame::message:
        case Frame::smessage:
            if (view.size() < 3) {
                break;
            }
            return PubSubMessage{.kind = known->frame == Frame::message
                                             ? PubSubMessage::Kind::message
                                             : PubSubMessage::Kind::smessage,
                                 .channel = std::string(subject),
                                 .payload = std::string(view[2].text())};
        case Frame::pmessage:
            if (view.size() < 4) {
                break;
            }
            return PubSubMessage{.kind = PubSubMessage::Kind::pmessage,
                                 .channel = std::string(view[2].text()),
                                 .pattern = std::string(subject),
                                 .payload = std::string(view[3].text())};
        case Frame::subscribe: return hear_acknowledged({kind, std::string(subject)});
        case Frame::unsubscribe: return hear_gone({kind, std::string(subject)});
        case Frame::pong: return hear_pong(subject);
    }
    return Broken{"a message of a subscription is too short: " + to_string(view)};
}

SubscriberDialogue::Heard SubscriberDialogue::hear_error(std::string_view text) {
    if (segments_.empty() || segments_.front().verb == Verb::ping ||
        segments_.front().acknowledged || segments_.front().error) {
        return Broken{"an error that no command explains: " + std::string(text)};
    }
    segments_.front().error = std::string(text);
    return Nothing{};
}

SubscriberDialogue::Heard SubscriberDialogue::hear_pong(std::string_view token) {
    if (segments_.empty() || std::to_string(segments_.front().token) != token) {
        return Broken{"the answer to a PING that is not due"};
    }
    Segment segment = std::move(segments_.front());
    segments_.pop_front();
    for (SubscriptionId const& id : segment.ids) {
        auto const found = held_.find(id);
        if (found == held_.end() || found->second.token != segment.token ||
            found->second.phase == Phase::live) {
            continue;
        }
        held_.erase(found);
        if (segment.verb == Verb::subscribe && !segment.error) {
            return Broken{"no answer to the subscription of " + id.name};
        }
    }
    return Answered{segment.verb, std::move(segment.ids), std::move(segment.error)};
}

SubscriberDialogue::Heard SubscriberDialogue::hear_acknowledged(SubscriptionId id) {
    auto const found = held_.find(id);
    if (found == held_.end() || found->second.phase != Phase::subscribing) {
        return Nothing{};
    }
    // The answers of the commands before it have all come.
    if (!segments_.empty()) {
        segments_.front().acknowledged = true;
    }
    found->second.phase = Phase::live;
    return Live{std::move(id)};
}

SubscriberDialogue::Heard SubscriberDialogue::hear_gone(SubscriptionId id) {
    auto const found = held_.find(id);
    if (found == held_.end() || found->second.phase != Phase::live) {
        return Nothing{};  // ours, whose PING is to be answered yet; or one told twice
    }
    held_.erase(found);
    return Lost{std::move(id)};
}

}  // namespace keyslot::routing
