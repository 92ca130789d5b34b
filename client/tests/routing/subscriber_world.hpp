#pragma once

#include "client/protocol/hash_slot.hpp"
#include "client/protocol/resp_parser.hpp"
#include "client/protocol/resp_writer.hpp"
#include "client/routing/subscriber_machine.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// A SubscriberMachine among two servers that do what Redis does, one step at a time.
namespace keyslot::routing {

inline topology::HostPort const server_a{"10.0.0.1", 7000};
inline topology::HostPort const server_b{"10.0.0.2", 7001};
inline SubscriptionId const shard_s{SubscriptionId::Kind::shard_channel, "s"};
inline SubscriptionId const channel_c{SubscriptionId::Kind::channel, "c"};

/// All slots at one of them.
inline topology::SlotMap const& map_with_owner(bool b) {
    static auto const make = [](topology::HostPort const& owner, topology::HostPort const& other) {
        topology::SlotMap map;
        map.apply({{{.primary = {.id = to_string(owner), .address = owner},
                     .replicas = {},
                     .slots = {{0, 16383}}},
                    {.primary = {.id = to_string(other), .address = other},
                     .replicas = {},
                     .slots = {}}}});
        return map;
    };
    static topology::SlotMap const with_a = make(server_a, server_b);
    static topology::SlotMap const with_b = make(server_b, server_a);
    return b ? with_b : with_a;
}

class SubscriberWorld {
public:
    using Machine = SubscriberMachine;
    using Words = std::vector<std::string>;

    struct Link {
        topology::HostPort to;
        bool connected = false;
        std::deque<Words> commands;  // not executed
        std::set<SubscriptionId> subscribed;
        std::deque<std::string> replies;  // not delivered
    };

    Machine machine{SubscriberLimits{}};
    Instant now{};
    std::uint64_t random = 0;
    bool owner_is_b = false;  // the truth
    bool map_says_b = false;
    bool slots_served = true;
    int protocol = 3;
    std::map<Machine::ConnectionId, Link> links;
    std::set<SubscriptionId> wanted;
    std::map<SubscriptionId, int> published;
    struct Seen {
        int last = 0;  // 0: none since it was wanted
        bool gap = false;
        bool settled = false;
    };
    std::map<SubscriptionId, Seen> seen;
    std::vector<PubSubMessage> delivered;
    std::vector<SubscriptionId> left, refused;
    int refreshes = 0;

    topology::SlotMap const& map() const { return map_with_owner(map_says_b); }
    topology::HostPort const& owner() const { return owner_is_b ? server_b : server_a; }

    void step(Machine::Event const& event) {
        std::vector<Machine::Action> actions;
        machine.step(event, now, random++, map(), actions);
        for (Machine::Action const& action : actions) {
            obey(action);
        }
    }
    void want(SubscriptionId const& id) {
        wanted.insert(id);
        seen[id] = {};
        step(Machine::Want{{id}});
    }
    void unwant(SubscriptionId const& id) {
        wanted.erase(id);
        step(Machine::Unwant{{id}});
    }
    bool connect() {
        for (auto& [number, link] : links) {
            if (!link.connected) {
                link.connected = true;
                step(Machine::Connected{number});
                return true;
            }
        }
        return false;
    }
    bool end_first() {
        if (links.empty()) {
            return false;
        }
        auto const number = links.begin()->first;
        links.erase(number);
        step(Machine::Ended{number});
        return true;
    }
    /// Some server executes its oldest command.
    bool execute() {
        for (auto& [number, link] : links) {
            if (!link.commands.empty()) {
                Words const words = std::move(link.commands.front());
                link.commands.pop_front();
                execute(link, words);
                return true;
            }
        }
        return false;
    }
    /// The oldest reply of some connection arrives.
    bool receive() {
        for (auto& [number, link] : links) {
            if (!link.replies.empty()) {
                std::string const bytes = std::move(link.replies.front());
                link.replies.pop_front();
                receive(number, bytes);
                return true;
            }
        }
        return false;
    }
    void receive(Machine::ConnectionId number, std::string const& bytes) {
        protocol::RespParser parser;
        ASSERT_EQ(parser.parse(bytes), protocol::ParseStatus::complete) << bytes;
        step(Machine::Received{number, parser.reply()});
    }
    /// The slots move: subscribers of the loser are told.
    void flip_owner() {
        for (auto& [number, link] : links) {
            if (link.to == owner() && link.subscribed.erase(shard_s) != 0) {
                frame(link, {"sunsubscribe", "s"}, 0);
            }
        }
        owner_is_b = !owner_is_b;
    }
    void learn_map() {
        map_says_b = owner_is_b;
        step(Machine::TopologyChanged{});
    }
    void publish(SubscriptionId const& id) {
        std::string const number = std::to_string(++published[id]);
        bool const sharded = id == shard_s;
        for (auto& [connection, link] : links) {
            if (link.subscribed.contains(id) && (!sharded || link.to == owner())) {
                frame(link, {sharded ? "smessage" : "message", id.name, number}, std::nullopt);
            }
        }
    }
    void wake() {
        if (machine.next_wake() != Instant::max()) {
            now = std::max(now, machine.next_wake());
            step(Machine::Woken{});
        }
    }

