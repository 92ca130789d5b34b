#pragma once

#include "conformance/drivers/keyslot_json.hpp"

#include <keyslot/pubsub.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <utility>

namespace keyslot::driver {

/// What the client has subscribed to; messages and gaps become events of the protocol.
class Subscriptions {
public:
    explicit Subscriptions(AsyncPubSub subscriber) : subscriber_(std::move(subscriber)) {}

    // No coroutine: the names are copied at once.
    asio::awaitable<void> change(json const& request, bool adds) {
        std::string const kind = request.at("kind");
        Words const names = request.at("channels");
        if (kind == "pattern") {
            return ignore(adds ? subscriber_.psubscribe(names) : subscriber_.punsubscribe(names));
        }
        if (kind == "shard") {
            return ignore(adds ? subscriber_.ssubscribe(names) : subscriber_.sunsubscribe(names));
        }
        return ignore(adds ? subscriber_.subscribe(names) : subscriber_.unsubscribe(names));
    }

    asio::awaitable<void> listen() {
        for (;;) {
            Result<PubSubMessage> const got = co_await subscriber_.next(as_result);
            if (!got) {
                co_return;  // closed
            }
            say(event_of(*got));
        }
    }

private:
    static asio::awaitable<void> ignore(asio::awaitable<bool> done) { co_await std::move(done); }

    AsyncPubSub subscriber_;
};

}  // namespace keyslot::driver
