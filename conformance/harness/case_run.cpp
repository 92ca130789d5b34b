#include "conformance/harness/case_run.hpp"

#include "conformance/harness/bell.hpp"
#include "simulator/kernel/kernel_executor.hpp"

#include <keyslot/sim/world.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <ostream>
#include <sstream>
#include <utility>
#include <variant>

namespace keyslot::conformance {
namespace {

// A client that polls is never calm.
constexpr int calm_naps_max = 10;
// No case takes a hundredth of that: the client goes round in circles.
constexpr std::size_t requests_max = 50'000;

// "GET k", "pipeline: GET k; SET k v".
std::string described(Operation operation, std::vector<Words> const& commands) {
    std::string text = operation == Operation::call ? "" : std::string(to_string(operation));
    for (Words const& words : commands) {
        text += text.empty() ? "" : &words == &commands.front() ? ": " : "; ";
        text += in_one_line(words);
    }
    return text;
}

/// One case on its stage.
class Run final : public CaseRun {
public:
    Run(Case const& test, sim::World& world, Stage& stage, Witness& witness, Subject& subject,
        Pace pace)
        : test_(test),
          world_(world),
          stage_(stage),
          witness_(witness),
          subject_(subject),
          pace_(pace),
          bell_(world.kernel()) {
        witness_.tell([this] { bell_.ring(); });
        subject_.tell([this](MessageSeen message) {
            message.at = world_.now();
            evidence_.messages.push_back(std::move(message));
            bell_.ring();
        });
    }
    ~Run() override {
        witness_.tell(nullptr);
        subject_.tell(nullptr);
    }

    asio::awaitable<void> play() override {
        try {
            co_await play_steps();
            co_await calm_down();
        } catch (std::exception const& error) {
            spoil(error.what());
        }
    }

    Evidence gather() override {
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
        evidence_.clock_slack = pace_.clock_slack;
        evidence_.burst_allowance = pace_.burst_allowance;
        evidence_.breath = pace_.breath;
        return std::move(evidence_);
    }

private:
    asio::awaitable<void> play_steps() {
        for (std::size_t n = 0; n < test_.steps.size(); ++n) {
            Step const& step = test_.steps[n];
            if (!evidence_.missing.empty()) {
                co_return;  // what should have come has not: the rest would wait for more
            }
            co_await std::visit([this](auto const& wanted) { return perform(wanted); }, step);
            if (ends_calls(step) && has_mark_before_next_call(n + 1)) {
                co_await calm_down();
            }
        }
    }

    asio::awaitable<void> perform(CallStep const& step) {
        for (std::size_t n = 1; n <= step.times; ++n) {
            calls_.push_back({.name = step.name});
            asio::co_spawn(world_.kernel().executor(sim::world_actor), call(step, n, calls_.back()),
                           asio::detached);
        }
        if (step.wait) {
            co_await calls_named(step.name);
        }
    }

    asio::awaitable<void> call(CallStep const& step, std::size_t n, CallSeen& seen) {
        if (n > 1 && step.every > Duration{}) {
            co_await world_.sleep(step.every * static_cast<std::int64_t>(n - 1));
        }
        try {
            std::vector<Words> commands = filled_in(step, n);
            seen.command = described(step.operation, commands);
            co_await subject_.call(step, std::move(commands), seen);
            seen.done = true;
        } catch (Unimplemented const& missing) {
            evidence_.unimplemented = missing.what();
            spoil(missing.what());
        } catch (std::exception const& error) {
            spoil(error.what());
        }
        bell_.ring();
    }

    std::vector<Words> filled_in(CallStep const& step, std::size_t n) {
        std::vector<Words> commands;
        for (Words const& words : step.commands) {
            commands.push_back(stage_.fill_in(words, n));
        }
        return commands;
    }

    // The first reason counts: others follow from it.
    void spoil(std::string why) {
        if (evidence_.spoiled.empty()) {
            evidence_.spoiled = std::move(why);
        }
    }

    asio::awaitable<void> perform(AwaitStep const& step) { return calls_named(step.name); }

    asio::awaitable<void> calls_named(std::string const& name) {
        std::function<bool()> const ended = [this, name] {
            return std::none_of(calls_.begin(), calls_.end(), [&](CallSeen const& call) {
                return call.name == name && !call.done;
            });
        };
        if (!co_await wait_for(ended)) {
            evidence_.missing.push_back("'" + name + "' never ended");
        }
    }

    /// False: not within the case's patience. Throws Spoiled as soon as all is in vain.
    asio::awaitable<bool> wait_for(std::function<bool()> const& holds,
                                   std::optional<Duration> within = std::nullopt) {
        std::function<bool()> const ends = [&] {
            return !evidence_.spoiled.empty() || is_endless() || holds();
        };
        Duration const patience = within.value_or(pace_.patience);
        bool const held = co_await bell_.wait_until(ends, world_.now() + patience);
        if (!evidence_.spoiled.empty()) {
            throw Spoiled(evidence_.spoiled);
        }
        if (is_endless()) {
            evidence_.missing.push_back("an end: the client has sent more than " +
                                        std::to_string(requests_max) + " requests");
            co_return true;
        }
        co_return held;
    }

