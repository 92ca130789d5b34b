#include "conformance/arms/driver_subject.hpp"

#include "conformance/harness/stage.hpp"

#include <chrono>
#include <utility>

namespace keyslot::conformance {
namespace {

using nlohmann::json;

auto in_ms(Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

json options_of(CaseClient const& client, std::optional<TlsOptions> const& tls) {
    json options = json::object();
    auto const set = [&](char const* name, std::optional<Duration> const& value) {
        if (value) {
            options[name] = in_ms(*value);
        }
    };
    set("call_timeout_ms", client.call_timeout);
    set("attempt_timeout_ms", client.attempt_timeout);
    set("connect_timeout_ms", client.connect_timeout);
    set("refresh_period_ms", client.refresh_period);
    if (client.redirects_max) {
        options["redirects_max"] = *client.redirects_max;
    }
    if (client.protocol) {
        options["protocol"] = *client.protocol;
    }
    if (client.read_from_replicas) {
        options["read_from_replicas"] = *client.read_from_replicas;
    }
    if (!client.password.empty()) {
        options["username"] = client.username;
        options["password"] = client.password;
    }
    if (tls) {
        options["tls"] = {{"ca_file", tls->ca_file}};
        if (!tls->certificate_file.empty()) {
            options["tls"]["certificate_file"] = tls->certificate_file;
            options["tls"]["key_file"] = tls->key_file;
        }
    }
    return options;
}

json operation_of(CallStep const& step, std::vector<Words> commands) {
    json operation{{"op", to_string(step.operation)}};
    switch (step.operation) {
        case Operation::call: operation["command"] = commands.at(0); break;
        case Operation::pipeline:
        case Operation::transaction: operation["commands"] = commands; break;
        case Operation::watch: operation["keys"] = commands.at(0); break;
        case Operation::run_script: {
            Words const& words = commands.at(0);
            auto const keys_end = words.begin() + 2 + std::stol(words.at(1));
            operation["source"] = words[0];
            operation["keys"] = Words(words.begin() + 2, keys_end);
            operation["arguments"] = Words(keys_end, words.end());
            break;
        }
        case Operation::subscribe:
        case Operation::unsubscribe:
            operation["channels"] = commands.at(0);
            operation["kind"] = to_string(step.kind);
            break;
        case Operation::close: break;
    }
    return operation;
}

}  // namespace

DriverSubject::DriverSubject(asio::io_context& context, sim::LiveClock& clock,
                             DriverCommand const& command, Configuration configuration)
    : clock_(clock),
      world_(clock.world()),
      configuration_(std::move(configuration)),
      bell_(world_.kernel()),
      process_(context, command,
               {.on_line = [this](std::string_view line) { on_line(line); },
                .on_end = [this](std::string why) { on_end(std::move(why)); }}) {}

// ---- what the driver says

void DriverSubject::on_line(std::string_view line) {
    if (!problem_.empty()) {
        return;
    }
    DriverAnswer answer;
    try {
        answer = dialogue_.hear(line);
    } catch (DriverError const& error) {
        break_down(error.what());
        return;
    }
    if (answer.id == close_) {
        closed_ = true;
    } else if (answer.id == life_sign_) {
        life_sign_.reset();
    } else if (answer.id != 0) {
        answers_[answer.id] = std::move(answer);
    }
    wake();
}

void DriverSubject::on_end(std::string why) {
    if (!close_) {
        break_down(std::move(why));
    }
    closed_ = true;
    wake();
}

void DriverSubject::break_down(std::string why) {
    if (problem_.empty()) {
        problem_ = std::move(why);
    }
    wake();
}

void DriverSubject::wake() {
    clock_.catch_up();  // the answer came now, and not when the world last moved
    for (MessageSeen& message : dialogue_.take_messages()) {
        hear(std::move(message));
    }
    bell_.ring();
    clock_.touch();
}

// ---- what it is asked

std::uint64_t DriverSubject::send(json request) {
    std::uint64_t id = 0;
    process_.send(dialogue_.ask(std::move(request), id));
    return id;
}

asio::awaitable<DriverAnswer> DriverSubject::answer_to(std::uint64_t id, Instant limit) {
    std::function<bool()> const is_there = [this, id] {
        return answers_.contains(id) || !problem_.empty();
    };
    bool const came = co_await bell_.wait_until(is_there, limit);
    if (!problem_.empty() || !came) {
        throw Spoiled(came ? problem_ : "the driver did not answer in time");
    }
    co_return std::move(answers_.extract(id).mapped());
}

asio::awaitable<void> DriverSubject::take_turn() {
    std::uint64_t const turn = turns_taken_++;
    std::function<bool()> const is_ours = [this, turn] {
        bool const has_room = in_flight_ == 0 || in_flight_ < dialogue_.info().concurrency;
        return (turn == turn_ && has_room) || !problem_.empty();
    };
    co_await bell_.wait_until(is_ours, Instant::max());
    if (!problem_.empty()) {
        throw Spoiled(problem_);
    }
}

asio::awaitable<DriverAnswer> DriverSubject::perform(json operation, CallSeen& seen) {
    co_await take_turn();
    if (!greeted_) {
        co_await say_hello();
    }
    seen.started = world_.now();
    DriverAnswer answer;
    if (!connected_) {
        answer = co_await connect();
    }
    std::uint64_t id = 0;
    if (connected_) {
        id = send(std::move(operation));
        ++in_flight_;
    }
    ++turn_;
    bell_.ring();
    if (id != 0) {
        answer = co_await answer_to(id, Instant::max());
        --in_flight_;
        bell_.ring();
    }
    seen.ended = world_.now();
    co_return answer;
}

asio::awaitable<void> DriverSubject::say_hello() {
    json hello{{"op", "hello"}, {"protocol", driver_protocol}};
    std::uint64_t const id = send(std::move(hello));
    Instant const limit = world_.now() + configuration_.hello_patience;
    co_await answer_to(id, limit);
    greeted_ = true;
    std::string const missing = configuration_.missing(info());
    if (!missing.empty()) {
        throw Unimplemented(missing);
    }
}

// A client that cannot connect fails the operation that wanted it, and the next one tries again.
asio::awaitable<DriverAnswer> DriverSubject::connect() {
    json nodes = json::array();
    for (ClusterNode const& node : configuration_.nodes) {
        nodes.push_back({{"host", node.host}, {"port", node.port}});
    }
    json request{{"op", "connect"},
                 {"nodes", nodes},
                 {"options", options_of(configuration_.options, configuration_.tls)}};
    std::uint64_t const id = send(std::move(request));
    DriverAnswer answer = co_await answer_to(id, Instant::max());
    if (answer.kind == DriverAnswer::Kind::unimplemented) {
        throw Unimplemented(answer.text);
    }
    connected_ = answer.kind == DriverAnswer::Kind::value;
    co_return answer;
}

asio::awaitable<void> DriverSubject::call(CallStep const& step, std::vector<Words> commands,
                                          CallSeen& seen) {
    json operation = operation_of(step, std::move(commands));
    if (step.timeout) {
        operation["timeout_ms"] = in_ms(*step.timeout);
    }
    if (step.repeatable) {
        operation["repeatable"] = true;
    }
    DriverAnswer const answer = co_await perform(std::move(operation), seen);
    if (answer.kind == DriverAnswer::Kind::unimplemented) {
        throw Unimplemented(answer.text);
    }
    seen.failed = answer.kind == DriverAnswer::Kind::error;
    seen.text = answer.text;
    seen.code = answer.code;
    seen.outcome = answer.outcome;
}

void DriverSubject::ask_for_life() {
    bool const is_busy = in_flight_ >= info().concurrency;
    if (!greeted_ || is_busy) {
        break_down("the driver does not answer: it hangs, or the client in it does");
        return;
    }
    life_sign_ = send({{"op", "ping"}});
}

void DriverSubject::close() {
    if (problem_.empty() && !closed_ && greeted_) {
        close_ = send({{"op", "close"}});
    } else {
        closed_ = true;
    }
}

}  // namespace keyslot::conformance
