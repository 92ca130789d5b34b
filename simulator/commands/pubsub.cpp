#include "simulator/commands/glob.hpp"
#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

#include <string>
#include <vector>

namespace keyslot::sim {

namespace {

std::int64_t as_integer(std::size_t count) { return static_cast<std::int64_t>(count); }

template <Topic topic>
void subscribe(ServerCommand& command) {
    // EXEC denies blocking; the other two are let through for the sake of old clients.
    if (topic == Topic::shard_channel && command.session.transaction.open) {
        return command.reply.error("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
    }
    for (std::string_view const name : command.arguments.subspan(1)) {
        command.server.pubsub.subscribe(command.session, topic, name);
    }
}

template <Topic topic>
void unsubscribe(ServerCommand& command) {
    if (command.count() == 1) {
        return command.server.pubsub.unsubscribe_all(command.session, topic);
    }
    for (std::string_view const name : command.arguments.subspan(1)) {
        command.server.pubsub.unsubscribe(command.session, topic, name);
    }
}

/// The reply counts the listeners of this node alone (facts 7.5), and comes after the message to the
/// publisher itself.
template <bool shard>
void publish(ServerCommand& command) {
    Server& server = command.server;
    std::string_view const channel = command.argument(1);
    std::string_view const payload = command.argument(2);
    std::size_t const receivers = server.pubsub.deliver(channel, payload, shard);
    if (server.config.cluster_enabled) {
        server.cluster.publish(channel, payload, shard);
    } else {
        server.propagate({command.arguments.begin(), command.arguments.end()});
    }
    command.reply.integer(as_integer(receivers));
}

/// PUBSUB CHANNELS and SHARDCHANNELS.
template <Topic topic>
void list_channels(ServerCommand& command) {
    if (command.count() > 3) {
        return command.wrong_subcommand_arguments();
    }
    std::vector<std::string_view> found;
    for (auto const& [channel, listeners] : command.server.pubsub.subscriptions().of(topic)) {
        if (command.count() == 2 || glob_match(command.argument(2), channel)) {
            found.push_back(channel);
        }
    }
    command.reply.array(found.size());
    for (std::string_view const channel : found) {
        command.reply.bulk(channel);
    }
}

/// PUBSUB NUMSUB and SHARDNUMSUB.
template <Topic topic>
void count_listeners(ServerCommand& command) {
    Arguments const channels = command.arguments.subspan(2);
    command.reply.array(2 * channels.size());
    for (std::string_view const channel : channels) {
        command.reply.bulk(channel);
        command.reply.integer(
            as_integer(command.server.pubsub.subscriptions().count(topic, channel)));
    }
}

void count_patterns(ServerCommand& command) {
    command.reply.integer(
        as_integer(command.server.pubsub.subscriptions().of(Topic::pattern).size()));
}

void help(ServerCommand& command) {
    static constexpr std::string_view lines[] = {
        "PUBSUB <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CHANNELS [<pattern>]",
        "    Return the currently active channels matching a <pattern> (default: '*').",
        "NUMPAT",
        "    Return number of subscriptions to patterns.",
        "NUMSUB [<channel> ...]",
        "    Return the number of subscribers for the specified channels, excluding",
        "    pattern subscriptions(default: no channels).",
        "SHARDCHANNELS [<pattern>]",
        "    Return the currently active shard level channels matching a <pattern> (default: "
        "'*').",
        "SHARDNUMSUB [<shardchannel> ...]",
        "    Return the number of subscribers for the specified shard level channel(s)",
        "HELP",
        "    Prints this help.",
    };
    command.help(lines);
}

constexpr ServerCommandEntry entries[] = {
    {"subscribe", subscribe<Topic::channel>},
    {"psubscribe", subscribe<Topic::pattern>},
    {"ssubscribe", subscribe<Topic::shard_channel>},
    {"unsubscribe", unsubscribe<Topic::channel>},
    {"punsubscribe", unsubscribe<Topic::pattern>},
    {"sunsubscribe", unsubscribe<Topic::shard_channel>},
    {"publish", publish<false>},
    {"spublish", publish<true>},
    {"pubsub|channels", list_channels<Topic::channel>},
    {"pubsub|shardchannels", list_channels<Topic::shard_channel>},
    {"pubsub|numsub", count_listeners<Topic::channel>},
    {"pubsub|shardnumsub", count_listeners<Topic::shard_channel>},
    {"pubsub|numpat", count_patterns},
    {"pubsub|help", help},
};

}  // namespace

std::span<ServerCommandEntry const> pubsub_commands() { return entries; }

}  // namespace keyslot::sim
