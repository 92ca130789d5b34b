// A subscriber: channels, patterns and shard channels of the whole cluster as one stream of messages.
//
//     keyslot-sim serve --masters 3 --replicas 1 --port 7000 &
//     build/release/bin/example_pubsub 127.0.0.1 7000
#include <keyslot/pubsub.hpp>
#include <keyslot/redis_cluster.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>

using namespace std::chrono_literals;

int main(int argc, char** argv) try {
    std::string const host = argc > 1 ? argv[1] : "127.0.0.1";
    auto const port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 7000);
    keyslot::RedisCluster redis{{.startup_nodes = {{host, port}}}};

    keyslot::PubSub subscriber = redis.pubsub({.queue_messages_max = 1000});
    subscriber.subscribe("news");
    subscriber.psubscribe("weather.*");
    subscriber.ssubscribe(keyslot::args("orders:1", "orders:2"));  // at the shards of their slots

    redis.execute({"PUBLISH", "news", "hello"});
    redis.execute({"PUBLISH", "weather.oslo", "rain"});
    redis.execute({"SPUBLISH", "orders:1", "paid"});
    redis.execute({"SPUBLISH", "orders:2", "sent"});

    int messages = 0;
    while (std::optional<keyslot::PubSubMessage> const message = subscriber.get_message(500ms)) {
        switch (message->kind) {
            case keyslot::PubSubMessage::Kind::gap:
                // A node failed, or a slot moved: whatever state the messages tell of is read anew here.
                std::cout << "messages of " << message->channel << message->pattern
                          << " may be missing\n";
                break;
            default: ++messages; std::cout << message->channel << ": " << message->payload << '\n';
        }
    }
    subscriber.unsubscribe("news");
    return messages == 4 ? 0 : 1;
} catch (std::exception const& error) {
    std::cerr << "pubsub: " << error.what() << '\n';
    return 1;
}