    /// Nothing fails any more: all is well soon.
    void settle() {
        for (int i = 0; i < 2000; ++i) {
            if (connect() || execute() || receive()) {
                continue;
            }
            if (map_says_b != owner_is_b) {
                learn_map();
                continue;
            }
            if (all_settled()) {
                return;
            }
            wake();
        }
        FAIL() << "it does not settle";
    }
    bool all_settled() const {
        for (SubscriptionId const& id : wanted) {
            if (!machine.is_settled(id)) {
                return false;
            }
        }
        return true;
    }
    void expect_as_wanted() {
        std::multiset<SubscriptionId> held;
        for (auto const& [number, link] : links) {
            for (SubscriptionId const& id : link.subscribed) {
                held.insert(id);
                if (id == shard_s) {
                    EXPECT_EQ(link.to, owner());
                }
            }
        }
        EXPECT_EQ(held, std::multiset<SubscriptionId>(wanted.begin(), wanted.end()));
        for (SubscriptionId const& id : wanted) {
            publish(id);
            while (receive()) {}
            EXPECT_EQ(seen[id].last, published[id]) << id.name << ": the last message came";
        }
    }

private:
    void obey(Machine::Action const& action) {
        if (auto const* open = std::get_if<Machine::Open>(&action)) {
            EXPECT_FALSE(links.contains(open->connection));
            links[open->connection].to = open->to;
        } else if (auto const* close = std::get_if<Machine::Close>(&action)) {
            EXPECT_EQ(links.erase(close->connection), 1u);
        } else if (auto const* say = std::get_if<Machine::Say>(&action)) {
            ASSERT_TRUE(links.contains(say->connection));
            take_commands(links.at(say->connection), say->bytes);
        } else if (auto const* message = std::get_if<Machine::Deliver>(&action)) {
            deliver(message->message);
        } else if (std::get_if<Machine::Learn>(&action) != nullptr) {
            ++refreshes;  // the map is patched when learn_map() comes
        } else if (std::get_if<Machine::AskRefresh>(&action) != nullptr) {
            ++refreshes;
        } else if (auto const* gone = std::get_if<Machine::Left>(&action)) {
            left.push_back(gone->id);
        } else if (auto const* no = std::get_if<Machine::Refused>(&action)) {
            wanted.erase(no->id);
            refused.push_back(no->id);
        }
    }

    // Each message once, in order; and whatever is left out has a gap marker in its place.
    void deliver(PubSubMessage const& message) {
        delivered.push_back(message);
        SubscriptionId const id = message.channel == shard_s.name ? shard_s : channel_c;
        Seen& so_far = seen[id];
        if (message.kind == PubSubMessage::Kind::gap) {
            so_far.gap = true;
        } else if (message.kind == PubSubMessage::Kind::message ||
                   message.kind == PubSubMessage::Kind::smessage) {
            EXPECT_TRUE(wanted.contains(id));
            int const number = std::stoi(message.payload);
            EXPECT_GT(number, so_far.last) << "a message came twice";
            if (so_far.last != 0 && number != so_far.last + 1) {
                EXPECT_TRUE(so_far.gap) << id.name << ": nothing told of what was missed";
            }
            so_far.last = number;
            so_far.gap = false;
        }
    }

    static void take_commands(Link& link, std::string_view bytes) {
        while (!bytes.empty()) {
            protocol::RespParser parser;
            ASSERT_EQ(parser.parse(bytes), protocol::ParseStatus::complete);
            Words words;
            for (ReplyView const word : parser.reply()) {
                words.emplace_back(word.text());
            }
            link.commands.push_back(std::move(words));
            bytes.remove_prefix(parser.consumed());
        }
    }

    void frame(Link& link, Words const& words, std::optional<int> count) {
        std::string bytes;
        protocol::RespWriter writer(bytes, protocol);
        writer.push(words.size() + (count ? 1 : 0));
        for (std::string const& word : words) {
            writer.bulk(word);
        }
        if (count) {
            writer.integer(*count);
        }
        link.replies.push_back(std::move(bytes));
    }

    void execute(Link& link, Words const& words) {
        std::string const& name = words[0];
        bool const sharded = name == "SSUBSCRIBE" || name == "SUNSUBSCRIBE";
        if (name == "PING") {
            if (protocol == 2 && !link.subscribed.empty()) {
                frame(link, {"pong", words[1]}, std::nullopt);
            } else {
                std::string bytes;
                protocol::RespWriter(bytes, protocol).bulk(words[1]);
                link.replies.push_back(std::move(bytes));
            }
        } else if (sharded && (!slots_served || link.to != owner())) {
            std::string bytes;
            protocol::RespWriter(bytes, protocol)
                .error(slots_served ? "MOVED " + std::to_string(protocol::hash_slot(words[1])) +
                                          " " + owner().host + ":" + std::to_string(owner().port)
                                    : std::string("CLUSTERDOWN Hash slot not served"));
            link.replies.push_back(std::move(bytes));
        } else {
            bool const subscribe = name == "SUBSCRIBE" || name == "SSUBSCRIBE";
            for (std::size_t i = 1; i < words.size(); ++i) {
                SubscriptionId const id{
                    sharded ? SubscriptionId::Kind::shard_channel : SubscriptionId::Kind::channel,
                    words[i]};
                subscribe ? (void)link.subscribed.insert(id) : (void)link.subscribed.erase(id);
                frame(link,
                      {(sharded ? std::string("s") : std::string()) +
                           (subscribe ? "subscribe" : "unsubscribe"),
                       words[i]},
                      1);
            }
        }
    }
};

}  // namespace keyslot::routing
