#include "conformance/harness/case_run.hpp"

#include "conformance/harness/reply_line.hpp"
#include "conformance/harness/stage.hpp"
#include "conformance/harness/witness.hpp"
#include "simulator/network/network.hpp"

#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/sim/world.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <deque>
#include <exception>
#include <map>
#include <ostream>
#include <sstream>
#include <utility>

namespace keyslot::conformance {
namespace {

using namespace std::chrono_literals;

// How long a case waits for what should come, in virtual time, and how often it looks.
constexpr Duration patience = 120s;
constexpr Duration glance = 100us;

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

/// One case on its stage.
class Run {
public:
    Run(Case const& test, std::uint64_t seed)
        : test_(test),
          world_(sim::Seed{seed}),
          app_(world_.host("app")),
          stage_(world_, test.topology),
          witness_(world_, world_.network().host_ip(*world_.network().find_host("app"))),
          client_(app_, client_options()) {
        world_.tap_sessions(&witness_);
    }

    Evidence play() {
        try {
            world_.run([this] { return play_steps(); });
        } catch (std::exception const& error) {
            evidence_.spoiled = error.what();
        }
        client_.close();
        gather();
        return std::move(evidence_);
    }

private:
    ClusterOptions client_options() {
        ClusterOptions options;
        CaseClient const& wanted = test_.client;
        options.startup_nodes = startup_nodes();
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
        return options;
    }

    std::vector<ClusterNode> startup_nodes() {
        if (test_.client.startup.empty()) {
            return stage_.cluster().startup_nodes();
        }
        std::vector<ClusterNode> nodes;
        for (std::string const& entry : test_.client.startup) {
            std::size_t const colon = entry.find(':');
            if (colon == std::string::npos) {
                Endpoint const& address = stage_.node(entry).address();
                nodes.push_back({.host = address.address, .port = address.port});
            } else {
                nodes.push_back(
                    {.host = entry.substr(0, colon),
                     .port = static_cast<std::uint16_t>(std::stoi(entry.substr(colon + 1)))});
            }
        }
        return nodes;
    }

    asio::awaitable<void> play_steps() {
        co_await stage_.prepare();
        for (Step const& step : test_.steps) {
            co_await std::visit([this](auto const& wanted) { return perform(wanted); }, step);
        }
    }

    asio::awaitable<void> perform(CallStep const& step) {
        for (std::size_t n = 1; n <= step.times; ++n) {
            calls_.push_back({.name = step.name});
            asio::co_spawn(client_.get_executor(), call(step, n, calls_.back()), asio::detached);
        }
        if (step.wait) {
            co_await calls_named(step.name);
        }
    }

    asio::awaitable<void> call(CallStep const& step, std::size_t n, CallSeen& seen) {
        Words const words = stage_.fill_in(step.words, n);
        seen.command = in_one_line(words);
        std::vector<std::string_view> const arguments(words.begin(), words.end());
        CallOptions options;
        options.repeatable = step.repeatable;
        if (step.timeout) {
            options.timeout = in_ms(*step.timeout);
        }
        if (n > 1 && step.every > Duration{}) {
            co_await world_.sleep(step.every * static_cast<std::int64_t>(n - 1));
        }
        seen.started = world_.now();
        auto with = client_.with(options);
        Result<Reply> const result =
            co_await with.execute(std::span<std::string_view const>(arguments), as_result);
        seen.ended = world_.now();
        seen.done = true;
        seen.failed = !result.has_value();
        if (result) {
            seen.text = reply_line(*result);
        } else {
            seen.text = result.error().to_string();
            seen.code = in_one_word(to_string(result.error().code));
            seen.outcome = outcome_word(result.error().outcome);
        }
    }

    asio::awaitable<void> perform(AwaitStep const& step) { return calls_named(step.name); }

    asio::awaitable<void> calls_named(std::string const& name) {
        auto const pending = [&] {
            return std::any_of(calls_.begin(), calls_.end(), [&](CallSeen const& call) {
                return call.name == name && !call.done;
            });
        };
        Instant const limit = world_.now() + patience;
        while (pending() && world_.now() < limit) {
            co_await world_.sleep(glance);
        }
    }

    asio::awaitable<void> perform(OperatorStep const& step) {
        std::string text;
        for (std::string const& word : step.words) {
            text += text.empty() ? "" : " ";
            text += word;
        }
        co_await stage_.command(step.node, text);
    }

    asio::awaitable<void> perform(MoveSlotStep const& step) {
        co_await stage_.move_slot(step.key, step.to);
    }

