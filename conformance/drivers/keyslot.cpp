// Driver for Keyslot itself: our client over real TCP, behind the same protocol as everybody's.
#include "conformance/drivers/keyslot_json.hpp"
#include "conformance/drivers/keyslot_subscriptions.hpp"

#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/script.hpp>
#include <keyslot/system_environment.hpp>
#include <keyslot/transaction.hpp>

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
        } else if (op == "pipeline") {
            auto pipe = client_->pipeline();
            answer = co_await execute(pipe, pipe, request);
        } else if (op == "transaction") {
            answer = co_await transaction(request);
        } else if (op == "watch") {
            watching_.emplace(client_->transaction());
            Words const keys = request.at("keys");
            co_await watching_->watch(views(keys));
        } else if (op == "run_script") {
            answer = co_await run_script(request);
        } else if (op == "subscribe" || op == "unsubscribe") {
            if (!subscriptions_) {
                subscriptions_.emplace(client_->pubsub());
                asio::co_spawn(context_, subscriptions_->listen(), asio::detached);
            }
            co_await subscriptions_->change(request, op == "subscribe");
        } else if (op == "close") {
            client_->close();
        } else if (op != "ping") {
            answer = json{{"unimplemented", op}};
        }
        co_return answer;
    }

    asio::awaitable<json> call(json const& request) {
        Words const words = request.at("command");
        auto const arguments = views(words);
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

    template <class Queue, class Executor>
    static asio::awaitable<json> execute(Queue& queue, Executor& executor, json const& request) {
        std::vector<Words> const commands = request.at("commands");
        for (Words const& words : commands) {
            queue.issue_words(views(words));
        }
        PipelineOptions const options{.raise_on_error = false, .call = {}};
        co_return answer_of(co_await executor.execute(options, as_result));
    }

    asio::awaitable<json> transaction(json const& request) {
        if (!watching_) {
            auto pipe = client_->pipeline({.transaction = true});
            co_return co_await execute(pipe, pipe, request);
        }
        json answer = co_await execute(watching_->multi(), *watching_, request);
        watching_.reset();
        co_return answer;
    }

    asio::awaitable<json> run_script(json const& request) {
        std::string const source = request.at("source");
        Words const keys = request.at("keys"), arguments = request.at("arguments");
        Script const script = client_->register_script(source);
        co_return answer_of(co_await client_->run(script, keys, arguments, as_result));
    }

    asio::io_context& context_;
    std::shared_ptr<Environment> environment_;
    std::optional<AsyncRedisCluster> client_;
    std::optional<AsyncTransaction> watching_;
    std::optional<Subscriptions> subscriptions_;
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
