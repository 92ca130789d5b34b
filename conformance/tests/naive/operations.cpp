// What the naive client can be asked for.
#include "conformance/tests/naive/naive_client.hpp"

#include "client/protocol/command_table.hpp"
#include "client/protocol/hash_slot.hpp"
#include "conformance/harness/reply_line.hpp"
#include "simulator/kernel/kernel_executor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <sstream>
#include <utility>

namespace keyslot::conformance::naive {
namespace {

using namespace std::chrono_literals;

constexpr Duration default_call_timeout = 5s;

bool may_block(Words const& words) {
    protocol::CommandInfo const* const info = protocol::find_command(words[0]);
    return info != nullptr && info->has(protocol::flag_blocking);
}

std::string verb(ChannelKind kind, std::string_view rest) {
    std::string const first = kind == ChannelKind::pattern ? "P"
                              : kind == ChannelKind::shard ? "S"
                                                           : "";
    return first + std::string(rest);
}

}  // namespace

NaiveClient::NaiveClient(Case const& test, sim::World& world, Stage& stage, std::string const& host,
                         std::string habit)
    : world_(world),
      environment_(world.host(host)),
      bell_(world.kernel()),
      options_(test.client),
      habit_(std::move(habit)) {
    for (ClusterNode const& node : stage.startup_nodes(test.client.startup)) {
        seeds_.push_back({node.host, node.port});
    }
    if (options_.refresh_period || does("polls")) {
        Duration const period = does("polls") ? 50ms : *options_.refresh_period;
        asio::co_spawn(world_.kernel().executor(sim::world_actor), refresh_now_and_then(period),
                       asio::detached);
    }
}

asio::awaitable<void> NaiveClient::call(CallStep const& step, std::vector<Words> commands,
                                        CallSeen& seen) {
    seen.started = now();
    Ending const ending = co_await perform(step, std::move(commands));
    seen.ended = now();
    seen.failed = ending.failed && !does("hides-errors") && !does("takes-refusals-for-values");
    seen.text = ending.text;
    seen.outcome = ending.outcome;
}

asio::awaitable<NaiveClient::Ending> NaiveClient::perform(CallStep const& step,
                                                          std::vector<Words> commands) {
    Duration const patience =
        step.timeout.value_or(options_.call_timeout.value_or(default_call_timeout));
    Unit unit;
    unit.commands = std::move(commands);
    unit.deadline = now() + patience;
    unit.may_repeat = step.repeatable;
    if (does("gives-up-within-a-second")) {
        unit.deadline = std::min(unit.deadline, now() + 1s);
    }
    switch (step.operation) {
        case Operation::call: return command(std::move(unit));
        case Operation::pipeline: return pipeline(std::move(unit));
        case Operation::transaction: return transaction(std::move(unit));
        case Operation::watch: return watch(std::move(unit));
        case Operation::run_script: return run_script(std::move(unit));
        case Operation::subscribe:
        case Operation::unsubscribe:
            return change_subscriptions(step, unit.commands[0], unit.deadline);
        case Operation::close: break;
    }
    return [](NaiveClient& client) -> asio::awaitable<Ending> {
        if (client.does("hangs-at-its-end")) {
            co_await client.world_.sleep(10s);
        }
        client.close();
        if (client.does("talks-after-its-end")) {
            asio::co_spawn(client.world_.kernel().executor(sim::world_actor),
                           client.refresh_now_and_then(300ms), asio::detached);
        }
        co_return client.success("OK");
    }(*this);
}

std::string NaiveClient::text_of(ReplyView reply) const {
    if (reply.is_error()) {
        return "(error) " + std::string(reply.text());
    }
    if (reply.is_aggregate()) {
        std::vector<std::string> elements;
        for (std::size_t n = 0; n < reply.size(); ++n) {
            elements.push_back(text_of(reply[n]));
        }
        return does("reads-the-first-element-only") ? (elements.empty() ? "" : elements.front())
                                                    : list_line(elements);
    }
    if (reply.is_null() && does("reads-null-as-text")) {
        return "";
    }
    std::string text = reply_line(reply);
    if (does("cuts-long-values")) {
        text.resize(std::min<std::size_t>(text.size(), 4096));
    }
    if (does("cuts-values-at-line-breaks")) {
        text = text.substr(0, text.find('\r'));
    }
    if (does("rounds-numbers") && reply.type() == ReplyType::integer) {
        std::ostringstream rounded;
        rounded << static_cast<double>(reply.as_integer().value_or(0)) * 1.0001;
        text = rounded.str();
    }
    return text;
}

asio::awaitable<NaiveClient::Ending> NaiveClient::command(Unit unit) {
    Words const words = unit.commands[0];
    unit.blocks = may_block(words);
    if (does("publishes-by-key") && words[0] == "PUBLISH") {
        unit.commands[0][0] = "SPUBLISH";
    }
    if (does("splits-by-key") && slot_of(words) < -1) {
        std::size_t const step = words[0] == "MSET" ? 2 : 1;
        for (std::size_t n = 1; n + step <= words.size(); n += step) {
            Unit part = unit;
            part.commands[0] = {words[0]};
            part.commands[0].insert(part.commands[0].end(), words.begin() + std::ptrdiff_t(n),
                                    words.begin() + std::ptrdiff_t(n + step));
            co_await deliver(std::move(part));
        }
        co_return success("OK");
    }
    Ending ending = co_await deliver(std::move(unit));
    if (!ending.replies.empty()) {
        ending.text = ending.failed ? std::string(ending.replies.back().text())
                                    : text_of(ending.replies.back().view());
    }
    co_return ending;
}

// Each command by itself, at the same time: the turns of the slots keep the order.
asio::awaitable<NaiveClient::Ending> NaiveClient::pipeline(Unit unit) {
    struct Part {
        Ending ending;
        bool done = false;
    };
    auto parts = std::make_shared<std::vector<Part>>(unit.commands.size());
    auto const run = [](NaiveClient& client, Unit one, std::shared_ptr<std::vector<Part>> all,
                        std::size_t n) -> asio::awaitable<void> {
        (*all)[n].ending = co_await client.command(std::move(one));
        (*all)[n].done = true;
        client.bell_.ring();
    };
    std::vector<std::size_t> order(parts->size());
    for (std::size_t n = 0; n < order.size(); ++n) {
        order[n] = does("runs-pipelines-backwards") ? order.size() - 1 - n : n;
    }
    for (std::size_t const n : order) {
        Unit one = unit;
        one.commands = {unit.commands[n]};
        asio::co_spawn(world_.kernel().executor(sim::world_actor),
                       run(*this, std::move(one), parts, n), asio::detached);
    }
    std::function<bool()> const all_done = [parts] {
        return std::all_of(parts->begin(), parts->end(),
                           [](Part const& part) { return part.done; });
    };
    co_await bell_.wait_until(all_done, Instant::max());
    bool const any_failed = std::any_of(parts->begin(), parts->end(),
                                        [](Part const& part) { return part.ending.failed; });
    if (any_failed && does("fails-a-pipeline-as-one")) {
        co_return failure("something in it failed", "");
    }
    std::vector<std::string> texts;
    for (Part const& part : *parts) {
        texts.push_back((part.ending.failed ? "(error) " : "") + part.ending.text);
    }
    if (does("sends-whole-pipelines-again")) {
        for (Words const& words : unit.commands) {
            Unit again = unit;
            again.commands = {words};
            co_await command(std::move(again));
        }
    }
    co_return success(list_line(texts));
}

asio::awaitable<NaiveClient::Ending> NaiveClient::transaction(Unit unit) {
    if (does("splits-transactions")) {
        co_return co_await pipeline(std::move(unit));
    }
    unit.is_transaction = true;
    Ending ending;
    if (LinePointer const line = std::exchange(watching_, nullptr);
        line != nullptr && !does("forgets-watches")) {
        auto const batch = co_await ask(*line, bytes_of(unit, false), unit.deadline);
        line->close();
        if (!batch->is_complete() || is_due_again(unit, *batch, ending)) {
            co_return success("(nil)");
        }
        ending.replies = batch->replies;
    } else {
        ending = co_await deliver(std::move(unit));
    }
    if (ending.failed) {
        co_return ending;
    }
    Reply const& told = ending.replies.back();
    if (told.is_error()) {
        co_return failure(std::string(told.text()), "not_executed");
    }
    ending.text = told.is_null() ? "(nil)" : text_of(told.view());
    co_return ending;
}

asio::awaitable<NaiveClient::Ending> NaiveClient::watch(Unit unit) {
    if (nodes_.empty()) {
        co_await refresh(unit.deadline);
    }
    unit.commands[0].insert(unit.commands[0].begin(), "WATCH");
    Endpoint const target = target_of(slot_of(unit.commands[0]), false);
    Line::Hear const deaf;
    watching_ = co_await connect(target, unit.deadline, deaf);
    if (watching_ == nullptr) {
        co_return failure("cannot connect", "not_executed");
    }
    co_await ask(*watching_, unit.commands, unit.deadline);
    co_return success("OK");
}

asio::awaitable<NaiveClient::Ending> NaiveClient::run_script(Unit unit) {
    Words const words = unit.commands[0];
    std::string& digest = digests_[words[0]];
    Unit load = unit, whole = unit;
    if (does("never-sends-scripts")) {
        digest = std::string(40, 'f');
    }
    if (digest.empty()) {
        load.commands = {{"SCRIPT", "LOAD", words[0]}};
        Ending const loaded = co_await command(std::move(load));
        digest = loaded.text;
    }
    unit.commands[0].insert(unit.commands[0].begin(), "EVALSHA");
    unit.commands[0][1] = digest;
    Ending ending = co_await command(std::move(unit));
    if (ending.text.starts_with("NOSCRIPT") && !does("never-sends-scripts")) {
        whole.commands[0].insert(whole.commands[0].begin(), "EVAL");
        ending = co_await command(std::move(whole));
    }
    co_return ending;
}

// ---- subscriptions: a connection for each

asio::awaitable<NaiveClient::Ending> NaiveClient::change_subscriptions(CallStep const& step,
                                                                       Words names,
                                                                       Instant deadline) {
    std::vector<Subscription*> changed;
    for (std::string const& name : names) {
        if (step.operation == Operation::subscribe) {
            subscriptions_.push_back({.kind = step.kind, .name = name});
            changed.push_back(&subscriptions_.back());
            asio::co_spawn(world_.kernel().executor(sim::world_actor),
                           keep_subscribed(subscriptions_.back()), asio::detached);
            continue;
        }
        for (Subscription& old : subscriptions_) {
            bool const is_it = old.kind == step.kind && old.name == name;
            if (is_it && !does("keeps-what-was-unsubscribed")) {
                old.wanted = false;
                old.line->send({{verb(old.kind, "UNSUBSCRIBE"), name}});
                changed.push_back(&old);
            }
        }
    }
    std::function<bool()> const all_changed = [changed] {
        return std::all_of(changed.begin(), changed.end(),
                           [](Subscription const* one) { return one->live == one->wanted; });
    };
    bool const done = co_await bell_.wait_until(all_changed, deadline);
    co_return done ? success("OK") : failure("not in time", "unknown");
}

asio::awaitable<void> NaiveClient::keep_subscribed(Subscription& wanted) {
    for (std::size_t tries = 0; wanted.wanted; ++tries) {
        bool const goes_on = !closed_ || does("talks-after-its-end");
        bool const is_dropped = wanted.was_live && does("drops-subscriptions");
        if (!goes_on || is_dropped) {
            co_return;
        }
        if (nodes_.empty() || tries != 0) {
            co_await refresh(now() + 1s);
        }
        std::vector<Endpoint> const nodes(nodes_.begin(), nodes_.end());
        if (nodes.empty()) {
            co_await world_.sleep(100ms);
            continue;
        }
        Endpoint target = nodes[tries % nodes.size()];
        if (wanted.kind == ChannelKind::shard && !does("subscribes-shards-anywhere")) {
            target = target_of(protocol::hash_slot(wanted.name), false);
        }
        Line::Hear const hear_it = [this, &wanted](Reply const& reply) {
            hear_message(wanted, reply);
        };
        wanted.line = co_await connect(target, now() + 2s, hear_it);
        if (wanted.line != nullptr) {
            wanted.line->subscribed = true;
            wanted.line->send({{verb(wanted.kind, "SUBSCRIBE"), wanted.name}});
            std::function<bool()> const ends = [line = wanted.line] { return !line->is_open(); };
            co_await bell_.wait_until(ends, Instant::max());
            wanted.live = false;
        }
        co_await world_.sleep(100ms);
    }
}

void NaiveClient::hear_message(Subscription& wanted, Reply const& reply) {
    if (reply.is_error() || reply.size() < 3) {
        wanted.line->close();  // MOVED: the next attempt goes by a new map
        return;
    }
    std::string const kind(reply[0].text());
    if (kind.ends_with("unsubscribe")) {
        wanted.live = false;
        if (!wanted.wanted || !does("ignores-sunsubscribe")) {
            wanted.line->close();
        }
    } else if (kind.ends_with("subscribe")) {
        wanted.live = true;
        if (std::exchange(wanted.was_live, true) && !does("tells-no-gaps")) {
            hear({.channel = wanted.name, .gap = true});
        }
    } else {
        bool const is_lost = does("drops-one-message-in-two") && ++reads_ % 2 == 0;
        int const times = is_lost ? 0 : does("gives-messages-twice") ? 2 : 1;
        std::size_t const text = reply.size() - 1;
        for (int n = 0; n < times; ++n) {
            hear({.channel = std::string(reply[text - 1].text()),
                  .text = std::string(reply[text].text())});
        }
    }
    bell_.ring();
}

void NaiveClient::close() {
    closed_ = true;
    for (auto const& line : all_lines_) {
        if (LinePointer const open = line.lock()) {
            open->close();
        }
    }
    bell_.ring();
}

}  // namespace keyslot::conformance::naive