    bool is_endless() const { return witness_.dialogue().exchanges.size() > requests_max; }

    Mark mark_of(std::string const& name) const {
        auto const found = evidence_.marks.find(name);
        return found == evidence_.marks.end() ? Mark{} : found->second;
    }

    static bool ends_calls(Step const& step) {
        auto const* call = std::get_if<CallStep>(&step);
        return call != nullptr ? call->wait : std::holds_alternative<AwaitStep>(step);
    }

    bool has_mark_before_next_call(std::size_t n) const {
        while (n < test_.steps.size() && !std::holds_alternative<MarkStep>(test_.steps[n]) &&
               !std::holds_alternative<CallStep>(test_.steps[n])) {
            ++n;
        }
        return n < test_.steps.size() && std::holds_alternative<MarkStep>(test_.steps[n]);
    }

    /// What the client does on its own, a moment after a call has ended, is done before anything
    /// from which checks count, and before the end: which of them came first would be chance.
    asio::awaitable<void> calm_down() {
        auto const& exchanges = witness_.dialogue().exchanges;
        bool const pending = std::any_of(calls_.begin(), calls_.end(),
                                         [](CallSeen const& call) { return !call.done; });
        for (int n = 0; n < calm_naps_max && pace_.calm > Duration{} && !pending; ++n) {
            std::size_t const before = exchanges.size();
            co_await world_.sleep(pace_.calm);
            if (exchanges.size() == before) {
                break;
            }
        }
    }

    asio::awaitable<void> perform(OperatorStep const& step) {
        co_await stage_.command(step.node, step.words);
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
        std::size_t looked_at = mark_of(step.since).exchanges;
        std::size_t count = 0;
        std::function<bool()> const came = [&] {
            count += witness_.count(step.request, looked_at);
            looked_at = witness_.dialogue().exchanges.size();
            return count >= step.times;
        };
        if (!co_await wait_for(came, step.within)) {
            evidence_.missing.push_back("'" + in_one_line(step.request.words) + "' never came " +
                                        std::to_string(step.times) + " times");
        }
    }

    asio::awaitable<void> perform(ReceiveStep const& step) {
        std::size_t const from = mark_of(step.since).messages;
        std::function<bool()> const came = [&] {
            return count_messages(evidence_.messages, step.message, from) >= step.times;
        };
        if (!co_await wait_for(came, step.within)) {
            evidence_.missing.push_back("'" + step.message.message + "' on '" +
                                        step.message.channel + "' was not received " +
                                        std::to_string(step.times) + " times");
        }
    }

    asio::awaitable<void> perform(PartitionStep const& step) {
        stage_.cut(step, witness_.subject_host());
        co_return;
    }

    asio::awaitable<void> perform(HealStep const&) {
        stage_.heal();
        co_return;
    }

    asio::awaitable<void> perform(SleepStep const& step) { co_await world_.sleep(step.time); }

    asio::awaitable<void> perform(MarkStep const& step) {
        evidence_.marks[step.name] = {.at = world_.now(),
                                      .exchanges = witness_.dialogue().exchanges.size(),
                                      .connections = witness_.dialogue().connections.size(),
                                      .messages = evidence_.messages.size()};
        co_return;
    }

    asio::awaitable<void> perform(NodeStep const& step) {
        stage_.act(step);
        co_return;
    }

    asio::awaitable<void> perform(BindNameStep const& step) {
        world_.bind_name(step.name, {stage_.node(step.node).address().address});
        co_return;
    }

    Case const& test_;
    std::deque<CallSeen> calls_;  // coroutines hold references
    Evidence evidence_;
    sim::World& world_;
    Stage& stage_;
    Witness& witness_;
    Subject& subject_;
    Pace pace_;
    Bell bell_;
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

std::unique_ptr<CaseRun> make_case_run(Case const& test, sim::World& world, Stage& stage,
                                       Witness& witness, Subject& subject, Pace pace) {
    return std::make_unique<Run>(test, world, stage, witness, subject, pace);
}

std::string to_string(Case const& test, CaseReport const& report, bool with_dialogue) {
    std::ostringstream text;
    Judgement const& judgement = report.judgement;
    text << to_string(judgement.verdict) << "  " << test.id << "  (" << to_string(test.level)
         << ")";
    text << (judgement.outcome.empty() ? "" : "  ") << judgement.outcome << '\n';
    bool const good = judgement.verdict != Verdict::failed && judgement.verdict != Verdict::error;
    if (!good) {
        text << "  rule:   " << test.requirement << "\n  source: " << test.source << '\n';
    }
    for (std::string const& reason : judgement.reasons) {
        text << "  " << reason << '\n';
    }
    if (with_dialogue || !good) {
        print_calls(text, report.evidence.calls);
        text << to_string(report.evidence.dialogue) << "  " << report.evidence.summary << '\n';
    }
    return text.str();
}

}  // namespace keyslot::conformance
