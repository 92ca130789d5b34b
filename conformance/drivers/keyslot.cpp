// Driver for Keyslot itself: our client over real TCP, behind the same protocol as everybody's.
#include "conformance/drivers/keyslot_json.hpp"

#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/pubsub.hpp>
#include <keyslot/system_environment.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>

#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

namespace keyslot::driver {
namespace {

using Words = std::vector<std::string>;

class Driver {
public:
    explicit Driver(asio::io_context& context)
        : context_(context), environment_(system_environment(context.get_executor())) {}

    asio::awaitable<void> answer(json request) {
        json answer;
        try {
            answer = co_await perform(request.at("op"), request);
        } catch (Error const& error) {
            answer = error_of(error.failure());
        }
        answer["id"] = request.at("id");
        say(answer);
    }

private:
    asio::awaitable<json> perform(std::string op, json const& request) {
        json answer{{"value", nullptr}};
        if (op == "hello") {
            answer = hello;
        } else if (op == "connect") {
            client_.emplace(*environment_, options_of(request));
        } else if (op == "call") {
            answer = co_await call(request);
        } else if (op == "pipeline" || op == "transaction") {
            PipelineMode const mode{.transaction = op == "transaction"};
            answer = co_await pipeline(request, mode);
        } else if (op == "subscribe") {
            co_await subscribe(request);
        } else if (op == "close") {
            client_->close();
        } else if (op != "ping") {
            answer = json{{"unimplemented", op}};
        }
        co_return answer;
    }

    asio::awaitable<json> call(json const& request) {
        Words const words = request.at("command");
        std::vector<std::string_view> const arguments(words.begin(), words.end());
        CallOptions options;
        options.repeatable = request.value("repeatable", false);
        if (request.contains("timeout_ms")) {
            options.timeout = std::chrono::milliseconds(request["timeout_ms"].get<int>());
        }
        auto with = client_->with(options);
        Result<Reply> const result =
            co_await with.execute(std::span<std::string_view const>(arguments), as_result);
        co_return answer_of(result);
    }

    asio::awaitable<json> pipeline(json const& request, PipelineMode mode) {
        auto pipe = client_->pipeline(mode);
        std::vector<Words> const commands = request.at("commands");
        for (Words const& words : commands) {
            std::vector<std::string_view> const arguments(words.begin(), words.end());
            pipe.issue_words(arguments);
        }
        PipelineOptions const options{.raise_on_error = false, .call = {}};
        auto const replies = co_await pipe.execute(options, as_result);
        if (!replies) {
            co_return error_of(replies.error());
        }
        json values = json::array();
        for (Result<Reply> const& reply : *replies) {
            values.push_back(reply ? plain(reply->view()) : error_of(reply.error()));
        }
        co_return json{{"value", std::move(values)}};
    }

    asio::awaitable<void> subscribe(json const& request) {
        Words const channels = request.at("channels");
        std::string const kind = request.at("kind");
        if (!subscriber_) {
            subscriber_.emplace(client_->pubsub());
            asio::co_spawn(context_, listen(), asio::detached);
        }
        if (kind == "pattern") {
            co_await subscriber_->psubscribe(channels);
        } else if (kind == "shard") {
            co_await subscriber_->ssubscribe(channels);
        } else {
            co_await subscriber_->subscribe(channels);
        }
    }

    asio::awaitable<void> listen() {
        for (;;) {
            PubSubMessage const got = co_await subscriber_->next();
            if (got.kind != PubSubMessage::Kind::gap) {
                say({{"event", "message"}, {"channel", got.channel}, {"message", got.payload}});
            }
        }
    }

    asio::io_context& context_;
    std::shared_ptr<Environment> environment_;
    std::optional<AsyncRedisCluster> client_;
    std::optional<AsyncPubSub> subscriber_;
};

asio::awaitable<void> serve(asio::io_context& context) {
    asio::posix::stream_descriptor input{context, dup(STDIN_FILENO)};
    std::string text;
    Driver driver{context};
    for (;;) {
        auto buffer = asio::dynamic_buffer(text);
        std::size_t const size =
            co_await asio::async_read_until(input, buffer, '\n', asio::use_awaitable);
        json request = json::parse(text.substr(0, size));
        text.erase(0, size);
        asio::co_spawn(context, driver.answer(std::move(request)), asio::detached);
    }
}

}  // namespace
}  // namespace keyslot::driver

int main() {
    boost::asio::io_context context{1};
    // The end of stdin is the end of the driver, whatever is still under way.
    boost::asio::co_spawn(context, keyslot::driver::serve(context),
                          [](std::exception_ptr) { std::_Exit(0); });
    context.run();
}
