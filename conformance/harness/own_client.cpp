#include "conformance/harness/own_client.hpp"

#include "conformance/harness/reply_line.hpp"
#include "conformance/harness/stage.hpp"
#include "simulator/kernel/kernel_executor.hpp"

#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/pubsub.hpp>
#include <keyslot/script.hpp>
#include <keyslot/sim/world.hpp>
#include <keyslot/transaction.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace keyslot::conformance {
namespace {

std::chrono::milliseconds in_ms(Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration);
}

// As the enumerators are called, and the case files with them.
std::string in_one_word(std::string_view text) {
    std::string word(text);
    std::replace(word.begin(), word.end(), ' ', '_');
    return word;
}

std::string outcome_word(Outcome outcome) {
    switch (outcome) {
        case Outcome::not_executed: return "not_executed";
        case Outcome::executed: return "executed";
        case Outcome::unknown: return "unknown";
    }
    return "?";
}

/// Our client in a world.
class OwnClient final : public Subject {
public:
    OwnClient(CaseClient const& wanted, sim::World& world, Stage& stage, std::string const& host)
        : world_(world), client_(world.host(host), options(wanted, stage)) {}

    asio::awaitable<void> call(CallStep const& step, std::vector<Words> commands,
                               CallSeen& seen) override {
        seen.started = world_.now();
        co_await perform(step, std::move(commands), seen);
        seen.ended = world_.now();
    }

    void close() override { client_.close(); }

private:
    asio::awaitable<void> perform(CallStep const& step, std::vector<Words> commands,
                                  CallSeen& seen) {
        switch (step.operation) {
            case Operation::call: return command(step, std::move(commands.at(0)), seen);
            case Operation::pipeline: return pipeline(step, std::move(commands), seen);
            case Operation::transaction: return transaction(step, std::move(commands), seen);
            case Operation::watch: return watch(std::move(commands.at(0)), seen);
            case Operation::run_script: return run_script(std::move(commands.at(0)), seen);
            case Operation::subscribe:
            case Operation::unsubscribe:
                return change_subscriptions(step, std::move(commands.at(0)), seen);
            case Operation::close: break;
        }
        return close_for_good(seen);
    }

    asio::awaitable<void> command(CallStep const& step, Words words, CallSeen& seen) {
        auto const arguments = views(words);
        auto with = client_.with(call_options(step));
        Result<Reply> const result =
            co_await with.execute(std::span<std::string_view const>(arguments), as_result);
        note(result, seen, [](Reply const& reply) { return reply_line(reply); });
    }

    asio::awaitable<void> pipeline(CallStep const& step, std::vector<Words> commands,
                                   CallSeen& seen) {
        auto pipe = client_.pipeline();
        add(commands, pipe);
        PipelineOptions const options{.raise_on_error = false, .call = call_options(step)};
        note_replies(co_await pipe.execute(options, as_result), seen);
    }

    asio::awaitable<void> transaction(CallStep const& step, std::vector<Words> commands,
                                      CallSeen& seen) {
        PipelineOptions const options{.raise_on_error = false, .call = call_options(step)};
        if (watching_) {
            add(commands, watching_->multi());
            note_replies(co_await watching_->execute(options, as_result), seen);
            watching_.reset();
        } else {
            auto pipe = client_.pipeline({.transaction = true});
            add(commands, pipe);
            note_replies(co_await pipe.execute(options, as_result), seen);
        }
    }

    asio::awaitable<void> watch(Words keys, CallSeen& seen) {
        auto const arguments = views(keys);
        watching_.emplace(client_.transaction());
        note(co_await watching_->watch(arguments, as_result), seen, [](bool) { return "OK"; });
    }

    // The source, the number of the keys, the keys, the arguments: as EVAL has them.
    asio::awaitable<void> run_script(Words words, CallSeen& seen) {
        auto const arguments = std::span(words).subspan(2);
        auto const keys = arguments.first(std::stoul(words.at(1)));
        Script const script = client_.register_script(words[0]);
        Result<Reply> const result =
            co_await client_.run(script, keys, arguments.subspan(keys.size()), as_result);
        note(result, seen, [](Reply const& reply) { return reply_line(reply); });
    }

    asio::awaitable<void> change_subscriptions(CallStep const& step, Words channels,
                                               CallSeen& seen) {
        if (!subscriber_) {
            subscriber_.emplace(client_.pubsub());
            asio::co_spawn(world_.kernel().executor(sim::world_actor), listen(), asio::detached);
        }
        note(co_await change(step, channels), seen, [](bool) { return "OK"; });
    }