    asio::awaitable<void> perform(ScriptStep const& step) {
        ScriptStep script = step;
        script.request.words = stage_.fill_in(script.request.words);
        if (script.answer) {
            script.answer = stage_.fill_in(*script.answer);
        }
        witness_.add_script(std::move(script));
        co_return;
    }

    asio::awaitable<void> perform(EndScriptsStep const&) {
        witness_.end_scripts();
        co_return;
    }

    asio::awaitable<void> perform(UntilStep const& step) {
        auto const mark = evidence_.marks.find(step.since);
        std::size_t const from = mark == evidence_.marks.end() ? 0 : mark->second.exchanges;
        Instant const limit = world_.now() + patience;
        while (witness_.count(step.request, from) < step.times) {
            if (world_.now() >= limit) {
                evidence_.missing.push_back("'" + in_one_line(step.request.words) +
                                            "' never came " + std::to_string(step.times) +
                                            " times");
                co_return;
            }
            co_await world_.sleep(glance);
        }
    }

    asio::awaitable<void> perform(SleepStep const& step) { co_await world_.sleep(step.time); }

    asio::awaitable<void> perform(MarkStep const& step) {
        evidence_.marks[step.name] = {.at = world_.now(),
                                      .exchanges = witness_.dialogue().exchanges.size(),
                                      .connections = witness_.dialogue().connections.size()};
        co_return;
    }

    asio::awaitable<void> perform(NodeStep const& step) {
        sim::Member& node = stage_.node(step.node);
        switch (step.action) {
            case NodeAction::crash: node.crash(); break;
            case NodeAction::power_off: node.crash(sim::CrashStyle::power); break;
            case NodeAction::restart: node.restart(); break;
            case NodeAction::pause: node.pause(); break;
            case NodeAction::resume: node.resume(); break;
        }
        co_return;
    }

    asio::awaitable<void> perform(BindNameStep const& step) {
        world_.bind_name(step.name, {stage_.node(step.node).address().address});
        co_return;
    }

    void gather() {
        evidence_.calls.assign(calls_.begin(), calls_.end());
        evidence_.dialogue = witness_.dialogue();
        for (sim::ExecutionRecord const& record : world_.executions()) {
            if (witness_.is_subject(record)) {
                evidence_.executions.push_back(
                    {.at = record.at,
                     .node = world_.cluster(record.cluster)[record.node].name(),
                     .words = {record.arguments.begin(), record.arguments.end()}});
            }
        }
        evidence_.summary = world_.summary();
    }

    Case const& test_;
    std::deque<CallSeen> calls_;  // coroutines hold references
    Evidence evidence_;
    sim::World world_;
    Environment& app_;
    Stage stage_;
    Witness witness_;
    AsyncRedisCluster client_;
};

// Many calls of one name are told by the first few, and by those that failed.
void print_calls(std::ostream& out, std::vector<CallSeen> const& calls) {
    constexpr std::size_t alike_max = 5;
    std::map<std::string, std::size_t> alike;
    for (CallSeen const& call : calls) {
        if (++alike[call.name] <= alike_max || call.failed || !call.done) {
            out << "  call '" << call.command << "': " << (call.done ? call.text : "never ended")
                << '\n';
        }
    }
    for (auto const& [name, count] : alike) {
        if (count > alike_max) {
            out << "  " << count << " calls '" << name << "' altogether\n";
        }
    }
}

}  // namespace

CaseReport run_case(Case const& test, std::uint64_t seed) {
    CaseReport report;
    try {
        report.evidence = Run(test, seed).play();
    } catch (Spoiled const& error) {
        report.evidence.spoiled = error.what();
    }
    report.judgement = judge(test.accept, report.evidence);
    return report;
}

std::string to_string(Case const& test, CaseReport const& report, bool with_dialogue) {
    std::ostringstream text;
    Judgement const& judgement = report.judgement;
    text << to_string(judgement.verdict) << "  " << test.id << "  (" << to_string(test.level)
         << ")";
    text << (judgement.outcome.empty() ? "" : "  ") << judgement.outcome << '\n';
    bool const good =
        judgement.verdict == Verdict::passed || judgement.verdict == Verdict::tolerated;
    if (!good) {
        text << "  rule:   " << test.requirement << "\n  source: " << test.source << '\n';
        for (std::string const& reason : judgement.reasons) {
            text << "  " << reason << '\n';
        }
    }
    if (with_dialogue || !good) {
        print_calls(text, report.evidence.calls);
        text << to_string(report.evidence.dialogue) << "  " << report.evidence.summary << '\n';
    }
    return text.str();
}

}  // namespace keyslot::conformance