    // No coroutine: the names are copied at once.
    asio::awaitable<Result<bool>> change(CallStep const& step, Words const& channels) {
        AsyncPubSub& to = *subscriber_;
        bool const adds = step.operation == Operation::subscribe;
        switch (step.kind) {
            case ChannelKind::channel:
                return adds ? to.subscribe(channels, as_result)
                            : to.unsubscribe(channels, as_result);
            case ChannelKind::pattern:
                return adds ? to.psubscribe(channels, as_result)
                            : to.punsubscribe(channels, as_result);
            case ChannelKind::shard: break;
        }
        return adds ? to.ssubscribe(channels, as_result) : to.sunsubscribe(channels, as_result);
    }

    asio::awaitable<void> listen() {
        for (;;) {
            Result<PubSubMessage> const got = co_await subscriber_->next(as_result);
            if (!got) {
                co_return;  // closed
            }
            bool const is_gap = (*got).kind == PubSubMessage::Kind::gap;
            std::string const& name =
                is_gap && (*got).channel.empty() ? (*got).pattern : (*got).channel;
            hear({.channel = name, .text = (*got).payload, .gap = is_gap});
        }
    }

    asio::awaitable<void> close_for_good(CallSeen& seen) {
        client_.close();
        seen.text = "OK";
        co_return;
    }

    static std::vector<std::string_view> views(Words const& words) {
        return {words.begin(), words.end()};
    }

    template <class Pipeline>
    static void add(std::vector<Words> const& commands, Pipeline& pipe) {
        for (Words const& words : commands) {
            pipe.issue_words(views(words));
        }
    }

    static CallOptions call_options(CallStep const& step) {
        CallOptions options;
        options.repeatable = step.repeatable;
        if (step.timeout) {
            options.timeout = in_ms(*step.timeout);
        }
        return options;
    }

    template <class T, class Print>
    static void note(Result<T> const& result, CallSeen& seen, Print print) {
        seen.failed = !result.has_value();
        if (result) {
            seen.text = print(*result);
        } else {
            seen.text = result.error().to_string();
            seen.code = in_one_word(to_string(result.error().code));
            seen.outcome = outcome_word(result.error().outcome);
        }
    }

    // EXEC refused because of a watched key is no failure but a result: null.
    static void note_replies(Result<std::vector<Result<Reply>>> const& replies, CallSeen& seen) {
        if (!replies && replies.error().code == ErrorCode::watch) {
            seen.text = "(nil)";
            return;
        }
        note(replies, seen, [](std::vector<Result<Reply>> const& list) {
            std::vector<std::string> lines;
            for (Result<Reply> const& reply : list) {
                lines.push_back(reply ? reply_line(*reply)
                                      : "(error) " + reply.error().to_string());
            }
            return list_line(lines);
        });
    }

    static ClusterOptions options(CaseClient const& wanted, Stage& stage) {
        ClusterOptions options;
        options.startup_nodes = stage.startup_nodes(wanted.startup);
        auto const set = [](auto& option, auto const& value) {
            if (value) {
                option = in_ms(*value);
            }
        };
        set(options.call_timeout, wanted.call_timeout);
        set(options.attempt_timeout, wanted.attempt_timeout);
        set(options.connect_timeout, wanted.connect_timeout);
        set(options.refresh_period, wanted.refresh_period);
        if (wanted.redirects_max) {
            options.redirects_max = static_cast<int>(*wanted.redirects_max);
        }
        options.protocol = static_cast<int>(wanted.protocol.value_or(3));
        options.read_from_replicas = wanted.read_from_replicas.value_or(false);
        options.username = wanted.username;
        options.password = wanted.password;
        options.tls = Stage::client_tls(wanted);
        return options;
    }

    sim::World& world_;
    AsyncRedisCluster client_;
    std::optional<AsyncTransaction> watching_;
    std::optional<AsyncPubSub> subscriber_;
};

}  // namespace

std::unique_ptr<Subject> make_own_client(Case const& test, sim::World& world, Stage& stage,
                                         std::string const& host) {
    return std::make_unique<OwnClient>(test.client, world, stage, host);
}

CaseReport run_case(Case const& test, std::uint64_t seed) {
    return run_in_virtual_time(test, make_own_client, seed);
}

}  // namespace keyslot::conformance
